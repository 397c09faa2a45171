"""Offers the draft that an earlier run left: go on with it, start anew, or delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.errors import WizardError
from wizard.text import _
from wizard.tui.drafting import offered
from wizard.tui.session import Origin, Session

if TYPE_CHECKING:
    from wizard.state.drafts import Draft
    from wizard.tui.wizard_app import WizardApp


class DraftOffer:
    """The question about a draft, and what follows from its answer."""

    def __init__(self, app: WizardApp) -> None:
        self._app = app

    def look(self) -> None:
        """Look for a draft, and offer it (in a thread)."""
        draft = offered()
        if draft is not None and draft.answers:
            self._app.from_thread(lambda: self._offer(draft))

    def _offer(self, draft: Draft) -> None:
        from wizard.tui.screens.dialogs import Choosing, Reply

        saved = draft.saved.astimezone()
        if self._app.session.raw:
            # Somebody who types already is not interrupted.
            when = saved.strftime("%Y-%m-%d %H:%M")
            self._app.say(_("Answers of {when} are kept as well: start anew to go on with them.").format(when=when))
            return
        session = Session()
        session.begin(draft.answers, Origin.DRAFT)
        method = _(session.plan.method.title)
        told = [
            _("Answers of {when} were not finished: {method}, {count} answers.").format(
                when=saved.strftime("%Y-%m-%d %H:%M"), method=method, count=len(draft.answers)
            )
        ]
        replies = [
            Reply("go-on", _("Go on with them"), "primary"),
            Reply("anew", _("Start anew")),
            Reply("discard", _("Delete them")),
        ]

        def answered(reply: str | None) -> None:
            self._take_draft(draft, reply or "later")

        self._app.ask(Choosing(_("Go on where you stopped?"), told, replies, cancel="later"), answered)

    def _take_draft(self, draft: Draft, reply: str) -> None:
        from wizard.state import drafts

        try:
            if reply == "go-on":
                own = drafts.adopt(draft)
                if own is None:
                    self._app.say(_("Another wizard took it up meanwhile."), severity="warning")
                    return
                self._app.drafts.adopt(own)
                self._app.session.begin(draft.answers, Origin.DRAFT)
                self._app.kept = dict(self._app.session.raw)
                self._app.wizard.show_step()
            elif reply == "discard":
                drafts.discard(draft)
        except WizardError as error:
            self._app.say(str(error), severity="warning")
        self._app.wizard.refocus()
