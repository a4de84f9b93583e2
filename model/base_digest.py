"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "5dfd77464de3d73d3a416ac902bdb89944bba09c80d4063cf501a14c63a9d4d5"
