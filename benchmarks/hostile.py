"""The worst inputs by name: processor time for each, and what memory they leave behind."""

import argparse
import json
import tempfile
from pathlib import Path
from urllib.parse import quote

from benchmarks.server import Client, Server

Headers = dict[str, str]
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CAP = 32_000

TEXTS = {
    "32,000 letters": "a" * CAP,
    "words": "bread and water " * 2_000,
    "open comments": "<!--" * 8_000,
    "hidden elements": "<i style='display:none'>x</i>" * (CAP // 29),
    "nested tags": "<b>" * (CAP // 3),
    "U+FDFA": "\ufdfa" * CAP,
    "tower of marks": "e" + "\u0301" * CAP,
    "invisible": "a\u200b" * (CAP // 2),
    "entities": "&#97;" * (CAP // 5),
    "links": "http://a.example/ " * (CAP // 18),
    "spaced letters": "v i a g r a " * (CAP // 12),
    "leet": "v1agra " * (CAP // 7),
    "lookalikes": "сasinо " * (CAP // 7),
    "emoji": "\U0001f600" * CAP,
    "digits": "9" * CAP,
    "dots": "a." * (CAP // 2),
}


def named_requests(key: str) -> dict[str, tuple[str, bytes, Headers]]:
    """Path, body and headers of each."""
    found = {f"text: {n}": _json({"content": text, "test": True}) for n, text in TEXTS.items()}
    form = f"api_key={key}&blog=x&user_ip=&comment_content="
    bodies = {
        "nested arrays": b"[" * 1_000_000,
        "nested objects": b'{"a":' * 200_000,
        "10^6 keys": b"{" + b",".join(b'"%d":1' % n for n in range(1_000_000)) + b"}",
        "100,000 keys": b"{" + b",".join(b'"%d":1' % n for n in range(100_000)) + b"}",
        "10 MB": b'{"content":"' + b"a" * 10_000_000 + b'"}',
        "a megabyte of digits": b'{"content":' + b"9" * 1_000_000 + b"}",
        "wrong types": b'{"content":[' + b"{}," * 300_000 + b"1]}",
        "lone surrogates": b'{"content":"' + rb"\ud800" * 50_000 + b'"}',
    }
    found |= {f"JSON: {name}": ("/v1/comments", body, JSON) for name, body in bodies.items()}
    forms = {
        "100,000 fields": b"a=1&" * 100_000,
        "10 MB": form.encode() + b"a" * 10_000_000,
        "escapes": form.encode() + b"%41" * 1_000_000,
        "charset": form.encode() + quote("хлеб" * 5_000).encode() + b"&blog_charset=shift_jis",
    }
    return found | {f"form: {n}": ("/1.1/comment-check", b, FORM) for n, b in forms.items()}


def _json(body: object) -> tuple[str, bytes, Headers]:
    return "/v1/comments", json.dumps(body).encode(), JSON


def milliseconds(server: Server, client: Client, request: tuple[str, bytes, Headers]) -> float:
    """Processor time of one answer: what a client waits for on a machine with nothing to do."""
    path, body, headers = request
    before = server.cpu_milliseconds()
    client.ask("POST", path, body, headers=headers)
    return server.cpu_milliseconds() - before


def main() -> None:
    """Print the best of some rounds for each, and the memory after the first and the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), workers=1) as server:
        client, asked = server.client(), named_requests(server.akismet_key)
        best = dict.fromkeys(asked, float("inf"))
        memory = []
        for _ in range(rounds):
            for name, request in asked.items():
                best[name] = min(best[name], milliseconds(server, client, request))
            memory.append(server.mebibytes())
        client.close()
    for name, spent in sorted(best.items(), key=lambda item: -item[1]):
        print(f"{name:<28} {spent:>7.1f} ms")
    over = sum(spent > 50 for spent in best.values())
    print(f"{len(best)} inputs, {over} over 50 ms of processor time")
    print(f"MiB of the web process after each round: {memory}")
