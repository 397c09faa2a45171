"""Which calls prove a setup's access, and which must be refused: a pure function of the setup."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.methods import levels
from wizard.policy.actions import reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.setup import Bucket, Setup


class On(StrEnum):
    """What a call is made on, and so what it needs before it can be made."""

    LISTING = "listing"  # the bucket, under the prefix
    BUCKET = "bucket"
    OBJECT = "object"  # an object that is there
    VERSION = "version"  # a version of one that is there
    WRITE = "write"  # a marked test object: only with the person's consent
    NOTHING = "nothing"  # no call proves the action without changing something


@dataclass(frozen=True, slots=True)
class Probe:
    """One S3 action and the cheapest call that proves it. `call` is AWS's name of the operation.

    `absent` are the error codes that only somebody who may make the call gets: there is nothing to read.
    """

    action: str
    on: On
    call: str = ""
    parameters: tuple[tuple[str, Any], ...] = ()
    absent: frozenset[str] = frozenset()


_CALLS = Path(__file__).with_name("calls.json")
# In the order in which somebody would try: first what shows an object, then what reads it.
_ORDER = (On.LISTING, On.BUCKET, On.OBJECT, On.VERSION, On.WRITE, On.NOTHING)
# What a listing needs first: with it, an object is known that the others can read.
_FIRST = ("s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:PutObject")
# Actions that a setup mostly does not grant, and whose call can destroy nothing: the most telling first.
_REFUSED = ("s3:GetObject", "s3:DeleteObject", "s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetLifecycleConfiguration")
_MOST_REFUSED = 2


@cache
def _catalogue() -> Mapping[str, Probe]:
    raw = json.loads(_CALLS.read_text(encoding="utf-8"))
    return {
        action: Probe(
            action,
            On(item["on"]),
            item.get("call", ""),
            tuple(item.get("with", {}).items()),
            frozenset(item.get("absent", ())),
        )
        for action, item in raw.items()
    }


def granted(setup: Setup) -> tuple[str, ...]:
    """Return every S3 action that the setup allows on a bucket or its objects, wildcards spelled out."""
    return tuple(
        dict.fromkeys(
            found.name
            for action in levels.actions_of(setup.access)
            for found in reach(action)
            if found.resources & {"bucket", "object"}
        )
    )


def allowed(setup: Setup) -> tuple[Probe, ...]:
    """Return a probe for each granted action, in the order in which they are tried."""
    known = _catalogue()
    probes = [known.get(action, Probe(action, On.NOTHING)) for action in granted(setup)]
    return tuple(sorted(probes, key=_rank))


def _rank(probe: Probe) -> tuple[int, int, str]:
    first = _FIRST.index(probe.action) if probe.action in _FIRST else len(_FIRST)
    return _ORDER.index(probe.on), first, probe.action


def refused(setup: Setup) -> tuple[Probe, ...]:
    """Return probes of actions that the setup does not grant, at most two: AWS must refuse them.

    None with AmazonS3FullAccess, but for a caller of another account, whom the bucket policy still narrows.
    """
    if setup.access.level == levels.FULL_ACCESS and setup.method != "bucket-policy":
        return ()
    has = set(granted(setup))
    known = _catalogue()
    return tuple(known[action] for action in _REFUSED if action not in has)[:_MOST_REFUSED]


def probe(action: str) -> Probe:
    """Return the probe of one action."""
    return _catalogue().get(action, Probe(action, On.NOTHING))


def outside(bucket: Bucket, word: str) -> str:
    """Return a prefix that the setup does not reach; `word` is random, so that nothing can be there."""
    return f"s3-crossaccount-outside-{word}/" if bucket.prefix else ""
