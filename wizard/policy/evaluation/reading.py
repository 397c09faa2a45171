"""Cases as JSON lines: one in, one answer out; what can't be read is answered in its place."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from wizard.errors import BadInputError
from wizard.policy.evaluation import services
from wizard.policy.evaluation.case import DUPLICATE, Case, Policies, Request
from wizard.policy.evaluation.faults import fault
from wizard.policy.evaluation.library import unique
from wizard.policy.evaluation.outcome import decide

if TYPE_CHECKING:
    from collections.abc import Mapping

# Bytes of a line. All the documents of a case come to some 200 KB where every limit of AWS is reached.
_LONGEST = 2 * 1024 * 1024
_NAME = r'\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")'


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


_decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=_no_constant)
_encode = json.JSONEncoder().encode
_NOTHING: frozenset[str] = frozenset()


def answer(line: bytes) -> str:
    """Answer one line of JSON with one line of JSON."""
    name: object = None
    try:
        given = _line(line)
        name = given.get("name")
        if isinstance(name, (dict, list)):
            name = None
            raise fault("name")
        return decide(read(given)).line(name)
    except RecursionError:
        return _encode({"name": name, "error": str(fault("deep"))})
    except BadInputError as error:
        return _encode({"name": name if name is not None else _name(line), "error": str(error)})


def _line(line: bytes) -> dict[str, Any]:
    if len(line) > _LONGEST:
        raise fault("too-long", _LONGEST)
    try:
        text = line.decode()
        if text[:1] == "{":
            given, end = _decoder.raw_decode(text)
            if end == len(text):
                return given  # type: ignore[no-any-return]  # what begins with a brace is an object
        given = _decoder.decode(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise fault("deep") from error
    except UnicodeDecodeError as error:
        raise fault("utf-8") from error
    except ValueError as error:
        raise fault("json", error) from error
    if not isinstance(given, dict):
        raise fault("object")
    return given


def _name(line: bytes) -> str | None:
    """Return the name that a broken line begins with."""
    found = re.match(_NAME, line[:4096].decode(errors="replace"))
    try:
        return str(json.loads(found[1])) if found else None
    except ValueError:
        return None


def read(given: Mapping[str, Any]) -> Case:
    """Make a case of a JSON object. BadInputError says what of it can't be read; other keys are ignored."""
    request = _object(given, "request")
    policies = _object(given, "policies") if given.get("policies") is not None else {}
    unknown = _object(given, "unknown") if given.get("unknown") is not None else {}
    if DUPLICATE in given:
        raise fault("duplicate", "the line")
    principal, action = request.get("principal"), request.get("action")
    if not isinstance(principal, str):
        raise fault("shape", "request.principal")
    if not isinstance(action, str):
        raise fault("shape", "request.action")
    return Case(
        Request(principal, action, _resource(request, action), _context(request)),
        _policies(policies),
        _account(given.get("principal_account")),
        _account(given.get("resource_account")),
        _unread(unknown.get("documents")) if unknown else _NOTHING,
        unlisted_context=bool(unknown.get("context")),
    )


def _unread(kinds: Any) -> frozenset[str]:
    kinds = [kinds] if kinds and isinstance(kinds, str) else kinds or []
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise fault("shape", "unknown.documents")
    return frozenset(kinds)


def _account(given: Any) -> str | None:
    """Take an account id, also one that was written as a number."""
    return given if given is None or isinstance(given, str) else str(given)


def _object(given: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = given.get(key)
    if not isinstance(found, dict):
        raise fault("shape", key)
    if DUPLICATE in found:
        raise fault("duplicate", key)
    return found


def _resource(request: dict[str, Any], action: str) -> str:
    resource = request.get("resource")
    if resource is None and services.action_facts(action).resource in {services.NO_RESOURCE, services.EVERY_BUCKET}:
        return "*"
    if not isinstance(resource, str):
        raise fault("shape", "request.resource")
    return resource


def _context(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("context") is None:
        return {}
    context = _object(request, "context")
    for key, value in context.items():
        if not isinstance(value, str):
            values = value if isinstance(value, list) else [value]
            if any(isinstance(item, dict | list) for item in values):
                raise fault("context", key)
    return context


def _policies(given: dict[str, Any]) -> Policies:
    block = given.get("block_public_access")
    if block is not None and not isinstance(block, dict | list):
        raise fault("block")
    found: dict[str, Any] = {name: read(given[name]) for name, read in _KINDS if name in given}
    found["block_public_access"] = block  # a list too: account's and bucket's settings
    return Policies(**found)


def _documents(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, list) else (given,)


def _document(given: Any) -> Any:
    """Take a list of one document for the document; a list of several is none that AWS stores."""
    if isinstance(given, list) and len(given) < 2:  # noqa: PLR2004
        return given[0] if given else None
    return given


def _levels(given: Any) -> tuple[tuple[Any, ...], ...]:
    if given is None:
        return ()
    return tuple([_documents(level) for level in given]) if isinstance(given, list) else ((given,),)


_KINDS = (
    ("identity", _documents),
    ("resource", _document),
    ("trust", _document),
    ("boundary", _documents),
    ("session", _documents),
    ("scps", _levels),
    ("rcps", _levels),
    ("vpc_endpoint", _documents),
)
