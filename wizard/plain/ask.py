"""Asks one question until its own rule accepts the answer, or the person wants to go back."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.methods.question import REQUIRED, Kind
from wizard.methods.registry import METHODS
from wizard.names.accounts import printable
from wizard.plain.prompts import Option, Wish
from wizard.plain.say import say, say_reasons
from wizard.plain.session import problem_of
from wizard.plain.wording import compare_methods, filled, typed
from wizard.text import _

if TYPE_CHECKING:
    from wizard.answers.build import Built
    from wizard.methods.question import Question
    from wizard.plain.prompts import Prompts
    from wizard.plain.session import Session

_YES = frozenset({"y", "yes", "はい"})
_NO = frozenset({"n", "no", "いいえ"})


def ask(session: Session, question: Question) -> Wish | None:
    """Ask a question and take the answer; returns BACK where the person wants to go back."""
    say()
    say(filled(question.why, session))
    _suggest(session, question)
    wrong = ""
    while True:
        answer = _answer(session, question, wrong)
        if answer is Wish.BACK:
            return Wish.BACK
        if answer is Wish.HELP:
            _help(session, question)
            continue
        built = session.attempt(question.key, answer)
        problem = problem_of(built, question.key)
        if problem is None and not _within(session, built):
            wrong = answer if isinstance(answer, str) else ""
            continue
        if problem is None:
            session.put(question.key, answer)
            _remarks(session, question)
            return None
        needed = problem.missing and not problem.error.why
        say(_("An answer is needed here.") if needed else _("Not accepted: {what}").format(what=problem.error.what))
        say_reasons(problem.error)
        wrong = answer if isinstance(answer, str) else ""


def _within(session: Session, built: Built) -> bool:
    """Whether an answer stays within what a hand-over asks for, or the person says yes to more."""
    ceiling = session.ceiling
    over = ceiling.over(built) if ceiling else ()
    if ceiling is None or not over:
        return True
    say(_("This is more than the file asks:"))
    for one in over:
        say(f"- {one}", indent=2)
    if confirm(session.prompts, _("Grant more than was asked?")) is not True:
        say(_("Not taken: the answer stays as it was."))
        return False
    ceiling.confirm(built)
    return True


def confirm(prompts: Prompts, message: str, *, default: bool = False, explain: str = "") -> bool | Wish:
    """Ask a yes-or-no question; returns BACK where the person wants to go back."""
    marks = _("(Y/n)") if default else _("(y/N)")
    while True:
        answer = prompts.line(f"{message} {marks}")
        if answer is Wish.BACK:
            return answer
        if answer is Wish.HELP:
            say(
                explain
                or _("Type y for yes or n for no; Enter alone means {default}.").format(
                    default=_("yes") if default else _("no")
                )
            )
            continue
        word = unicodedata.normalize("NFKC", str(answer)).strip().casefold()
        if word in _YES | _NO or not word:
            return default if not word else word in _YES
        say(_("Type y for yes or n for no."))


def _answer(session: Session, question: Question, wrong: str) -> Any:
    """Let one answer be given, in the way of the question's kind."""
    prompt = filled(question.prompt, session)
    standing = session.value(question)
    if question.kind is Kind.CHOICE:
        return _choice(session, question, prompt)
    if question.kind is Kind.FLAG:
        return confirm(session.prompts, prompt, default=bool(standing), explain=_help_text(session, question))
    before = typed(session.given.get(question.key, "")) if standing is not None else ""
    return session.prompts.line(prompt, typed=before, default=_default(session, question), wrong=wrong)


def _default(session: Session, question: Question) -> str | None:
    """Return the default as it would be typed ("": none), or None where an answer is needed."""
    if problem_of(session.attempt(question.key, ""), question.key):
        return None
    default = question.default_for(session.built.values)
    return None if default is REQUIRED else typed(default)


def _choice(session: Session, question: Question, prompt: str) -> str | Wish:
    by_method = METHODS if question.key == "method" else {}
    options = []
    for choice in question.choices:
        label = _(choice.label)
        if choice.value in by_method and by_method[choice.value].recommended:
            label = _("{choice} (recommended)").format(choice=label)
        options.append(Option(choice.value, label, _(choice.hint)))
    if by_method:
        options.append(Option(Wish.HELP.value, _("Compare the methods")))
    standing = session.value(question)
    if standing is None:
        standing = options[0].value  # only the method has no default: the recommended one stands first
    return session.prompts.choose(prompt, options, standing)


def _help_text(session: Session, question: Question) -> str:
    example = _("For example: {example}").format(example=question.example) if question.example else ""
    return "\n".join(part for part in (filled(question.help, session), example) if part)


def _help(session: Session, question: Question) -> None:
    if question.key == "method":
        compare_methods()
        say()
        return
    say(_help_text(session, question))
    if question.key == "access.level":
        from wizard.methods import levels

        for level, actions in levels.LEVEL_ACTIONS.items():
            say(f"{level}: {', '.join(actions)}", indent=2)


def _remarks(session: Session, question: Question) -> None:
    """Print what was understood of an answer, and what is to be known about it."""
    note = session.built.notes.get(question.key, "")
    if note:
        say(_("Note: {text}").format(text=note))
    value = session.value(question)
    if question.key == "method":
        warning = METHODS[str(value)].warning
        if warning:
            say(_("Warning: {text}").format(text=_(warning)))
    known = _profiles(session) if question.found == "profiles" else None
    if known is not None and value not in known:
        say(_("Note: there is no profile {name} yet: make it before you use this one.").format(name=value))


def _suggest(session: Session, question: Question) -> None:
    """Print what is there to be named, where a file tells it."""
    known = _profiles(session) if question.found == "profiles" else None
    if known:
        say(_("Profiles that are there: {names}").format(names=", ".join(printable(name) for name in known)))


def _profiles(session: Session) -> tuple[str, ...] | None:
    """Return the names of the profiles in the AWS files, or None where they can't be read."""
    from wizard.profiles.read import Paths, read

    try:
        return read(Paths.from_environment(session.environ)).names
    except BadInputError as error:
        say(_("Note: {text}").format(text=error))
        return None
