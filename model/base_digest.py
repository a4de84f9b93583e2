"""The digest of the shipped base model; `python -m training base` writes both."""

DIGEST = "dbd3c05fb088324280c011d73d417b6b08060175fdca08318adaf238cef282b1"
