"""Runs in words, for every front end: an event as a line, what was done, what is left, what an undo would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.aws.ending import summary
from wizard.aws.watch import AlreadyThere, Began, Made, Moved, Noted, Retrying, Told, Waiting
from wizard.plan import shown
from wizard.plan.change import WHO
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from wizard.aws.apply import Outcome
    from wizard.aws.backs import Back
    from wizard.aws.preparing import Prepared
    from wizard.aws.preparing_undo import Undoing
    from wizard.plan import Change


def line_of(told: Told) -> str:
    """Return an event as one line."""
    match told:
        case Began(change, number, count, back):
            said = _("Put back: {what}").format(what=f"{change.kind} {change.name}".rstrip()) if back else change.what
            return f"[{number}/{count}] {change.target or change.account_id}: {said}"
        case Waiting(_change, why, seconds, most):
            return "      " + _("waiting {seconds:.0f} s (at most {most:.0f} s): {why}").format(
                seconds=seconds, most=most, why=why
            )
        case Retrying(operation, attempt):
            return "      " + _("{operation}: attempt {attempt}").format(operation=operation, attempt=attempt)
        case Made(_change, note):
            return "      " + (_("done: {note}").format(note=note) if note else _("done"))
        case AlreadyThere(_change, note):
            return "      " + (note or _("already as it should be"))
        case Moved(_change):
            return "      " + _("somebody else changed it meanwhile: the plan is made again")
        case Noted(_change, text):
            return "      " + text


def done(outcome: Outcome) -> str:
    """Say what a run did, how it is put back, and what is left to others."""
    return "\n".join((*summary(outcome.run_id, outcome.made), *_left(outcome.left)))


def nothing(prepared: Prepared) -> str:
    """Say that there is nothing to change, and what is left to others."""
    left = _left(prepared.changes)
    if left:
        return "\n".join([_("Nothing to change on this side."), *left])
    return _("Everything is in place: nothing to change.")


def _left(planned: tuple[Change, ...]) -> list[str]:
    """Return the steps of others, which are never dropped."""
    theirs = [change for change in planned if not change.ours]
    if not theirs:
        return []
    lines = [_("Left for others, where it isn't done yet ({how}):").format(how=how(Way.HAND_OVER))]
    return lines + [f"  {change.account_id}: {change.what} [{_(WHO[change.by])}]" for change in theirs]


def of_undo(undoing: Undoing) -> str:
    """Return what an undo would change, and what can't be had back."""
    parts = [_("Run {run} of {setup}").format(run=undoing.run.id, setup=undoing.run.setup_name)]
    if undoing.later:
        said = _(
            "A later run of this setup still stands, and builds on what this one made: {later}. To keep what it needs, "
            "put that one back first."
        )
        parts.append(said.format(later=", ".join(one.id for one in undoing.later)))
    parts += [_("Can't be undone: {what}").format(what=what) for what in undoing.irreversible]
    parts += [_conflict(back) if back.differs else _back(back) for back in undoing.backs]
    return "\n\n".join(parts)


def _back(back: Back) -> str:
    change = back.change
    head = f"{change.account_id}: {change.target} {change.name}".rstrip()
    if back.others:
        return f"{head}\n   {back.others}"
    if back.gone and back.note:
        return f"{head}\n   {back.note}"
    if back.gone:
        return _("{what}\n   is as it was before already").format(what=head)
    lines = [head, *([f"   {back.note}"] if back.note else [])]
    return "\n".join((*lines, shown.documents(back.now, back.to, change.target)))


def _conflict(back: Back) -> str:
    """Return the three versions of something that somebody else changed since."""
    change, step = back.change, back.step
    wrote = step.after if step.after is not None else change.then
    head = f"{change.account_id}: {change.target} {change.name}".rstrip()
    said = _("Somebody else changed it since: it is left alone. The three versions:")
    if back.later:
        said = _("The later run {run} changed it since: it is left alone. The three versions:").format(run=back.later)
    versions = (
        (_("before the run"), change.now),
        (_("as the run wrote it"), wrote),
        (_("as it is now"), back.now),
    )
    written = [f"--- {title}\n{shown.whole(value)}" for title, value in versions]
    return "\n".join((head, said, *written))
