"""What a process that opens files of strangers may use of the machine."""

from __future__ import annotations


def limit_this_process(*, memory_bytes: int, cpu_s: int, file_bytes: int | None = None) -> None:
    """Take no more than this, and leave no dump behind. Nothing happens where the system knows no limits (Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
