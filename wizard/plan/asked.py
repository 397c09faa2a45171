"""What a plan asks of one side, for one screen: who gets what, where, how, the risk, and what isn't asked.

It is read out of the plan's documents and changes, the very ones that are applied: it can't say less than they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.plan import Found, changes
from wizard.plan import asked_grants as granted
from wizard.plan.asked_risks import Risk, risks
from wizard.plan.change import WHO, By
from wizard.text import _

if TYPE_CHECKING:
    from wizard.plan.change import Change
    from wizard.plan.made import Plan
    from wizard.policy.document import Statement

_NAMES = 5
_FEW_NAMES = 1  # of each where there are many groups: the risks are to be seen without scrolling
_GROUPS = 4
_ROWS = 6
_THEIR_OWN = frozenset((By.ADMINISTRATORS, By.IDENTITY_CENTER, By.SERVICE))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of `side`, in `accounts`: sentences for people. `full` has what was shortened above it."""

    side: str
    accounts: tuple[str, ...]
    other: tuple[str, ...]
    who: tuple[str, ...]
    what: tuple[str, ...]
    where: tuple[str, ...]
    how: tuple[str, ...]
    steps: tuple[str, ...]
    risks: tuple[Risk, ...]
    not_asked: tuple[str, ...]
    full: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """One sentence: whose half it is."""
        mine, other = granted.shortened(self.accounts), granted.shortened(self.other)
        if self.side == "source":
            return _("The owner of the bucket ({other}) asks you, who administer {mine}, the source:").format(
                mine=mine, other=other
            )
        return _("{other} asks you, who administer {mine}, the owner of the bucket:").format(mine=mine, other=other)

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return titles with their sentences, in the order in which they matter; none is empty."""
        steps = self.steps or (_("nothing: there is nothing to change in your account"),)
        rows = (
            (_("Who"), self.who),
            (_("May do"), self.what),
            (_("On what"), self.where),
            (_("How"), self.how),
            (_("Risk"), tuple(risk.shown for risk in self.risks)),
            (_("Your part"), steps),
            (_("Not asked"), self.not_asked),
            (_("In full"), self.full),
        )
        return tuple((title, lines) for title, lines in rows if lines)

    def text(self) -> str:
        """Return all of it as plain text."""
        parts = [self.title]
        for title, lines in self.sections():
            parts += ["", f"{title}:", *(f"  - {line}" for line in lines)]
        return "\n".join(parts)


def asked(plan: Plan, side: str) -> Asked:
    """Return what a plan asks of `source` or `destination`; a key's owner goes with the destination."""
    setup = plan.setup
    source, destination = setup.source.account_ids, (setup.destination_account,)
    found = granted.grants(plan, side)
    groups = granted.what(found)
    names_shown = _NAMES if len(groups) <= _GROUPS else _FEW_NAMES
    where = granted.where(found)
    steps = [change for change in changes(plan, Found()) if (change.side == "source") == (side == "source")]
    full = [
        _("{group}: {names}").format(group=_(granted.GROUPS[group]), names=", ".join(names))
        for group, names in groups.items()
        if len(names) > names_shown + 1
    ]
    told = [_step(number, change) for number, change in enumerate(steps, start=1)]
    for title, lines in ((_("On what"), where), (_("Your part"), told)):
        full += [f"{title}: {line}" for line in (lines if len(lines) > _ROWS else ())]
    return Asked(
        side=side,
        accounts=source if side == "source" else destination,
        other=destination if side == "source" else source,
        who=granted.who(plan),
        what=_what(groups, granted.wildcards(found), names_shown),
        where=_few(where),
        how=_how(plan),
        steps=_few(tuple(told)),
        risks=risks(plan, side, found),
        not_asked=_not_asked(plan, side, found),
        full=tuple(full),
    )


def _few(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Shorten many lines; all of them stand in `full`."""
    if len(lines) <= _ROWS:
        return lines
    return (*lines[: _ROWS - 1], _("… and {count} more (below, in full)").format(count=len(lines) - _ROWS + 1))


def _what(groups: dict[str, tuple[str, ...]], wild: tuple[tuple[str, int], ...], shown: int) -> tuple[str, ...]:
    out = [
        _("{group}: {names}").format(group=_(granted.GROUPS[group]), names=granted.shortened(names, shown))
        for group, names in groups.items()
    ]
    out += [
        _("{action} is a wildcard: {count} actions today, and those that AWS adds").format(action=action, count=count)
        for action, count in wild
    ]
    return tuple(out)


def _step(number: int, change: Change) -> str:
    text = f"{number}. {change.what}"
    if change.by in _THEIR_OWN or change.side == "other":
        text += f" [{change.account_id}: {_(WHO[change.by])}]"
    return text


def _how(plan: Plan) -> tuple[str, ...]:
    if plan.method.id == "assume-role":
        out = list(_by_role(plan))
    elif plan.method.id == "iam-user":
        out = [_("with a long-lived access key, until somebody deletes it")]
    else:
        out = [_("with their own credentials, for as long as the policies stand")]
    guards = [
        statement
        for document in plan.of("bucket")
        if document.policy
        for statement in document.policy.statements
        if statement.effect == "Deny"
    ]
    return (*out, *dict.fromkeys(_guard(statement) for statement in guards))


def _by_role(plan: Plan) -> tuple[str, ...]:
    seconds = next((change.session_seconds for change in changes(plan, Found()) if change.session_seconds), 0)
    role = next((one.attach_to or "" for one in plan.of("trust") if one.needed), "").partition(":role/")[2]
    out = [
        _("as the role {role}, in sessions of up to {minutes} minutes, for as long as the role stands").format(
            role=role, minutes=seconds // 60
        )
    ]
    conditions = [statement.condition or {} for statement in granted.entrances(plan)]
    ids = {str(one["StringEquals"]["sts:ExternalId"]) for one in conditions if "StringEquals" in one}
    if ids:
        out.append(_("only with the external id {id}").format(id=", ".join(sorted(ids))))
    if conditions and all("aws:MultiFactorAuthPresent" in one.get("Bool", {}) for one in conditions):
        out.append(_("only with MFA"))
    return tuple(out)


def _guard(statement: Statement) -> str:
    condition = statement.condition or {}
    outside = condition.get("StringNotEquals", {})
    for key, text in (
        ("aws:SourceVpce", _("nobody at all, unless through {value}")),
        ("aws:PrincipalOrgID", _("nobody at all, unless of the organization {value}")),
    ):
        if key in outside:
            value = outside[key]
            return text.format(value=value if isinstance(value, str) else ", ".join(value))
    return _("only over TLS")


def _not_asked(plan: Plan, side: str, found: tuple[granted.Grant, ...]) -> tuple[str, ...]:
    groups = granted.what(found)
    absent = [
        (not groups.keys() & {"write", "delete", "tags"}, _("writing or deleting objects")),
        ("delete" not in groups and "write" in groups, _("deleting objects")),
        ("open" not in groups, _("changing the bucket's policy or ACLs")),
        ("settings" not in groups, _("changing the bucket's settings")),
        (not any(grant.everywhere for grant in found), _("any other bucket")),
        (not granted.whole_accounts(plan) and plan.method.id != "iam-user", _("anybody else of the source")),
        (plan.method.id != "iam-user", _("access keys")),
    ]
    lines = [text for holds, text in absent if holds]
    if side == "source" and plan.method.id == "iam-user":
        lines.append(_("any policy in your account"))
    return (_(", ").join(lines),) if lines else ()
