"""The access path: the chain of links from a caller to an object, each with its state and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.methods import levels
from wizard.methods.parts import location
from wizard.methods.registry import METHODS
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.methods.method import Link, Node
    from wizard.setup import Setup


class State(StrEnum):
    """How sure a link is; each has a sign and a word, because colour alone tells not everybody."""

    PLANNED = "planned"
    PROVEN = "proven"
    VERIFIED = "verified"
    BROKEN = "broken"
    UNKNOWN = "unknown"


SIGNS = {State.PLANNED: "○", State.PROVEN: "◆", State.VERIFIED: "✓", State.BROKEN: "✗", State.UNKNOWN: "?"}
WORDS = {
    State.PLANNED: mark("planned"),
    State.PROVEN: mark("proven"),
    State.VERIFIED: mark("verified"),
    State.BROKEN: mark("broken"),
    State.UNKNOWN: mark("unknown"),
}


@dataclass(frozen=True, slots=True)
class PathLink:
    """A link with its state, and the evidence: a statement's place, or AWS's answer."""

    link: Link
    state: State
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class PathHop:
    """One step of the path with the states of its links."""

    start: Node
    end: Node
    links: tuple[PathLink, ...]


@dataclass(frozen=True, slots=True)
class AccessPath:
    """The whole path; below it what is possible, what stays out, and the layers that nobody could see.

    `let_in` is what should stay out and is not kept out for sure: policies that are there already let it in.
    """

    hops: tuple[PathHop, ...]
    possible: tuple[str, ...]
    stays_out: tuple[str, ...]
    unseen: tuple[str, ...]
    let_in: tuple[str, ...] = ()


def planned(setup: Setup) -> AccessPath:
    """Return the path as it is planned: nothing of it was proven or tried."""
    hops = tuple(
        PathHop(hop.start, hop.end, tuple(PathLink(link, State.PLANNED) for link in hop.links))
        for hop in METHODS[setup.method].hops(setup)
    )
    return AccessPath(hops, possible(setup), stays_out(setup), unseen())


def possible(setup: Setup) -> tuple[str, ...]:
    """Return what the access makes possible, as the commands that people run."""
    reached = levels.reached_by(setup.access)
    place = location(setup.bucket)
    rows = (
        (_("list"), {"s3:ListBucket"}, f"aws s3 ls {place}"),
        (_("download"), {"s3:GetObject"}, f"aws s3 cp {place}… ."),
        (_("upload"), {"s3:PutObject"}, f"aws s3 cp … {place}"),
        (_("delete"), {"s3:DeleteObject"}, f"aws s3 rm {place}…"),
    )
    out = [f"{word}: {command}" for word, actions, command in rows if actions <= reached]
    others = len(reached - {name for _word, actions, _command in rows for name in actions})
    return (*out, *([_("{count} more actions").format(count=others)] if others and not out else []))


def stays_out(setup: Setup) -> tuple[str, ...]:
    """Return what the access does not reach."""
    out = []
    if setup.bucket.prefix:
        out.append(_("objects outside of {prefix}").format(prefix=setup.bucket.prefix))
    out.append(_("other buckets"))
    if not setup.source.whole_account and setup.source.principals:
        out.append(_("other principals of {account}").format(account=setup.source.account_ids[0]))
    out.append(_("anonymous callers"))
    return tuple(out)


def unseen() -> tuple[str, ...]:
    """Return the layers that documents alone can't show."""
    return (_("SCP and RCP"), _("permissions boundaries"), _("session policies"), _("VPC endpoint policies"))
