"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "160b43feba0a852d1469cb8b677d25f099ec66cc50672d525dbcfdbaa4396a58"
