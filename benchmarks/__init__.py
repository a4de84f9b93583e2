"""Measurements: each prints a ratio or figure against its own reference in the same run."""
