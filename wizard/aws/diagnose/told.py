"""A diagnosis in words, for every front end: the broken link, the statement and side, the change, what was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path import SIGNS, WORDS
from wizard.aws.diagnose.result import DESTINATION, HERE, NO_POLICY, ORGANIZATION, SOURCE, kinds
from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.diagnose.result import Cause, Change, Diagnosis

_SIDES = {
    HERE: mark("here, by whoever calls"),
    SOURCE: mark("the source account"),
    DESTINATION: mark("the destination account"),
    ORGANIZATION: mark("the organisation"),
}


def text_of(found: Diagnosis) -> Iterator[str]:
    """Yield the lines of a diagnosis for people."""
    yield f"{found.action} {found.target}"
    yield _("Caller: {caller} ({profile})").format(
        caller=found.caller or _("not known"), profile=found.profile or _("AWS's default")
    )
    yield from _answer(found)
    yield f"\n== {_('Access path')}"
    for part in found.path:
        account = f" ({part.account_id})" if part.account_id else ""
        yield f"{SIGNS[part.state]} {_(WORDS[part.state])}: {part.what}{account}"
        if part.evidence and not any(cause.message == part.evidence for cause in found.causes):
            yield f"      {part.evidence}"
    shown: set[str] = set()
    for number, cause in enumerate(found.causes, 1):
        yield from _cause(number, cause, shown)
    if found.mended is not None:
        yield ""
        yield _again(found)
    if found.unseen:
        yield f"\n== {_('Not seen, and able to change the answer')}"
        for one in found.unseen:
            yield f"- {one.why[:1].upper()}{one.why[1:]}"
            yield f"      {_('What shows it: {what}').format(what=one.shows)}"
    left = found.call.left_behind if found.call else ()
    if left:
        yield f"\n== {_('Left behind')}"
        yield from left


def _again(found: Diagnosis) -> str:
    """Say what came of evaluating with the changes, and which causes no policy has to do with."""
    if not found.mended:
        return _("Evaluated again with the changes: it isn't allowed yet. Make them, and diagnose again.")
    left = [str(number) for number, cause in enumerate(found.causes, 1) if cause.kind in NO_POLICY]
    if not left:
        return _("Evaluated again with the changes: what was read allows it.")
    return _(
        "Evaluated again with the changes: the policies that were read allow it. They don't mend cause {left}."
    ).format(left=", ".join(left))


def _answer(found: Diagnosis) -> Iterator[str]:
    """Yield what AWS said, then what it comes to."""
    call = found.call
    for hop in found.switches:
        if hop.made:
            yield f"AssumeRole {hop.role_arn}: {hop.answer.said if hop.answer else _('carried out')}"
    if call is not None and call.made:
        said = call.answer.said if call.answer and not call.absent else _("carried out")
        yield f"{call.call}: {said}"
    yield from found.notes
    if found.works is True:
        made = call is not None and call.made
        yield _("It works.") if made else _("By what was read it is allowed; it was not tried.")
    elif found.works is None:
        yield _("It is not known whether it is allowed: see what couldn't be seen.")


def _cause(number: int, cause: Cause, shown: set[str]) -> Iterator[str]:
    title = _(kinds()[cause.kind].sentence)
    sure = "" if cause.certain else f" ({_('likely')})"
    yield f"\n== {number}. {title}{sure}"
    yield cause.message
    side = _(_SIDES[cause.side]) if cause.side in _SIDES else _("another account")
    yield _("Who acts: {side}").format(side=f"{side} {cause.account_id}" if cause.account_id else side)
    if cause.mend:
        yield _("Mend: {text}").format(text=cause.mend)
    for change in cause.changes:
        # One document is changed once, whatever is wrong in it.
        if change.diff in shown:
            yield _("The change is in the difference above: {what}").format(what=change.target or change.name)
        else:
            yield from _change(change)
        shown.add(change.diff)
    for command in cause.commands:
        if command not in cause.mend:
            yield f"  $ {command}"
    yield f"  {kinds()[cause.kind].page}"


def _change(change: Change) -> Iterator[str]:
    yield ""
    yield change.diff.rstrip("\n")
    if change.command and change.document not in {"profile", "ownership"}:
        yield ""
        if change.after is None:
            yield f"  $ {change.command}"
            return
        yield _("With the whole policy in POLICY.json: {command}").format(command=change.command)
