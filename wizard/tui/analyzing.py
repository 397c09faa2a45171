"""IAM Access Analyzer in the app: asked only when somebody says so, in a thread; its answers stay with their texts."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.errors import WizardError
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wizard.aws.clients import Place
    from wizard.aws.validate import Theirs
    from wizard.policy.check import DocumentType, Finding, Report
    from wizard.tui.proving import Checked, Evidence
    from wizard.tui.wizard_app import WizardApp

ANY_SIDE = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to ask about, and the side whose profile asks; ANY_SIDE: the one that has a profile."""

    text: str
    document_type: DocumentType | None
    side: str = ANY_SIDE


Answers = dict[tuple[str, "DocumentType | None"], "tuple[Theirs, ...]"]


class Analyzing:
    """Asks AWS about texts, and keeps what it said of each while the app runs."""

    def __init__(self, app: WizardApp) -> None:
        self._app = app
        self._known: Answers = {}
        self._busy = False

    def merged(self, text: str, report: Report) -> Report:
        """Return a text's report with what AWS said of that very text, if it was asked."""
        theirs = self._known.get((text, report.document_type))
        if theirs is None:
            return report
        from wizard.aws.validate import merge

        return replace(report, findings=merge(report.findings, theirs))

    def merged_all(self, checked: Sequence[Checked]) -> tuple[Checked, ...]:
        """Return policies with what AWS said of each."""
        if not self._known:
            return tuple(checked)
        return tuple(replace(one, report=self.merged(one.text, one.report)) for one in checked)

    def within(self, evidence: Evidence) -> Evidence:
        """Return the evidence of a plan with what AWS said of its documents."""
        if not self._known:
            return evidence
        from wizard.tui.proving import shown_of

        checked = self.merged_all(evidence.checked)
        return replace(evidence, checked=checked, by_text={one.text: shown_of(one.report) for one in checked})

    def ask(self, wanted: Sequence[Wanted], say: Callable[[str, str], None], done: Callable[[], None]) -> None:
        """Send texts to AWS; `say(line, look)` and `done` are called on the app's thread. Nothing waits."""
        if self._busy or self._app.waits_for_practice:
            return
        if self._app.practice is not None:  # known, and the emulator takes seconds to refuse what it lacks
            say(_("✗ The practice accounts have no IAM Access Analyzer."), "warn")
            return
        from wizard.aws.validate import can_be_asked

        whole = [one for one in wanted if can_be_asked(one.text)]
        if not whole:
            say(_("The text is no JSON object yet: mend it first, then AWS can be asked."), "warn")
            return
        places = self._app.sides.places()
        parts: dict[Place, list[Wanted]] = {}  # both sides may have the same profile
        for one in whole:
            side = _side(one, places)
            if side in places:
                parts.setdefault(places[side], []).append(one)
        left = len(whole) - sum(len(part) for part in parts.values())
        if not parts:
            say(_("Nobody chose a profile to ask with: Ctrl+L picks one for the account."), "warn")
            return
        self._busy = True
        say(_("… asking IAM Access Analyzer"), "dim")

        def finished(answers: Answers, failures: list[str]) -> None:
            self._busy = False
            self._known |= answers
            lines = [*(f"✗ {line}" for line in failures)]
            if left:
                lines.append(_("{n} not asked about: Ctrl+L picks a profile for their account.").format(n=left))
            if answers:
                found = sum(len(theirs) for theirs in answers.values())
                lines.insert(0, _("✓ IAM Access Analyzer was asked: {n} findings").format(n=found))
            done()
            say("\n".join(lines), "bad" if failures else "warn" if left else "good")

        work = _Work(self._app, parts, finished)
        threading.Thread(target=work.run, name="analyzer", daemon=True).start()


class _Work:
    """What the thread does: a daemon, because quitting never waits for AWS."""

    def __init__(
        self,
        app: WizardApp,
        parts: Mapping[Place, Sequence[Wanted]],
        finished: Callable[[Answers, list[str]], None],
    ) -> None:
        self._app = app
        self._parts = parts
        self._finished = finished
        self._region = str(app.session.built.values.get("bucket.region", ""))

    def run(self) -> None:
        answers: Answers = {}
        failures: list[str] = []
        try:
            for place, wanted in self._parts.items():
                self._ask(place, wanted, answers, failures)
        except Exception as error:  # noqa: BLE001 -- a bug: raised again on the app's thread, which ends with a report
            self._app.bug(error)
            return
        self._app.from_thread(lambda: self._finished(answers, failures))

    def _ask(self, place: Place, wanted: Sequence[Wanted], answers: Answers, failures: list[str]) -> None:
        """Ask with one profile; a failure that isn't about one text ends it."""
        from wizard.aws.clients import Clients
        from wizard.aws.validate import ask, is_about_the_text

        clients = Clients(place, region=self._region, ask_mfa=self._app.ask_mfa)
        try:
            for one in wanted:
                try:
                    answers[one.text, one.document_type] = ask(clients, one.text, one.document_type)
                except WizardError as error:
                    failures.append(" ".join(part for part in (error.what, error.why, error.mend) if part))
                    if not is_about_the_text(error):
                        return
        finally:
            clients.close()


def told(finding: Finding) -> str:
    """Return a finding's message; what AWS says is marked as AWS's."""
    if finding.source == "aws":
        return f"AWS: {finding.message}"
    if finding.issue_code is not None:
        return f"{finding.message} " + _("(AWS says so too)")
    return finding.message


def _side(wanted: Wanted, places: Mapping[str, Place]) -> str:
    if wanted.side != ANY_SIDE:
        return wanted.side
    return "destination" if "destination" in places else "source"
