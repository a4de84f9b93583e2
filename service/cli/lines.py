"""Lines of a file or of standard input, gzipped or not, in batches."""

import gzip
import io
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import click

Batch = list[tuple[int, str]]
SIZE = 256
"""Lines worked on at once; more take memory and gain no time."""


def read_in_batches(file: Path) -> Iterator[Batch]:
    """Lines that are not blank with their numbers, while a progress bar (only on a terminal)
    follows how much of the file has been read."""
    with _open(file) as raw:
        size = 0 if file == Path("-") else file.stat().st_size
        hidden = not (size and sys.stderr.isatty())
        with click.progressbar(range(size), file=sys.stderr, hidden=hidden) as bar:
            text = _text(raw)  # held to the end: once it is forgotten, `raw` is closed
            lines = ((n, line) for n, line in enumerate(text, 1) if line.strip())
            while batch := list(islice(lines, SIZE)):
                yield batch
                bar.update(raw.tell() - bar.pos if size else 0)


def _open(file: Path) -> BinaryIO:
    return sys.stdin.buffer if file == Path("-") else file.open("rb")


def _text(raw: BinaryIO) -> io.TextIOWrapper:
    # Bytes that are no UTF-8 become U+FFFD: one bad byte must not stop a long run. Some programs
    # of Windows begin a file with a byte order mark.
    buffered = io.BufferedReader(cast(io.RawIOBase, raw))
    zipped = buffered.peek(2)[:2] == b"\x1f\x8b"
    source = cast(BinaryIO, gzip.GzipFile(fileobj=buffered)) if zipped else buffered
    return io.TextIOWrapper(source, encoding="utf-8-sig", errors="replace", newline="\n")
