"""A hand-over in the app: what it asks comes first, the other side is somebody else's, and more needs a yes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.text import _
from wizard.tui.session import REVIEW

if TYPE_CHECKING:
    from wizard.plan.ceiling import Ceiling
    from wizard.tui.session import Session
    from wizard.tui.sheets import Sheet
    from wizard.tui.wizard_app import WizardApp

WIDER = "wider"
# Where the reader's own half begins: the pane in hand when the review opens.
_PANES = {"source": "iam", "destination": "trust"}


def begin(app: WizardApp) -> None:
    """Show what a hand-over asks, over the review; Esc ends the app."""
    ceiling = app.session.ceiling
    if ceiling is None:
        return
    if app.session.plan.method.id == "bucket-policy" and ceiling.side == "destination":
        app.wizard.documents.in_hand = "bucket"
    else:
        app.wizard.documents.in_hand = _PANES[ceiling.side]

    def answered(on: object) -> None:
        if on:
            others(app)
        else:
            app.exit(0)

    from wizard.tui.screens.asked import AskedScreen

    app.ask(AskedScreen(ceiling.asked()), answered)


def others(app: WizardApp) -> None:
    """Take the side that asks as somebody else's: its half is not ours to apply."""
    ceiling = app.session.ceiling
    if ceiling is not None:
        app.sides.choose(ceiling.other, None)


def again(app: WizardApp, ceiling: Ceiling) -> None:
    """Show once more what the file asks."""
    from wizard.tui.screens.asked import AskedScreen

    app.ask(AskedScreen(ceiling.asked(), first=False))


def of_side(session: Session, shown: Sheet) -> Sheet:
    """Return a sheet marked as the other side's, where it is."""
    ceiling = session.ceiling
    if ceiling is None or not shown.needed or not shown.account:
        return shown
    ours = (
        shown.document_id == "source-identity" if ceiling.side == "source" else shown.document_id != "source-identity"
    )
    return shown if ours else replace(shown, phrase=_("the other side's: {what}").format(what=shown.phrase))


def hold(app: WizardApp, left: str) -> None:
    """Ask before answers grant more than the file asks, when a question is `left`; No puts back all that did."""
    from wizard.tui.screens.dialogs import Choosing, Reply
    from wizard.tui.values import label

    session, ceiling = app.session, app.session.ceiling
    if ceiling is None:
        return

    def answered(reply: str | None) -> None:
        if reply == "grant":
            ceiling.confirm(session.built)
            session.update()
            app.wizard.show_step()
        else:
            session.put_back()
            session.to_review = session.whole
            app.wizard.go(left if left in _asked_now(session) else REVIEW)
        app.keep()

    names = ceiling.widened(session.within[0], session.raw)
    told = [
        _("{key}: this is more than the file asks.").format(key=_(", ").join(map(label, names))),
        *(f"· {one}" for one in session.over),
    ]
    replies = [
        Reply("keep", _("No, as the file asks"), "primary"),
        Reply("grant", _("Yes, grant more"), "warning"),
    ]
    app.ask(Choosing(_("More than was asked"), told, replies, cancel="keep"), answered)


def _asked_now(session: Session) -> set[str]:
    return {question.key for question in session.walk()}
