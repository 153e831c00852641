"""The command line. `main.MODULES` lists who adds commands."""
