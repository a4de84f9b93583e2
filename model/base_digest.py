"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "321df897d6dc56f0eee1eff9c319e89cecdd1c81ac9d56a3973a508848d2156a"
