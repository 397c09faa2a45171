"""The steps of a run as a dialog shows them: each with its name and state, and the clock of the one that waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wizard.plan import Kind
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.plan import Change
    from wizard.tui.screens.task import Line

# What a step puts back; a role or a user is named by itself.
BACK = {
    Kind.TRUST: mark("trust policy of {resource}"),
    Kind.SESSION: mark("longest session of {resource}"),
    Kind.INLINE: mark("inline policy {name} of {resource}"),
    Kind.ATTACHED: mark("attached policy {name} of {resource}"),
    Kind.ACCESS_KEY: mark("access key of {resource}"),
    Kind.KEY: mark("key policy of {resource}"),
    Kind.BUCKET: mark("bucket policy of {resource}"),
    Kind.GUARDS: mark("guards in the bucket policy of {resource}"),
}


class Steps:
    """The steps of a run, each with its state; `lines` shows them with the clock of the one that waits."""

    def __init__(self, planned: tuple[Change, ...], *, back: bool = False) -> None:
        self.names = {change.id: _name(change, back=back) for change in planned}
        self.states: dict[str, str] = dict.fromkeys(self.names, "○")
        self.notes: dict[str, str] = {}
        self.beside: dict[str, str] = {}  # what stays said, whatever becomes of the step
        self.at = ""
        self.waits: tuple[str, float, float, float] | None = None

    def take(self, event: object) -> None:
        """Take an event of the run."""
        from wizard.aws.told import line_of
        from wizard.aws.watch import AlreadyThere, Began, Made, Moved, Noted, Retrying, Waiting

        match event:
            case Began(change, _number, _count, back):
                self.end(stopped=True)  # one that was left alone: its note says why
                self.names[change.id] = _name(change, back=back)
                self.states[change.id], self.at, self.waits = "●", change.id, None
            case Waiting(_change, why, seconds, most):
                self.waits = (why, time.monotonic() - seconds, most, seconds)
            case Made(change, note):
                self.states[change.id], self.waits = "✓", None
                self.notes[change.id] = "\n".join(filter(None, (self.beside.get(change.id, ""), note)))
            case AlreadyThere(change, note):
                self.states[change.id], self.waits = "✓", None
                self.notes[change.id] = note or _("already as it should be")
            case Moved(change):
                self.notes[change.id] = _("somebody else changed it meanwhile: the plan is made again")
            case Noted(change, text):
                self.beside[change.id] = self.notes[change.id] = text
            case Retrying():
                self.notes[self.at] = line_of(event).strip()

    def end(self, *, stopped: bool) -> None:
        """Note that the run ended before its end: the step in hand failed, or is as it was before."""
        if self.states.get(self.at) == "●":
            self.states[self.at], self.waits = "○" if stopped else "✗", None

    def lines(self) -> list[Line]:
        """Return the steps as they stand."""
        out: list[Line] = []
        looks = {"✓": "good", "●": "accent", "○": "dim", "✗": "bad"}
        for identity, name in self.names.items():
            sign = self.states.get(identity, "○")
            out.append((f"{sign} {name}", looks[sign]))
            if self.notes.get(identity):
                out += [(f"    {line}", "dim") for line in self.notes[identity].split("\n")]
            if identity == self.at and self.waits is not None:
                why, begun, most, _seconds = self.waits
                said = _("waiting {seconds:.0f} s (at most {most:.0f} s): {why}")
                out.append((f"    {said.format(seconds=time.monotonic() - begun, most=most, why=why)}", "warn"))
        return out


def _name(change: Change, *, back: bool) -> str:
    """Return what a step does and in which account, as the plan before it says."""
    if not back:
        return f"{change.account_id}: {change.what}"
    name = "" if change.name == change.resource else change.name
    what = _(BACK[change.kind]) if change.kind in BACK else "{resource} {name}"
    said = _("Put back: {what}").format(what=what.format(resource=change.resource, name=name).rstrip())
    return f"{change.account_id}: {said}"
