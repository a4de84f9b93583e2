"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "3c7626e3f6a7e549fc88487731084b6a626568a2f140857960e88ccfb9371125"
