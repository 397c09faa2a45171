"""The difference of two policy documents by what they mean to AWS, which rewrites what it stores."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wizard.diff.lines import unified

if TYPE_CHECKING:
    from collections.abc import Callable

# The order in which AWS's guides write them.
_ELEMENTS = (
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_DEFAULT_VERSION = "2008-10-17"
_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")


def same(before: Any, after: Any) -> bool:
    """Return whether two policy documents (JSON values, or the text of one) mean the same to AWS.

    AWS rewrites what it stores, so these don't matter: the order of elements, statements and lists, one
    value or a list of one, an account id or its root ARN, `"*"` or `{"AWS": "*"}`, the case of actions
    and condition keys, an empty Sid, Condition or the default Version. Other JSON is the same when equal.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    return _meaning(before) == _meaning(after)


def documents(
    before: Any,
    after: Any,
    *,
    before_name: str = "before",
    after_name: str = "after",
) -> str:
    """Return a unified diff of two policy documents, "" when they mean the same.

    Both are written in one style, with lists and statements in one order, so that only what changes its
    meaning is marked. None stands for no document.
    """
    if before is not None and after is not None and same(before, after):
        return ""
    spelling = _Spelling()
    old, new = (_canonical(_parsed(document), spelling) for document in (before, after))
    if _is_policy(old) and _is_policy(new):
        new = {**new, "Statement": _aligned(old["Statement"], new["Statement"])}
    return unified(_pretty(old), _pretty(new), before_name=before_name, after_name=after_name)


class _Spelling:
    """Lets equal values be written alike: as they were written first."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], str] = {}

    def __call__(self, kind: str, written: str) -> str:
        return self._first.setdefault((kind, _lower(kind, written)), written)


def _lower(kind: str, written: str) -> str:
    if kind == "principal":
        root = _ROOT.fullmatch(written)
        return root[1] if root else written
    return written.lower()


def _parsed(document: Any) -> Any:
    """Return the JSON value of a text; the text itself when it is none, or has a key twice."""
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        return document


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("duplicate key")
    return out


def _meaning(document: Any) -> str:
    """Return a text that is equal for documents that mean the same."""
    canonical = _canonical(_parsed(document), _lower)
    if _is_policy(canonical):
        canonical = {**canonical, "Statement": sorted(canonical["Statement"], key=_sort_key)}
    return _sort_key(canonical)


def _is_policy(document: Any) -> bool:
    if not isinstance(document, Mapping):
        return False
    statements = document.get("Statement")
    return isinstance(statements, list) and all(isinstance(each, Mapping) for each in statements)


def _canonical(document: Any, spell: Callable[[str, str], str]) -> Any:
    if isinstance(document, Mapping) and isinstance(document.get("Statement"), Mapping):
        document = {**document, "Statement": [document["Statement"]]}
    if not _is_policy(document):
        return document
    out = {name: value for name, value in document.items() if name != "Id" or value}
    out.setdefault("Version", _DEFAULT_VERSION)
    out["Statement"] = [_statement(statement, spell) for statement in document["Statement"]]
    return _in_order(out)


def _statement(statement: Mapping[str, Any], spell: Callable[[str, str], str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in statement.items():
        if name in {"Action", "NotAction"}:
            out[name] = _set(value, lambda action: spell("action", action))
        elif name in {"Resource", "NotResource"}:
            out[name] = _set(value, str)
        elif name in {"Principal", "NotPrincipal"}:
            out[name] = _principals(value, spell)
        elif name == "Condition":
            out[name] = _condition(value, spell)
        else:
            out[name] = value
    return _in_order({name: value for name, value in out.items() if value or name not in {"Sid", "Condition"}})


def _in_order(elements: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: elements[name] for name in _ELEMENTS if name in elements}
    return known | {name: elements[name] for name in sorted(elements) if name not in known}


def _principals(value: Any, spell: Callable[[str, str], str]) -> Any:
    if value == "*":
        return {"AWS": ["*"]}
    if not isinstance(value, Mapping):
        return value
    return {
        kind: _set(value[kind], (lambda arn: spell("principal", arn)) if kind == "AWS" else str)
        for kind in sorted(value)
    }


def _condition(value: Any, spell: Callable[[str, str], str]) -> Any:
    if not isinstance(value, Mapping) or not all(isinstance(keys, Mapping) for keys in value.values()):
        return value
    out: dict[str, Any] = {}
    for operator in sorted(value):
        as_string = _lower_string if "Bool" in operator or operator == "Null" else _string
        keys: dict[str, Any] = {}
        for key in sorted(value[operator]):
            spelt = spell("key", key)
            keys[key if spelt in keys else spelt] = _set(value[operator][key], as_string)
        if keys:
            out[operator] = keys
    return out


def _string(value: str | float) -> str:
    """Return a condition's value as AWS stores it: true and 300 become "true" and "300"."""
    return value if isinstance(value, str) else json.dumps(value)


def _lower_string(value: str | float) -> str:
    return _string(value).lower()


def _set(value: Any, each: Callable[[Any], str]) -> Any:
    """Return a value or a list as a sorted list without duplicates; what can't be one stays as it is."""
    members = value if isinstance(value, list | tuple) else [value]
    allowed = (str, bool, int, float) if each in {_string, _lower_string} else (str,)
    if not all(isinstance(member, allowed) for member in members):
        return value
    return sorted({each(member) for member in members})


def _aligned(old: list[Any], new: list[Any]) -> list[Any]:
    """Return the new statements in the order of the old ones that they equal or, by Sid, replace."""
    rest = list(new)
    out = []
    for statement in old:
        equal = [each for each in rest if each == statement]
        named = [each for each in rest if each.get("Sid") and each.get("Sid") == statement.get("Sid")]
        for match in (equal or named)[:1]:
            rest.remove(match)
            out.append(match)
    return out + rest


def _pretty(document: Any) -> str:
    if document is None:
        return ""
    if isinstance(document, str):
        return document if document.endswith("\n") else document + "\n"
    if _is_policy(document):
        document = {**document, "Statement": [_short(each) for each in document["Statement"]]}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _short(value: Any) -> Any:
    """Write lists of one as the value, and the principal of everybody as `"*"`."""
    if isinstance(value, Mapping):
        return "*" if value == {"AWS": ["*"]} else {name: _short(member) for name, member in value.items()}
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
