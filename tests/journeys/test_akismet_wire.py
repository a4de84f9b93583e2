"""The bytes on the wire: every way of HTTP/1 that Akismet clients use."""

import socket
from urllib.parse import urlencode

import pytest

from benchmarks.akismet import measure


@pytest.fixture
def form(akismet_keys):
    """A question whose answer is the five bytes `false`."""
    return urlencode(
        {
            "blog": "https://boats.example",
            "user_ip": "192.0.2.7",
            "user_role": "administrator",
            "api_key": akismet_keys["spam-queue"],
        }
    ).encode()


def told(port, *pieces):
    """Everything the server says until it hangs up; nothing more is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        for piece in pieces:
            wire.sendall(piece)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65536), b""))


def request(form, version="1.1", *headers):
    lines = [f"POST /1.1/comment-check HTTP/{version}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + form


HOST = "Host: rest.weir.example"
FORM = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8"
CLOSE = "Connection: close"


def answer(said):
    head, _, body = said.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    return lines[0].split()[1], dict(line.split(": ", 1) for line in lines[1:]), body


def test_an_answer_is_its_length_and_its_bytes(port, form):
    said = told(port, request(form, "1.1", HOST, FORM, f"Content-Length: {len(form)}", CLOSE))

    status, headers, body = answer(said)
    assert (status, body) == ("200", b"false")
    assert headers["content-length"] == "5"
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert "transfer-encoding" not in headers


@pytest.mark.parametrize("headers", [[], [HOST], [HOST, FORM], [FORM]])
def test_http_1_0_is_understood(port, form, headers):
    said = told(port, request(form, "1.0", *headers, f"Content-Length: {len(form)}"))

    assert answer(said)[2] == b"false"


def test_a_chunked_body_is_understood(port, form):
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (form[:7], form[7:50], form[50:])
    )
    head = request(b"", "1.1", HOST, FORM, "Transfer-Encoding: chunked", CLOSE)

    assert answer(told(port, head, chunks + b"0\r\n\r\n"))[2] == b"false"


def test_a_chunk_without_a_size_is_told_so(port):
    head = request(b"", "1.1", HOST, FORM, "Transfer-Encoding: chunked", CLOSE)

    status, headers, said = answer(told(port, head, b"what\r\nblog=b\r\n0\r\n\r\n"))

    assert (status, said) == ("200", b"Malformed request.")
    assert "x-akismet-debug-help" in headers


@pytest.mark.parametrize("promised", ["Content-Length: {}", "Transfer-Encoding: chunked"])
def test_a_form_that_ends_too_early_is_not_judged(port, form, promised):
    head = request(b"", "1.1", HOST, FORM, promised.format(len(form) + 1), CLOSE)
    sent = form if "Length" in promised else b"%x\r\n%s" % (len(form) + 1, form)

    status, headers, said = answer(told(port, head, sent))

    assert (status, said) == ("200", b"Malformed request.")
    assert "x-akismet-debug-help" in headers


def test_who_asks_before_sending_is_told_to_go_on(port, form):
    length = f"Content-Length: {len(form)}"
    head = request(b"", "1.1", HOST, FORM, length, CLOSE, "Expect: 100-continue")

    said = told(port, head, form)

    first, _, rest = said.partition(b"\r\n\r\n")
    assert first == b"HTTP/1.1 100 Continue"
    assert answer(rest)[2] == b"false"


def test_one_connection_may_ask_again_and_again(port, form):
    one = request(form, "1.1", HOST, FORM, f"Content-Length: {len(form)}")
    last = request(form, "1.1", HOST, FORM, f"Content-Length: {len(form)}", CLOSE)

    said = told(port, one, one, last)

    assert said.count(b"HTTP/1.1 200 ") == 3
    assert said.count(b"\r\n\r\nfalse") == 3


def test_answers_are_never_compressed(port, form):
    length, zips = f"Content-Length: {len(form)}", "Accept-Encoding: gzip, deflate, br, zstd"

    _status, headers, body = answer(
        told(port, request(form, "1.1", HOST, FORM, length, zips, CLOSE))
    )

    assert body == b"false"
    assert "content-encoding" not in headers


def test_no_content_type_is_needed(port, form):
    length = f"Content-Length: {len(form)}"

    assert answer(told(port, request(form, "1.1", HOST, length, CLOSE)))[2] == b"false"


@pytest.mark.parametrize("size", [5 << 20, 10 << 20])
def test_a_body_too_large_is_told_so_to_the_end(port, form, size):
    body = form + b"&comment_content=" + b"a" * size
    length = f"Content-Length: {len(body)}"

    status, headers, said = answer(told(port, request(body, "1.1", HOST, FORM, length, CLOSE)))

    assert (status, said) == ("200", b"Request too large.")
    assert "x-akismet-debug-help" in headers


def test_several_clients_at_a_time_hear_only_words_of_the_protocol(server):
    waits = measure(server, 60, connections=3)

    assert (len(waits.check), waits.wrong) == (60, 0)
