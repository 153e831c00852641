"""`fairlead serve`: everything in one process tree. `fairlead web`: the web server alone, for many-process set-ups."""

from __future__ import annotations

import argparse
import errno
import json
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from fairlead.cli.database import (
    bring_up_to_date,
    database_server,
    disconnect,
    probably_up_to_date,
    refuse_newer,
    say,
    set_up_django,
    unapplied,
)
from fairlead.config import config, given, use
from fairlead.lib.embedded_pg import Server
from fairlead.lib.pg_ground import NoDatabase
from fairlead.lib.supervisor import Child, Supervisor

STOP_S = 4.0
"""Ctrl-C ends everything after at most so long, the database excepted."""
WORKER_GRACE_S = 3
READY_S = 60


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="web server, background workers and database in one process tree")
    add_address(serve)
    serve.add_argument("--no-worker", action="store_true", help="run no background workers here")
    serve.set_defaults(run=_serve)
    web = commands.add_parser("web", help="the web server alone; needs FAIRLEAD_DATABASE_URL")
    add_address(web)
    web.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    web.set_defaults(run=_web)


def add_address(parser: argparse.ArgumentParser) -> None:
    """The options --host and --port."""
    parser.add_argument("--host", help="address to listen on (FAIRLEAD_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (FAIRLEAD_PORT)")


class PortTaken(NoDatabase):
    """Something else listens on the port."""


def choose_address(arguments: argparse.Namespace) -> None:
    """Take host and port from the command line, and the links in mails from them, unless a base address is set."""
    if arguments.host:
        use(host=arguments.host)
    if arguments.port:
        use(port=str(arguments.port))
    if not given("base_url"):
        use(base_url=f"http://{_spelled(_reachable_host(config().host))}:{config().port}")


def _reachable_host(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104  # compared, not bound


def _spelled(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def require_free_port(command: str) -> None:
    """Raise PortTaken, saying by whom when it is Fairlead, if nothing can listen on the chosen port."""
    host, port = config().host, config().port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(_why_not(error, host, port, command)) from error


def _why_not(error: OSError, host: str, port: int, command: str) -> str:
    if error.errno == errno.EACCES:
        return f"Port {port} is only for root; choose one above 1023: fairlead {command} --port 8400"
    if error.errno != errno.EADDRINUSE:
        return f"Nothing can listen on {host}:{port} ({error.strerror}); choose another --host or --port."
    here = f"http://{_spelled(_reachable_host(host))}:{port}"
    if (version := running_version(here)) is not None:
        return (
            f"Fairlead {version} already runs at {here}. Open it in a browser, or stop it with Ctrl-C where it was "
            f"started, or start another one: fairlead {command} --port {port + 1}"
        )
    return f"Port {port} is in use by another program. Choose another one: fairlead {command} --port {port + 1}"


def running_version(address: str) -> str | None:
    """The version of the Fairlead that answers at this address, or None."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310  # http only
            found = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return str(found.get("version")) if found.get("product") == "fairlead" else None


def _serve(arguments: argparse.Namespace) -> int:
    choose_address(arguments)
    require_free_port("serve")
    with database_server() as server:
        return run_tree(server, workers=not arguments.no_worker, prepare=lambda: _prepare(server))


def _prepare(server: Server | None) -> Callable[[], None]:
    set_up_django()
    if server:
        bring_up_to_date()
    else:
        _require_up_to_date()
    return lambda: say(f"Fairlead runs at {config().base_url}  (stop it with Ctrl-C)")


def _require_up_to_date() -> None:
    # Somebody else's database: several servers may start at once, and who upgrades it is for its owner to say.
    refuse_newer()
    if waiting := unapplied():
        raise NoDatabase(f"{len(waiting)} migrations wait to be applied to the database. Run: fairlead migrate")


def run_tree(server: Server | None, *, workers: bool, prepare: Callable[[], Callable[[], None]]) -> int:
    """Run web server and workers until asked to stop.

    `prepare` gets the database ready for them and returns what to do when the first page can be had.
    """
    web = Child("web server", _command("web"))
    supervisor = Supervisor(children=[web], say=say, look=lambda: _care_for(server))
    try:
        if probably_up_to_date():
            web.start()  # loads while we look closer; the page is what somebody waits for
        ready = prepare()
        disconnect()
        supervisor.listen()
        if web.process is None:
            web.start()
        if supervisor.wait_until(_answers, child=web, timeout_s=READY_S):
            ready()
        elif not supervisor.stopping:
            say("fairlead: The web server did not start; what it said is above.")
            return 1
        supervisor.children += _worker_children() if workers else []
        supervisor.run()
        say("Stopping")
        return 0
    finally:
        supervisor.stop(grace_s=STOP_S)


def _worker_children() -> list[Child]:
    from fairlead.jobs import DEFAULT, SEND, SOLVE

    grace = ["--grace", str(WORKER_GRACE_S)]
    return [
        Child("worker", _command("worker", "--queues", f"{DEFAULT},{SEND}", *grace)),
        # Computing holds the interpreter, so it has a process of its own and timers stay punctual.
        Child("solver", _command("worker", "--queues", SOLVE, "--jobs", "1", *grace)),
    ]


def _command(*words: str) -> Sequence[str]:
    return [sys.executable, "-m", "fairlead", *words, "--parent", str(os.getpid())]


def _care_for(server: Server | None) -> None:
    if server and server.pid is None and server.ensure_running():
        say("The database had ended; it runs again")


def _answers() -> bool:
    return running_version(f"http://{_spelled(_reachable_host(config().host))}:{config().port}") is not None


def _web(arguments: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    from fairlead.lib import lifeline, logs

    choose_address(arguments)
    if not config().database_url:
        raise NoDatabase("fairlead web needs FAIRLEAD_DATABASE_URL; fairlead serve brings a database of its own.")
    if arguments.parent:
        lifeline.end_with_parent(arguments.parent)
    else:
        require_free_port("web")
    Granian(
        "fairlead.asgi:app",
        address=config().host,
        port=config().port,
        interface=Interfaces.ASGI,
        workers=config().web_processes,
        loop=Loops.asyncio,
        websockets=False,
        log_dictconfig=logs.as_dict(config().log_level),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        # An open live stream would hold the end for ever.
        workers_kill_timeout=2,
    ).serve()
    return 0
