"""`check --cases -`: policies as JSON lines, each answered by its findings in a line."""

from __future__ import annotations

import json
from typing import Any

from wizard.text import _


def answer(line: bytes) -> str:
    """Answer one case: its findings, or what can't be read of it."""
    name: Any = None
    try:
        case = json.loads(line.decode("utf-8"))
        if not isinstance(case, dict):
            return _unread(name, _("The line must be a JSON object."))
        name = case.get("name")
        return _answer_case(name, case)
    except UnicodeDecodeError:
        return _unread(name, _("The line is not UTF-8."))
    except (ValueError, RecursionError) as error:
        return _unread(name, _("The line is not JSON: {value}").format(value=error))


def _answer_case(name: Any, case: dict[str, Any]) -> str:
    from wizard.policy.check import DOCUMENT_TYPES, Context, check

    kind, text, context = case.get("document_type"), case.get("text"), case.get("context")
    if kind is not None and kind not in DOCUMENT_TYPES:
        rule = _("document_type is one of {types}, not {value}.")
        return _unread(name, rule.format(types=", ".join(DOCUMENT_TYPES), value=json.dumps(kind)))
    if not isinstance(text, str):
        return _unread(name, _("text is missing: the policy as a string."))
    if context is not None and not isinstance(context, dict):
        return _unread(name, _("context is an object."))
    report = check(text, document_type=kind, context=Context.read(context or {}))
    return _line({"name": name, "findings": [finding.to_json() for finding in report.findings]})


def _unread(name: Any, error: str) -> str:
    return _line({"name": name, "error": error})


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
