"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "7b82c1489c3ebd028bf0ed90b6bcb02ddb24b426bf6b0d0fb393ca20631fb9bd"
