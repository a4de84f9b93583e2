"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "b078f07552e4bfbdb3d00d96e66a8142ff4d8fd2cddcfa848de968cf7c909686"
