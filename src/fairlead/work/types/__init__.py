"""Types of work: what a task, a bug, an approval or a milestone is, and what the workspace makes of it."""
