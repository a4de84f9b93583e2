"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "a3ac5b065173e416b585e40c5b35f7872d36a54e24c835ee139bd6eeb68afe03"
