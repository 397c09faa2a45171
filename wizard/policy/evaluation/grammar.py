"""Would AWS have stored this document? Its elements, their types, and which of them go where.

A document that AWS refuses can't be in force, so what else it allows is not known; `check` says what is wrong.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from wizard.policy.evaluation.case import DUPLICATE

# What a document is attached to decides which elements it must and must not have.
IDENTITY, RESOURCE, TRUST, ENDPOINT, RCP = range(5)
NEW_VERSION = "2012-10-17"
_VERSIONS = (NEW_VERSION, "2008-10-17")
_TOP = frozenset({"Version", "Id", "Statement"})
_ONLY_TEXT = frozenset({str})
_EFFECTS = ("Allow", "Deny")
_SPACES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


def texts(raw: object) -> list[str] | None:
    """Return an element's texts, one or a list of them; None where it is neither."""
    if isinstance(raw, str):
        return [raw]
    if not isinstance(raw, list):
        return None
    return raw if _ONLY_TEXT.issuperset(map(type, raw)) else None


def document_stands(raw: dict[str, Any]) -> bool:
    """Say whether the elements around the statements are ones that AWS takes."""
    return raw.keys() <= _TOP and raw.get("Version", NEW_VERSION) in _VERSIONS and isinstance(raw.get("Id", ""), str)


def statement_stands(raw: dict[str, Any], kind: int) -> bool:
    """Say whether AWS would have stored a statement in a document of this kind.

    One without a Principal in a resource policy stands here, though S3 and KMS refuse it: it matches nobody.
    """
    actions = resources = principals = 0
    for element, value in raw.items():
        if element == "Effect":
            stands = value in _EFFECTS
        elif element == "Action":
            stands = _actions(value, kind)
            actions += 1
        elif element == "Resource":
            # A list without anything is stored, and without effect; what a negated one means is not documented.
            stands = kind != TRUST and texts(value) is not None
            resources += 1
        elif element == "Sid":
            stands = isinstance(value, str)
        elif element == "Condition":
            stands = _conditions(value)
        elif element == "Principal":
            stands = kind != IDENTITY and _principals(value)
            principals += 1
        else:
            stands = _negated(element, value, kind)
        if not stands:
            return False
    actions += "NotAction" in raw
    resources += "NotResource" in raw
    principals += "NotPrincipal" in raw
    least = 1 if kind == ENDPOINT else 0
    return "Effect" in raw and actions == 1 and resources == (kind != TRUST) and least <= principals <= 1


def _negated(element: str, value: object, kind: int) -> bool:
    if element == "NotAction":
        return value != [] and _actions(value, kind)
    if element == "NotResource":
        return value != [] and kind != TRUST and texts(value) is not None
    return element == "NotPrincipal" and kind in {RESOURCE, ENDPOINT} and _principals(value)


def _actions(value: object, kind: int) -> bool:
    found = texts(value)
    return found is not None and all(map(_trust_action if kind == TRUST else _action, found))


@lru_cache(maxsize=4096)
def _action(text: str) -> bool:
    service, colon, _ = text.partition(":")
    if text in {"*", "*:*"}:
        return True
    return bool(colon) and text.isascii() and "*" not in service and "?" not in service


@lru_cache(maxsize=256)
def _trust_action(text: str) -> bool:
    service, colon, _ = text.partition(":")
    return bool(colon) and service.lower() == "sts"


def _principals(who: object) -> bool:
    if who == "*":
        return True
    if not isinstance(who, dict) or not who.keys() <= _SPACES:
        return False
    return all(texts(value) is not None for value in who.values())


def twice(keys: dict[str, Any]) -> bool:
    """Say whether a condition key stands twice under an operator, also in two spellings: letters' case is ignored."""
    return len(keys) > 1 and (DUPLICATE in keys or len({key.lower() for key in keys}) < len(keys))


def _conditions(raw: object) -> bool:
    if not isinstance(raw, dict):
        return False
    for keys in raw.values():
        if not isinstance(keys, dict) or twice(keys):
            return False
        for given in keys.values():
            if isinstance(given, str):
                continue
            for value in given if isinstance(given, list) else [given]:
                if not isinstance(value, str | int | float):  # true and false are ints to Python
                    return False
    return True
