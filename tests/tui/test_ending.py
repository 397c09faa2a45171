"""Quitting while something is on its way: nobody sees it any more, and it is no bug; a bug is one until the end."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from wizard.tui.wizard_app import WizardApp


async def test_what_a_thread_found_as_the_app_was_quit_is_let_go() -> None:
    app = WizardApp({})
    done: list[str] = []
    async with app.run_test():
        app.from_thread(lambda: done.append("before"))
        app.from_thread(lambda: app.exit(0))
        app.from_thread(lambda: done.append("after"))
    assert done == ["before"]
    assert app.crashed is None
    assert app.return_value == 0


async def test_what_a_widget_was_about_to_show_is_no_bug() -> None:
    app = WizardApp({})
    async with app.run_test():
        app.exit(0)
        panes = app.wizard.documents.query_one("#panes")
        panes.call_later(panes.mount, Static())
    assert app.crashed is None
    assert app.return_value == 0


async def test_a_dialog_that_opens_as_the_app_is_quit_is_no_bug() -> None:
    from wizard.tui.screens.task import Code

    app = WizardApp({})
    async with app.run_test():
        app.ask(Code("MFA code for user/cliuser"))
        app.exit(0)
    assert app.crashed is None
    assert app.return_value == 0


async def test_keys_after_quitting_do_nothing() -> None:
    app = WizardApp({})
    async with app.run_test() as pilot:
        app.exit(0)
        await pilot.press("enter", "1")
    assert app.session.raw == {}
    assert app.crashed is None


async def test_a_bug_of_a_thread_is_one_also_while_the_app_is_ending() -> None:
    app = WizardApp({})

    async def quits_as_a_thread_fails() -> None:
        async with app.run_test():
            app.exit(0)
            app.bug(ZeroDivisionError("in a thread"))

    with pytest.raises(ZeroDivisionError):
        await quits_as_a_thread_fails()
    assert isinstance(app.crashed, ZeroDivisionError)
