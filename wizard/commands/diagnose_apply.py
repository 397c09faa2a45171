"""`diagnose … --apply`: show the change that mends it, ask, make it, and say how the call fares then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose import apply as aws
from wizard.aws.diagnose.told import text_of
from wizard.aws.ending import summary
from wizard.commands import confirm, shown
from wizard.commands.apply import REFUSED, no_terminal
from wizard.commands.diagnose import status_of
from wizard.commands.result import Result
from wizard.errors import CancelledError
from wizard.plan import Found
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from wizard.aws.diagnose.apply import Done, Prepared
    from wizard.aws.diagnose.result import Diagnosis
    from wizard.aws.diagnose.run import Ask
    from wizard.aws.diagnose.split import Mend
    from wizard.aws.watch import Watch


def run(options: argparse.Namespace, ask: Ask, watch: Watch) -> Result:
    """Diagnose and mend. With `--json` what is shown before the question goes to standard error."""
    write = confirm.show if options.json else shown.result
    prepared = aws.prepare(ask, watch)
    try:
        found, mend = prepared.diagnosis, prepared.mend
        write("\n".join((*text_of(found), *_what_is_done(mend))))
        if not mend.made or options.dry_run:
            return _result(found, mend, None, None, "")
        if not _may(options):
            return _result(found, mend, None, None, "", notes=(no_terminal(),), status=REFUSED)
        done = aws.apply(prepared, ask, watch, again=_again(options, write))
        write("\n".join(summary(done.run_id, done.made)))
        now = aws.settled(ask, watch, found, done.made)
        return _result(found, mend, done, now, "\n".join(_how_it_fares(now)))
    finally:
        prepared.accounts.close()


def _result(
    found: Diagnosis,
    mend: Mend,
    done: Done | None,
    now: Diagnosis | None,
    text: str,
    *,
    notes: tuple[str, ...] = (),
    status: int | None = None,
) -> Result:
    """Return what is printed last; as JSON, the diagnosis as it is at the end, with what was applied beside it."""
    last = now or found
    applied = {
        "run": done.run_id if done else "",
        "changed": [change.id for change in done.made] if done else [],
        "offered": [change.id for change in mend.made] if not done else [],
        "left": [{**left.change.to_json(), "why": left.why} for left in mend.left],
        "before": found.to_json() if now else None,
    }
    data: dict[str, Any] = {**last.to_json(), "applied": applied}
    return Result(text, data, notes, status_of(last) if status is None else status)


def _may(options: argparse.Namespace) -> bool:
    """Ask; False where nobody can be asked. Raises CancelledError at a no."""
    if options.yes:
        return True
    if not confirm.has_terminal():
        return False
    confirm.confirm(_("Make these changes?"))
    return True


def _again(options: argparse.Namespace, write: Callable[[str], None]) -> Callable[[Prepared], bool]:
    def again(now: Prepared) -> bool:
        write("\n".join((_("The plan as it is now:"), *_what_is_done(now.mend))))
        try:
            return _may(options)
        except CancelledError:
            return False

    return again


def _what_is_done(mend: Mend) -> Iterator[str]:
    """Yield what is applied, then what is to be handed over, with the whole policy to send."""
    if mend.made:
        yield f"\n== {_('To be applied')}"
        yield shown.changes(mend.made, Found())
    if mend.left:
        yield f"\n== {_('Left to others: to copy and hand over')}"
    for left in mend.left:
        change = left.change
        yield f"- {' '.join(filter(None, (change.account_id, change.target or change.name)))}: {left.why}"
        if change.document not in {"profile", "ownership"} and change.after is not None:
            yield shown.whole(change.after)
    if not mend.made and not mend.diagnosis.works:
        yield f"\n{_('Nothing of it is applied from here.')}"


def _how_it_fares(now: Diagnosis) -> Iterator[str]:
    """Yield whether the call works now, or which link is broken next."""
    yield f"\n== {_('Diagnosed again')}"
    if now.works is True:
        yield _("The call works now.")
    elif now.causes:
        part = next((part.what for part in now.path if part.id == now.causes[0].link), now.causes[0].link)
        yield _("The next broken link: {link}").format(link=part)
    yield from text_of(now)
