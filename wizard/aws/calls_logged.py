"""Writes every AWS call into the log: service, operation, status, error code, request id and time; no parameters."""

from __future__ import annotations

import time
from typing import Any

from wizard.state import log

_BEGUN = "s3-crossaccount-begun"


def listen(session: Any) -> None:
    """Let a botocore session's clients, also those that it makes for its own credentials, tell their calls."""
    session.register("before-call", _began)
    session.register("after-call", _answered)
    session.register("after-call-error", _failed)


def _began(context: Any = None, **_more: Any) -> None:
    if isinstance(context, dict):
        context[_BEGUN] = time.monotonic()


def _answered(model: Any = None, parsed: Any = None, context: Any = None, **_more: Any) -> None:
    told = parsed if isinstance(parsed, dict) else {}
    answer, error = told.get("ResponseMetadata", {}), told.get("Error", {})
    words = [_name(model), str(answer.get("HTTPStatusCode", "no status")), str(error.get("Code", ""))]
    if answer.get("RetryAttempts"):
        words.append(f"after {answer['RetryAttempts']} retries")
    words += [_seconds(context), f"request {answer.get('RequestId') or 'without id'}"]
    log.write("aws " + " ".join(word for word in words if word))


def _failed(exception: Any = None, context: Any = None, event_name: str = "", **_more: Any) -> None:
    # Only its kind: the text may hold a URL with its parameters. `event_name`: after-call-error.iam.GetRole
    name = event_name.partition(".")[2]
    log.write(
        " ".join(word for word in ("aws", name, f"no answer: {type(exception).__name__}", _seconds(context)) if word)
    )


def _name(model: Any) -> str:
    service = getattr(getattr(model, "service_model", None), "service_name", "?")
    return f"{service}.{getattr(model, 'name', '?')}"


def _seconds(context: Any) -> str:
    begun = context.get(_BEGUN) if isinstance(context, dict) else None
    return f"{(time.monotonic() - begun) * 1000:.0f} ms" if begun is not None else ""
