"""Documents that were made ready already: a text that comes again is not read again."""

from __future__ import annotations

import marshal
from typing import Any

from wizard.policy.evaluation.case import DUPLICATE
from wizard.policy.evaluation.documents import Compiled

_KEPT = 8 * 1024 * 1024  # bytes of document texts whose reading is kept
_KEPT_ONE = 64 * 1024
_SEEN = 4096

_cache: dict[tuple[int, bytes | str], Compiled] = {}
_seen: set[int] = set()
_cached = 0


def compiled(document: object, kind: int) -> Compiled:
    """Return a document ready for matching; one that comes a third time is not read again.

    `document`: what `json.loads` gives, or a document's text.
    """
    global _cached  # noqa: PLW0603 -- the size of the one cache
    text: bytes | str
    try:
        # As bytes: marshal is exact, and faster than anything that walks the values.
        text = document if isinstance(document, str) else marshal.dumps(document, 2)  # type: ignore[arg-type]  # refuses what it can't
    except ValueError:
        return Compiled(_plain(document), kind, _KEPT_ONE)
    key = (kind, text)
    found = _cache.get(key)
    if found is not None:
        return found
    # Only what came before is kept, so that a stream of documents that never come again leaves nothing behind.
    mark = hash(key)
    if mark not in _seen or len(text) > _KEPT_ONE:
        if len(_seen) >= _SEEN:
            _seen.clear()
        _seen.add(mark)
        return Compiled(_loads(document) if isinstance(document, str) else document, kind, len(text))
    # A copy is kept, as parts of it are read later, and whoever gave the document may change it.
    copy = _loads(text) if isinstance(text, str) else marshal.loads(text)  # noqa: S302 -- what was dumped above
    found = Compiled(copy, kind, len(text))
    _cached += len(text)
    if _cached > _KEPT:
        _cache.clear()
        _cached = len(text)
    _cache[key] = found
    return found


def _loads(text: str) -> object:
    import json

    try:
        return json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        return None


def _plain(document: object) -> object:
    """Turn other mappings than dict into what JSON gives."""
    import json

    try:
        return json.loads(json.dumps(document, default=dict))
    except (TypeError, ValueError, RecursionError):
        return None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict, and mark one that had a key twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        made[DUPLICATE] = True
    return made
