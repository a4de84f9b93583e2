"""The running program: HTTP, database, moderators, command line."""

__version__ = "0.1.0"
