"""Waiting for a server that starts, as its first client."""

import socket
import sys
import time
from http.client import HTTPConnection, HTTPException

import click

PATIENCE = 1.0
"""Seconds after which a person should be told that something is going on."""
_LONGEST = 60.0
_PAUSE = 0.1


def until_ready(*asked: tuple[socket.socket, str]) -> None:
    """Return when whoever accepts at each of these sockets answers its path well. Until somebody
    accepts, the question waits in the socket's queue. Ends this process, which is to be one for
    nothing else, when nobody listens any more."""
    places = [(listener.getsockname(), path) for listener, path in asked]
    for listener, _path in asked:
        listener.close()  # as long as we listened too, we would wait for ourselves
    patience = PATIENCE
    for (host, port, *_), path in places:
        while not _answers(host, port, path, patience):
            if patience == PATIENCE:
                click.echo("Weir is starting ...")
            patience = _LONGEST


def _answers(host: str, port: int, path: str, patience: float) -> bool:
    """True for a good answer; after a bad one, or half of one, there is a pause."""
    connection = HTTPConnection(host, port, timeout=patience)
    try:
        connection.request("GET", path)
        if connection.getresponse().status < 400:
            return True
        time.sleep(_PAUSE)
    except ConnectionRefusedError:
        sys.exit(1)
    except TimeoutError:
        pass
    except (HTTPException, OSError):
        time.sleep(_PAUSE)
    finally:
        connection.close()
    return False
