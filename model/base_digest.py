"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "b1b7f7b67878897218bbd489e25f4d5391020f2ee7eccb14b88aebc8b93a4cb1"
