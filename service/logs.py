"""Log lines: JSON on stdout, with request ids, codes and weights; never text or secrets."""

import logging
import sys
import traceback
from typing import Any

import orjson
import structlog

_SERVICE = logging.getLogger("service")
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines carry named values."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


def detailed() -> bool:
    """True if every request is logged: asked first, since making a line costs more than it."""
    return _SERVICE.isEnabledFor(logging.DEBUG)


def places(error: BaseException) -> list[str]:
    """Where an error happened, innermost last. Its message may hold what a commenter wrote, so
    the log gets only these."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def set_up(level: str) -> None:
    """Send every line, those of the libraries too, as JSON to stdout."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_rendered),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def _rendered(line: Any, **_: Any) -> str:
    return orjson.dumps(line, default=str).decode()
