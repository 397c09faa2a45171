"""Which of a diagnosis' changes are applied, and which are only offered, and why: a pure function of the evidence.

Applied is what adds a statement of ours for exactly the call that was asked about. Whatever takes something away from
others, or gives more than was asked for, is offered to copy and for its owner to decide.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.evidence import INLINE
from wizard.aws.diagnose.ours import mend_name
from wizard.aws.diagnose.roles import names, pathless
from wizard.aws.policies import entity_of
from wizard.diff import same
from wizard.names import arns
from wizard.plan import Change as Made
from wizard.plan import Kind, sizes
from wizard.plan.change import By
from wizard.plan.merge import UnreadableError, deleted_principals, is_grant, statements_of
from wizard.policy.document import VERSION
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wizard.aws.diagnose.evidence import Evidence, Paper, Who
    from wizard.aws.diagnose.result import Cause, Change, Diagnosis

_KINDS = {"bucket": Kind.BUCKET, "trust": Kind.TRUST, "key": Kind.KEY, "identity": Kind.INLINE}
# Who is named first, then what names them; a bucket policy last.
_ORDER = (Kind.INLINE, Kind.TRUST, Kind.KEY, Kind.BUCKET)
# What a literal `*`, `?` or `$` of a key is written as.
_ESCAPED = re.compile(r"\$\{[*?$]\}")
_STS = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")


@dataclass(frozen=True, slots=True)
class Left:
    """A change that is only offered, and why it isn't applied from here."""

    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Mend:
    """What `--apply` does about a diagnosis: `made` are the changes of ours in their order, `left` the rest."""

    diagnosis: Diagnosis
    name: str
    made: tuple[Made, ...]
    left: tuple[Left, ...]


def split(evidence: Evidence, found: Diagnosis, sides: Mapping[str, str]) -> Mend:
    """Split a diagnosis' changes; `sides` has the accounts that there are credentials for, each with its side."""
    name = mend_name(evidence)
    made: list[Made] = []
    left: list[Left] = []
    for change, causes in _each(found):
        why = next(filter(None, _whys(evidence, change, causes, sides, name)), "")
        if why:
            left.append(Left(change, why))
        else:
            made.append(_made(evidence, change, sides[change.account_id]))
    made.sort(key=lambda one: _ORDER.index(one.kind))
    return Mend(found, name, tuple(made), tuple(left))


def _each(found: Diagnosis) -> Iterator[tuple[Change, tuple[Cause, ...]]]:
    """Yield every changed document once, with all the causes that it mends."""
    causes: dict[tuple[str, str, str], list[Cause]] = {}
    changes: dict[tuple[str, str, str], Change] = {}
    for cause in found.causes:
        for change in cause.changes:
            key = (change.document, change.name, change.target)
            changes.setdefault(key, change)
            causes.setdefault(key, []).append(cause)
    yield from ((change, tuple(causes[key])) for key, change in changes.items())


def _whys(
    evidence: Evidence, change: Change, causes: tuple[Cause, ...], sides: Mapping[str, str], name: str
) -> Iterator[str]:
    """Yield the reasons not to apply a change from here, the plainest first."""
    if change.document == "profile":
        yield _("It is a line of the profile {name}, which is yours to write: the commands above do it.").format(
            name=change.name
        )
    if change.document not in _KINDS or _is_shared(change):
        yield _("It holds for others too: whoever is responsible for it decides.")
    if not all(cause.certain for cause in causes):
        yield _("It is only likely that this is the reason: look at it before you change it.")
    yield from _takes_away(change, name)
    mine = is_grant(name)
    for statement in _new(change):
        if statement.get("Effect") != "Deny" or not mine(statement.get("Sid")):  # a Deny of ours is ours to narrow
            yield from _gives_more(evidence, change, statement)
    if change.document == "trust" and not _was_read(evidence, change.target):
        yield _(
            "Whoever is let in can do all that the role {role} can, and its policies couldn't be read: "
            "look at them first."
        ).format(role=change.target)
    if change.document != "identity" and any(names(change.after, arn) for arn in pathless(evidence)):
        yield _("The ARN in it may lack the role's path.")
    yield from _refused(evidence, change)
    if change.account_id not in sides:
        yield _no_credentials(change)


def _is_shared(change: Change) -> bool:
    """Whether a change is of more than an identity's own inline policy: a managed policy, a group, a permission set."""
    if change.document != "identity":
        return False
    kind, path, name = entity_of(change.target)
    is_reserved = path.startswith("/aws-reserved/") or name.startswith("AWSReservedSSO_")
    return kind not in {"role", "user"} or change.name.startswith("arn:") or is_reserved


def _takes_away(change: Change, name: str) -> Iterator[str]:
    """Say that a statement of others, or a guard, is changed or gone: its owner decides that, never a mend."""
    after = [] if change.after is None else list(_statements(change.after))
    mine = is_grant(name)
    for statement in _statements(change.before) if change.before is not None else ():
        if mine(statement.get("Sid")) or any(_alike(statement, one) for one in after):
            continue
        yield _("It changes or takes away a statement that isn't ours ({sid}): its owner decides.").format(
            sid=statement.get("Sid") or _("without a Sid")
        )


def _new(change: Change) -> list[Mapping[str, Any]]:
    before = [] if change.before is None else list(_statements(change.before))
    after = [] if change.after is None else list(_statements(change.after))
    return [one for one in after if not any(_alike(one, other) for other in before)]


def _gives_more(evidence: Evidence, change: Change, statement: Mapping[str, Any]) -> Iterator[str]:
    """Say what a new statement would give beside the call that was asked about."""
    said = _("It would give more than was asked for ({what}).")
    if statement.get("Effect") != "Allow" or {"NotAction", "NotResource", "NotPrincipal"} & statement.keys():
        yield said.format(what=", ".join(sorted(statement)))
    action = statement.get("Action")
    if not isinstance(action, str) or not _is_asked(evidence, action):
        yield said.format(what=str(action))
    resource = statement.get("Resource", "")
    if not (change.document == "key" and resource == "*") and "*" in _ESCAPED.sub("", str(resource)):
        yield said.format(what=str(resource))
    principal = statement.get("Principal")
    callers = [who.principal_arn for who in _everybody(evidence)]
    named = principal.get("AWS") if isinstance(principal, dict) and len(principal) == 1 else principal
    if principal is not None and (named not in callers or str(named).endswith(":root")):
        yield said.format(what=json.dumps(principal))


def _is_asked(evidence: Evidence, action: str) -> bool:
    return action == evidence.action or action in _STS or (action.startswith("kms:") and "*" not in action)


def _was_read(evidence: Evidence, role: str) -> bool:
    return any(who.principal_arn == role and isinstance(who.identity, tuple) for who in _everybody(evidence))


def _everybody(evidence: Evidence) -> list[Who]:
    return [*(hop.who for hop in evidence.assuming), *([evidence.who] if evidence.who else [])]


def _refused(evidence: Evidence, change: Change) -> Iterator[str]:
    """Say what AWS would refuse about the policy as it will be, before it is sent."""
    gone = deleted_principals(change.after) if change.document != "identity" and change.after is not None else ()
    if gone:
        yield _("The policy names {ids}, which no longer exist, and AWS takes no such policy back.").format(
            ids=", ".join(gone)
        )
    old = isinstance(change.after, dict) and change.after.get("Version") != VERSION
    if old and any("${" in str(one.get("Resource", "")) for one in _new(change)):
        yield _("The policy has an old Version, in which {variable} is plain text.").format(variable="${*}")
    if change.document == "bucket":
        yield sizes.too_large(change.after, sizes.BUCKET)
    elif change.document == "key":
        yield sizes.too_large(change.after, sizes.KEY)
    elif change.document == "trust":
        yield sizes.too_long([change.after], sizes.TRUST)
    else:
        others = [one.document for one in _inline(evidence, change) if one.name != change.name]
        yield sizes.too_long([*others, change.after], sizes.INLINE[entity_of(change.target)[0]])


def _inline(evidence: Evidence, change: Change) -> list[Paper]:
    return [one for one in _papers(evidence, change.target) if one.place == INLINE and one.on == change.target]


def _papers(evidence: Evidence, arn: str) -> tuple[Paper, ...]:
    """Return the policies that were read of a user or role; none where they weren't."""
    found = next((who.identity for who in _everybody(evidence) if who.principal_arn == arn), ())
    return found if isinstance(found, tuple) else ()


def _no_credentials(change: Change) -> str:
    """Say whose the change is, and how it is applied from here where somebody has the credentials."""
    way = {"source": Way.SOURCE_PROFILE, "destination": Way.DESTINATION_PROFILE}.get(change.side)
    if way is None:
        return _("It is for an administrator of {account}.").format(account=change.account_id or _("another account"))
    return _(
        "It is for an administrator of {account}; with a profile of theirs it is applied from here ({how})."
    ).format(account=change.account_id or _("the bucket's account"), how=how(way))


def _made(evidence: Evidence, change: Change, side: str) -> Made:
    """Return a change as apply's are, so that the same hands make it, journal it and put it back."""
    kind, parsed = _KINDS[change.document], arns.parse(change.target)
    place = change.target.rpartition(":")[2]
    whats = {
        Kind.BUCKET: _("Let the caller in by the bucket policy of {what}."),
        Kind.TRUST: _("Let the caller in by the trust policy of {what}."),
        Kind.KEY: _("Let the caller use the key {what}."),
        Kind.INLINE: _("Allow it in the inline policy {name} of {what}."),
    }
    region = evidence.bucket.region if isinstance(evidence.bucket.region, str) else evidence.start.region
    return Made(
        id=f"{kind}:{change.target}:{change.name}".rstrip(":"),
        kind=kind,
        account_id=change.account_id,
        side=side,
        target=change.target,
        name=evidence.bucket.name if kind is Kind.BUCKET else change.name,
        region=parsed.region if kind is Kind.KEY and parsed else region if kind is Kind.BUCKET else "",
        what=whats[kind].format(what=place, name=change.name),
        now=change.before,
        then=change.after,
        put_back=_("The policy as it is now is put back.")
        if change.before is not None
        else _("The policy is deleted: there was none."),
        by=By.US,
        notes=_notes(evidence, change),
    )


def _notes(evidence: Evidence, change: Change) -> tuple[str, ...]:
    """Return what somebody should read first: all that a role can do, where the caller is let into it."""
    if change.document != "trust":
        return ()
    out = [_("Whoever is let in can do all that the role can. Its policies:")]
    for paper in _papers(evidence, change.target):
        out += [paper.name, *json.dumps(paper.document, indent=2, ensure_ascii=False).splitlines()]
    return tuple(out)


def _statements(policy: Any) -> Sequence[Mapping[str, Any]]:
    try:
        return statements_of(policy)
    except UnreadableError:
        return ()


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return same({"Version": VERSION, "Statement": [one]}, {"Version": VERSION, "Statement": [other]})
