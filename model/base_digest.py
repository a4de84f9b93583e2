"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = ""
