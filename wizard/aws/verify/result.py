"""What verifying found: each call with AWS's answer, and the access path that the answers light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from wizard.access_path import AccessPath, PathHop, PathLink, State, planned
from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.setup import Setup


# What passes without anything of the bucket being seen.
_PROVE_NOTHING = frozenset({"sts:GetCallerIdentity", "sts:AssumeRole", "s3:ListAllMyBuckets"})


class Verdict(StrEnum):
    """What one call came to."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_TRIED = "not-tried"


VERDICT_WORDS = {
    Verdict.HOLDS: mark("holds"),
    Verdict.FAILS: mark("doesn't hold"),
    Verdict.NOT_TRIED: mark("not tried"),
}
VERDICT_SIGNS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.NOT_TRIED: "–"}


@dataclass(frozen=True, slots=True)
class Tried:
    """One call: what was expected of it, and what came.

    `expected` is `allowed` or `denied`. `call` is AWS's operation, `said` AWS's own words, `reading` ours (of
    a call that was not made: why). `links` are the links of the access path that it passes or blames.
    """

    expected: str
    action: str
    call: str
    target: str
    verdict: Verdict
    links: tuple[str, ...] = ()
    said: str = ""
    reading: str = ""
    waited_seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the call as `verify --json` prints it."""
        return {
            "expected": self.expected,
            "action": self.action,
            "call": self.call,
            "target": self.target,
            "verdict": self.verdict.value,
            "links": list(self.links),
            "said": self.said,
            "reading": self.reading,
            "waited_seconds": round(self.waited_seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """The whole of it.

    `profile` called, chosen for `why`; `caller` is the ARN that STS told, `others` who is let in and was not tried.
    `left_behind` says what could not be cleaned up.
    """

    profile: str
    why: str
    caller: str
    others: tuple[str, ...]
    tried: tuple[Tried, ...]
    path: AccessPath
    left_behind: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a call was refused that the setup allows, or passed that it must not."""
        return any(one.verdict is Verdict.FAILS for one in self.tried)

    @property
    def proved(self) -> bool:
        """Whether anything that the setup allows was seen to work in the bucket."""
        return any(
            one.verdict is Verdict.HOLDS and one.expected == "allowed" and one.action not in _PROVE_NOTHING
            for one in self.tried
        )

    @property
    def holds(self) -> bool:
        """Whether the access works: something was proved, and nothing failed."""
        return self.proved and not self.failed

    def to_json(self) -> dict[str, Any]:
        """Return it as `verify --json` prints it."""
        return {
            "holds": self.holds,
            "profile": self.profile,
            "caller": self.caller,
            "not_tried_as": list(self.others),
            "tried": [one.to_json() for one in self.tried],
            "path": [
                {
                    "from": hop.start.label,
                    "to": hop.end.label,
                    "links": [
                        {
                            "id": one.link.id,
                            "what": one.link.what,
                            "account_id": one.link.account_id,
                            "state": one.state.value,
                            "evidence": one.evidence,
                        }
                        for one in hop.links
                    ],
                }
                for hop in self.path.hops
            ],
            "left_behind": list(self.left_behind),
        }


def lit(setup: Setup, tried: Iterable[Tried]) -> AccessPath:
    """Light the path by what was tried: a link is broken by one call that it stopped, whatever else passed it."""
    before = planned(setup)
    seen = tuple(one for one in tried if one.expected == "allowed")
    hops = tuple(PathHop(hop.start, hop.end, tuple(_state(link, seen) for link in hop.links)) for hop in before.hops)
    return replace(before, hops=hops)


def _state(before: PathLink, tried: tuple[Tried, ...]) -> PathLink:
    mine = [one for one in tried if before.link.id in one.links]
    for verdict, state in ((Verdict.FAILS, State.BROKEN), (Verdict.HOLDS, State.VERIFIED)):
        found = [one for one in mine if one.verdict is verdict]
        if found:
            return PathLink(before.link, state, _evidence(found, state))
    why = next((one.reading for one in mine if one.reading), "")
    return PathLink(before.link, State.UNKNOWN, _("not tried: {why}").format(why=why) if why else _("not tried"))


def _evidence(found: list[Tried], state: State) -> str:
    if state is State.BROKEN:
        first = found[0]
        return " – ".join(part for part in (first.action, first.said, first.reading) if part)
    return ", ".join(dict.fromkeys(one.call for one in found))
