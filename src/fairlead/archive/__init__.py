"""Whole copies of what is here: backup and restore, the export of a workspace, its end, and what is kept how long."""
