"""How changes are shown for people: what, whose step, the difference of the document, how it is put back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wizard import diff
from wizard.plan.change import WHO, Kind
from wizard.plan.found import Identity, NotKnown
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.plan import Change, Found


def changes(planned: Iterable[Change], found: Found) -> str:
    """Return every change with its difference, in the order in which they are made."""
    told: set[str] = set()
    return "\n\n".join(_one(number, change, found, told) for number, change in enumerate(planned, 1))


def _one(number: int, change: Change, found: Found, told: set[str]) -> str:
    head = _("{number}. Account {account} ({side}): {what}").format(
        number=number, account=change.account_id, side=_side(change.side), what=change.what
    )
    lines = [head]
    if not change.ours:
        lines.append(f"   [{_(WHO[change.by])}]")
    lines += [f"   {note}" for note in change.notes]
    lines.append(_difference(change))
    if change.problem:
        lines.append(_("   Can't be done: {why}").format(why=change.problem))
        lines += _policies_of(change, found, told)
    lines.append(_("   Put back: {how}").format(how=change.put_back))
    return "\n".join(lines)


def _side(side: str) -> str:
    return {"source": _("source"), "destination": _("destination")}.get(side, _("other"))


def _difference(change: Change) -> str:
    name = change.target or f"{change.account_id} {change.name}"
    if isinstance(change.now, NotKnown):
        known = _("(what is there isn't known) {why}").format(why=change.now.reason).rstrip()
        return f"   {known}\n{diff.documents(None, change.then, before_name=_('not known'), after_name=name)}"
    return documents(change.now, change.then, name)


def documents(before: Any, after: Any, name: str) -> str:
    """Return the difference of two values of a change; /dev/null stands for nothing, as in git's."""
    old = "/dev/null" if before is None else f"{name} ({_('now')})"
    new = "/dev/null" if after is None else name
    return diff.documents(before, after, before_name=old, after_name=new)


def _policies_of(change: Change, found: Found, told: set[str]) -> list[str]:
    """Return all policies of a role or user that is there and isn't ours, once: they have to be read before a yes."""
    there = found.identity(change.target)
    kinds = {Kind.TRUST, Kind.INLINE, Kind.ATTACHED, Kind.ACCESS_KEY}
    if not isinstance(there, Identity) or change.kind not in kinds or change.target in told:
        return []
    told.add(change.target)
    lines = [_("   Its policies now:")]
    if there.trust is not None:
        lines.append(_policy(_("trust policy"), there.trust))
    inline = there.inline if isinstance(there.inline, dict) else {}
    read = there.policies if isinstance(there.policies, dict) else {}
    lines += [_policy(name, policy) for name, policy in (inline | read).items()]
    lines += [f"   {arn}" for arn in (there.attached if isinstance(there.attached, tuple) else ()) if arn not in read]
    lines += [
        _("   group {name}").format(name=name) for name in (there.groups if isinstance(there.groups, tuple) else ())
    ]
    return lines


def _policy(name: str, policy: Any) -> str:
    text = json.dumps(policy, indent=2, ensure_ascii=False)
    return "\n".join(f"   {line}" for line in f"{name}\n{text}".splitlines())


def whole(value: Any) -> str:
    """Return a whole value of a change; a word for nothing."""
    return _("(nothing)") if value is None else json.dumps(value, indent=2, ensure_ascii=False)
