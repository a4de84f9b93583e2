"""A site is at an http address; whoever writes its host alone means https."""

import pytest

from service.errors import Invalid
from service.site_url import site_url


@pytest.mark.parametrize(
    "url",
    ["https://blog.example.org", "http://blog.example.org/news/", "HTTPS://Blog.example.org",
     "http://127.0.0.1:8081", "http://[2001:db8::1]/", "http://localhost", "https://blög.example/",
     "https://blog.example.org/?page=1"],
)  # fmt: skip
def test_an_http_address_is_taken_as_it_is_written(url: str) -> None:
    assert site_url(url) == url


@pytest.mark.parametrize("host", ["blog.example.org", "localhost:8081", "www.example.org/news"])
def test_a_host_alone_is_taken_to_speak_https(host: str) -> None:
    assert site_url(host) == f"https://{host}"


@pytest.mark.parametrize(
    "written",
    ["", " ", "://", "https://", "https:///news", "not an address", "ftp://blog.example.org",
     "javascript:alert(1)", "javascript://blog.example.org", "mailto:ann@blog.example.org",
     "https://ann:secret@blog.example.org", "https://blog.example.org:99999", "https://[::1",
     "https://blog.example.org/\n", "https://bl\u202eog.example", "https://.", "https://a..b",
     "https://<blog>.example", "x" * 4000],
)  # fmt: skip
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match=r"^/url: must be an address"):
        site_url(written)
