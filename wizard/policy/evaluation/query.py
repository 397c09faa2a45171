"""A request made ready to be matched against statements: its action known or not, its ARN in parts, its context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation import services
from wizard.policy.evaluation.caller import caller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.policy.evaluation.caller import Caller
    from wizard.policy.evaluation.case import Case
    from wizard.policy.evaluation.documents import Compiled


class NotKnown:
    """The type of NOT_KNOWN: a context key of which nobody said whether the request has it."""

    __slots__ = ()


NOT_KNOWN = NotKnown()
Found = str | tuple[str, ...] | NotKnown | None  # None: the key is absent from the request
_ARN_PARTS = 6
_SMALL = 2_000_000  # bytes of a document times characters of a request: no need to count


class Query:
    """One request as the statements see it, and the doubts that came up while matching."""

    __slots__ = (
        "_context",
        "_items",
        "_room",
        "_unlisted",
        "_volume",
        "action",
        "alone",
        "bounded",
        "caller",
        "documents",
        "doubts",
        "fits",
        "head",
        "kind",
        "lowered",
        "partition",
        "real",
        "resource",
        "segments",
        "service",
        "some_key",
        "strict",
        "tail",
        "unnamed",
        "web",
    )

    def __init__(self, case: Case) -> None:
        request = case.request
        self.caller: Caller = caller(request.principal)
        self._unlisted = case.unlisted_context
        self._context, volume, self._items = _context(request.context)
        # What is left of the work that one case may take: comparisons, characters to search, `?` to try.
        self._volume = volume + len(request.principal) + len(request.resource)
        self._room = [2_000_000, 500_000_000, 3_000_000]
        self.doubts: list[tuple[str | None, str]] = []
        # At first every document is taken for one that AWS stored, and whether it is one is asked (`outcome`) only
        # where that could matter: strictly, the Allows of one that isn't count as not known.
        self.strict = False
        self.documents: list[Compiled] = []  # those that were matched
        # "With Deny it always denies a principal that has a permissions boundary": 0 none, 2 it has one, 1 not known.
        self.bounded = 2 if case.policies.boundary else int("boundary" in case.unknown)
        self.turn(request.action, request.resource)

    def turn(self, action: str, resource: str) -> None:
        """Ask for this action on this resource; actions without a resource are asked for on `*`."""
        facts = services.action_facts(action)
        self.action = facts.name
        self.service = facts.service
        self.real = facts.exists
        self.alone = facts.resource in {services.NO_RESOURCE, services.EVERY_BUCKET}  # no resource, so no owner
        self.web = facts.name in services.WEB_IDENTITY
        self.partition = resource.split(":", 2)[1] if resource.startswith("arn:") else ""
        if facts.resource == services.NO_RESOURCE:
            resource = "*"
        elif facts.resource == services.EVERY_BUCKET:
            resource = f"arn:{self.partition or self.caller.partition or 'aws'}:s3:::*"
        segments = resource.split(":", _ARN_PARTS - 1)
        if len(segments) == _ARN_PARTS:
            self.tail = segments[-1]
            self.head = resource[: len(resource) - len(self.tail)]
            if segments[3] or segments[4]:
                segments[3] = segments[3].lower()
                segments[4] = segments[4].lower()
                self.head = ":".join(segments[:-1]) + ":"
        else:
            self.head, self.tail = "", resource
        self.segments = segments
        self.resource = self.head + self.tail
        self.lowered = self.resource.lower()
        kind = self.kind = services.resource_kind(segments)
        # An alias stands for a key that nobody named: AWS evaluates kms:Decrypt and its like on the key's ARN.
        self.some_key = kind == "kms:alias" and facts.kinds is not None and "kms:alias" not in facts.kinds
        self.unnamed = resource == "*" and facts.resource == services.NAMED
        self.fits = facts.kinds is None or resource == "*" or kind in facts.kinds or self.some_key
        self.fits = self.fits or facts.resource == services.EVERY_BUCKET

    def lookup(self, key: str) -> Found:
        """Return the request's value of a context key (in lower case); None if the request doesn't have it."""
        found = self._context.get(key)
        if found is None and self._unlisted and key not in self._context:
            return NOT_KNOWN
        return found

    def doubt(self, what: str | None, why: str) -> None:
        """Note something that is not known: a context key, or (None) the document in hand."""
        self.doubts.append((what, why))

    def spend(self, document: Compiled) -> bool:
        """Take the work of one document out of what a case may take; False if there isn't enough."""
        if document.size * (self._volume + self._items) < _SMALL:
            return True
        values, free = document.work
        room = self._room
        room[0] -= values * self._items
        room[1] -= values * self._volume
        room[2] -= free * self._volume
        return min(room) >= 0

    def has(self, keys: tuple[str, ...]) -> bool:
        """Say whether the request has one of some context keys."""
        return not self._context.keys().isdisjoint(keys)

    def carries(self, *prefixes: str) -> bool:
        """Say whether the request has a context key that begins so."""
        return any(key.startswith(prefixes) for key in self._context)

    def carried(self, prefix: str) -> list[str]:
        """Return the values of the context keys that begin so."""
        found = [value for key, value in self._context.items() if key.startswith(prefix)]
        return [
            text
            for value in found
            for text in (value if isinstance(value, tuple) else (value,))
            if isinstance(text, str)
        ]


def _context(given: Mapping[str, object]) -> tuple[dict[str, Found], int, int]:
    """Return the context with its keys in lower case, how many characters it has, and its longest list.

    What is neither a string nor a list of strings is not known; nor is a key in two spellings.
    """
    out: dict[str, Found] = {}
    characters, longest = 0, 1
    for key, value in given.items():
        name = key.lower()
        if name in out:
            out[name] = NOT_KNOWN
        elif isinstance(value, str):
            out[name] = value
            characters += len(value)
        elif isinstance(value, list | tuple):
            texts = [_scalar(item) for item in value]
            out[name] = NOT_KNOWN if None in texts else tuple(text for text in texts if text is not None)
            characters += sum(len(text or "") for text in texts)
            longest = max(longest, len(texts))
        else:
            out[name] = _scalar(value) or NOT_KNOWN
    return out, characters, longest


def _scalar(value: object) -> str | None:
    """Write a JSON scalar as AWS writes it in a request's context."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return None
