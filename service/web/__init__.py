"""HTTP: the only room with Flask."""
