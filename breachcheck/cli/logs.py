"""How a long-running process logs: one structured line an event, on standard error, and never a library's own words.

A library's message may quote a path, and a path may hold an address; so of what libraries log, only the logger, the
level, the type of the error and its places are kept.
"""

import logging
import sys
import traceback

import structlog

log = structlog.get_logger("breachcheck")


def configure() -> None:
    """Lines for people on a terminal, JSON lines elsewhere."""
    on_terminal = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[WithoutWords()], level=logging.WARNING, force=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class WithoutWords(logging.Handler):
    """Passes on that a library logged something, without what it said."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error else []
        log.warning(
            "library",
            logger=record.name,
            severity=record.levelname.lower(),
            error=type(error).__name__ if error else None,
            trace=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        )
