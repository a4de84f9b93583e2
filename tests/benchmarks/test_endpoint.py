"""Comparing servers: ratios of neighbours, and what is sent."""

import socket
import threading

import pytest

from benchmarks.endpoint import (
    Contender,
    Round,
    alternate,
    comments,
    form,
    hammer,
    lines,
    ratios,
    request,
)
from benchmarks.latency import open_loop

FOUND = {
    "echo": [Round(1000, 100), Round(500, 200), Round(1000, 100)],
    "weir": [Round(500, 400), Round(250, 800), Round(100, 400)],
}


def test_a_ratio_is_the_median_of_those_measured_one_after_the_other():
    assert ratios(FOUND, "weir", "echo") == (0.5, 0.25)


def test_every_server_is_told_with_how_weir_compares():
    told = list(lines(FOUND))

    assert told[0] == (
        "echo: 1,000 requests/s, 100 µs of CPU each; weir: 0.50 of its requests/s, 0.25 by CPU"
    )
    assert told[1] == "weir: 250 requests/s, 400 µs of CPU each"


def test_the_workers_part_is_told_beside_what_was_waited_for():
    found = FOUND | {"weir": [Round(500, 400, after_us=510)] * 3}

    assert list(lines(found))[1] == (
        "weir: 500 requests/s, 400 µs of CPU each and 510 of the worker"
    )


def test_each_rests_before_the_next_is_asked():
    done = []

    def contender(name):
        return Contender(
            name, Answering(keeps=True), lambda _: b"POST / HTTP/1.1\r\n\r\n",
            rest=lambda: done.append(name), background=lambda: 1.5 * done.count(name),
        )  # fmt: skip

    found = alternate([contender("weir"), contender("echo")], 10, 2, connections=1)

    assert done == ["weir", "echo"] * 3
    assert [one.after_us for one in found["weir"]] == [150.0, 150.0]


OK = b"Content-Length: 2\r\n\r\nok"


class Answering:
    """A server that answers everything at once, keeping connections or not."""

    def __init__(
        self, *, keeps: bool, head: bytes = b"HTTP/1.1 200 OK\r\n", end: bytes = OK
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard = 0
        self._answer_of = head + (b"" if keeps else b"Connection: close\r\n") + end
        self._keeps = keeps
        threading.Thread(target=self._serve, daemon=True).start()

    def cpu_milliseconds(self) -> float:
        """A millisecond for each."""
        return float(self.heard)

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while connection.recv(65536):
                self.heard += 1
                connection.sendall(self._answer_of)
                if not self._keeps:
                    return


@pytest.mark.parametrize("keeps", [True, False])
def test_all_questions_are_asked_whether_connections_are_kept_or_not(keeps):
    server = Answering(keeps=keeps)

    measured = hammer(server, [b"POST / HTTP/1.1\r\n\r\n"] * 25, 4)

    assert server.heard == 25
    assert measured.cpu_us == 1000


def test_an_answer_without_a_length_ends_with_its_connection():
    server = Answering(
        keeps=False, head=b"SPAMD/1.1 0 EX_OK\r\n", end=b"Spam: True ; 7 / 5\r\n\r\n"
    )

    hammer(server, [b"CHECK SPAMC/1.5\r\n\r\n"] * 5, 2)

    assert server.heard == 5


@pytest.mark.parametrize("head", [b"HTTP/1.1 503 Busy\r\n", b"SPAMD/1.1 76 Bad\r\n"])
def test_an_answer_that_is_a_failure_stops_the_measurement(head):
    with pytest.raises(AssertionError, match="(?i)" + head[:12].decode()):
        hammer(Answering(keeps=True, head=head), [b"GET / HTTP/1.1\r\n\r\n"], 1)


def test_an_open_loop_sends_at_its_rate_and_counts_every_answer():
    server = Answering(keeps=True)

    took = open_loop(server, [b"POST / HTTP/1.1\r\n\r\n"] * 30, per_second=300)

    assert len(took) == server.heard == 30
    assert took == sorted(took)


def test_questions_carry_the_key_of_their_dialect():
    body = next(comments(200))

    assert b"Bearer t0ken" in request(body, "t0ken")
    assert b"api_key=abc" in form(body, "abc")
