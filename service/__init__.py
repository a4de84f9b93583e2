"""The running program: HTTP, database, moderators, command line."""
