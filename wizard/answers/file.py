"""The answers file: TOML to raw answers and back, with errors that name the file, the line and the key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.answers import ASKED, HANDOVER, untrusted
from wizard.answers.build import Built, Problem, arises, build
from wizard.answers.coerce import require_type
from wizard.answers.places import line_of
from wizard.errors import BadInputError
from wizard.methods.question import REQUIRED
from wizard.methods.registry import METHODS
from wizard.names.accounts import printable
from wizard.names.understood import intention
from wizard.questions.catalogue import BY_KEY, OWNERS, QUESTIONS
from wizard.setup import as_table
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wizard.setup import Setup

_INTEGER_BITS = 64
_MOST_TOLD = 20
_TABLES = frozenset(key.partition(".")[0] for key in BY_KEY if "." in key)
SIDES = ("source", "destination")


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """A file that was read: its Setup, the raw answers, and what is to be said about them."""

    setup: Setup
    raw: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def side(self) -> str:
        """Whose half the file asks for: `source` or `destination`; "" for a file that nobody handed over."""
        return str(self.raw.get(HANDOVER, ""))


def read(path: Path) -> AnswersFile:
    """Read an answers file into a valid Setup. Raises BadInputError with every problem at its place."""
    text = _text(path)
    raw = flatten(_parse(text, path), text, str(path))
    built = build(raw)
    if built.problems:
        raise _joined(_told(built.problems, text, str(path)))
    return AnswersFile(built.setup, raw, (*_said(built), *_unused(raw, built)))


def read_raw(path: Path) -> Mapping[str, Any]:
    """Read an answers file for the wizard: what is missing or wrong is asked for there.

    One that was handed over must be whole, so that what it asks can be said; its answers stand under ASKED too.
    """
    text = _text(path)
    raw = flatten(_parse(text, path), text, str(path))
    if HANDOVER not in raw:
        return raw
    problems = build(raw).problems
    if problems:
        raise _joined(_told(problems, text, str(path)))
    asked = {key: value for key, value in raw.items() if key != HANDOVER}
    return {**raw, ASKED: asked}


def _text(path: Path) -> str:
    found = untrusted.content(path)
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = found[: error.start].count(b"\n") + 1
        raise BadInputError(
            _("The file is not UTF-8 (byte {offset}).").format(offset=error.start),
            where=f"{path}:{line}",
            mend=_("Save it as UTF-8."),
        ) from None


def _parse(text: str, path: Path) -> dict[str, Any]:
    untrusted.require_short_keys(text, path)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = re.search(r"\(at line (\d+), column (\d+)\)", said)
        where = f"{path}:{place[1]}:{place[2]}" if place else str(path)
        what = re.sub(r"\s*\(at .*\)$", "", said)
        raise BadInputError(
            _("The file is no valid TOML: {reason}.").format(reason=printable(what)),
            where=where,
            mend=_("Texts stand in quotes; a table begins with its name in brackets, as in [bucket]."),
        ) from None
    except RecursionError:
        raise untrusted.nested(path) from None
    except ValueError:  # tomllib leaves Python's own limit on digits to its caller
        raise _too_long(path) from None
    untrusted.require_plain(tables, path, lambda key: _at(str(path), text, key))
    _require_64_bits(tables, path)
    return tables


def _require_64_bits(value: Any, path: Path) -> None:
    """Refuse what no program reads the same way (https://toml.io/en/v1.0.0#integer); it couldn't even be shown."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        _require_64_bits(member, path)
    if isinstance(value, int) and value.bit_length() > _INTEGER_BITS:
        raise _too_long(path)


def _too_long(path: Path) -> BadInputError:
    return BadInputError(
        _("A number in the file has more digits than TOML allows."),
        where=str(path),
        mend=_("Account ids and other ids stand in quotes."),
    )


def flatten(tables: Mapping[str, Any], text: str, where: str) -> dict[str, Any]:
    """Turn an answers file's tables into raw answers by key. Raises BadInputError at unknown keys and wrong types."""
    raw: dict[str, Any] = {}
    for name, value in tables.items():
        if name == "handover":
            raw[HANDOVER] = _side(value, text, where)
        elif name in _TABLES and isinstance(value, dict):
            raw |= {f"{name}.{key}": member for key, member in value.items()}
        else:
            raw[name] = value
    unknown = [key for key in raw if key not in BY_KEY and key not in {"buckets", HANDOVER}]
    if "buckets" in raw and any(key.startswith("bucket.") for key in raw):
        raise BadInputError(
            _("[bucket] and [[buckets]] stand side by side."),
            where=_at(where, text, "buckets"),
            mend=_("Keep [bucket] for one bucket, or [[buckets]] for a fleet."),
        )
    errors = [_unknown(key, raw[key], text, where) for key in unknown[: _MOST_TOLD + 1]]
    for key, given in raw.items():
        try:
            if key in BY_KEY:
                require_type(BY_KEY[key], given)
        except BadInputError as error:
            errors.append(_placed(Problem(key, error), text, where))
    if errors:
        raise _joined(errors)
    return raw


def _side(table: Any, text: str, where: str) -> str:
    """Read `[handover]`: whose half the file asks for. Raises BadInputError."""
    rule = _("[handover] has one key, side: {sides}.").format(sides=", ".join(SIDES))
    if not isinstance(table, dict) or set(table) != {"side"} or table["side"] not in SIDES:
        raise BadInputError(
            _("[handover] doesn't say whose half the file asks for."), where=_at(where, text, "handover"), why=rule
        )
    return str(table["side"])


def _unknown(key: str, value: Any, text: str, where: str) -> BadInputError:
    table, dot, _name = key.rpartition(".")
    same = [known for known in BY_KEY if known.startswith(f"{table}{dot}")] if dot else list(BY_KEY)
    names = [*same, *BY_KEY, *_TABLES]
    place = _at(where, text, key)
    if key in _TABLES:
        return BadInputError(_("{key} is a table: it begins with [{key}].").format(key=key), where=place)
    if isinstance(value, dict):
        what = _("[{key}] is no table of an answers file.").format(key=printable(key))
        return BadInputError(what, where=place, mend=intention(key, _TABLES))
    return BadInputError(
        _("{key} is no key of an answers file.").format(key=printable(key)),
        where=place,
        mend=intention(key, names),
    )


def _told(problems: Sequence[Problem], text: str, where: str) -> list[BadInputError]:
    """Return the errors to tell: not that a value is missing which is made of others as soon as those are there."""
    own = [problem for problem in problems if not (problem.missing and callable(BY_KEY[problem.key].default))]
    errors = [_placed(problem, text, where) for problem in own or problems]
    if any(problem.key == "method" and problem.missing for problem in problems):
        needed = [
            f"{question.key} ({method.id})"
            for method in METHODS.values()
            for question in method.questions
            if question.default is REQUIRED
        ]
        said = _("Some methods need an answer of their own: {keys}.").format(keys=", ".join(needed))
        errors.append(BadInputError(said, where=where))
    return errors


def _placed(problem: Problem, text: str, where: str) -> BadInputError:
    error = problem.error
    inner = f" {error.where}" if error.where else ("" if problem.missing else f" {problem.key}")
    return BadInputError(
        error.what,
        where=_at(where, text, problem.key) + ":" * bool(inner) + inner,
        why=error.why,
        mend=error.mend,
    )


def _at(where: str, text: str, key: str) -> str:
    """Return `file:line` of a key, as well as a search can tell, or the file alone."""
    line = line_of(text, key)
    return where if line is None else f"{where}:{line}"


def _joined(errors: list[BadInputError]) -> BadInputError:
    if len(errors) == 1:
        return errors[0]
    told = [str(error) for error in errors[:_MOST_TOLD]]
    if len(errors) > _MOST_TOLD:
        told.append(_("… and {count} more.").format(count=len(errors) - _MOST_TOLD))
    return BadInputError("\n".join(told))


def _said(built: Built) -> tuple[str, ...]:
    return tuple(f"{key}: {note}" for key, note in built.notes.items())


def _unused(raw: Mapping[str, Any], built: Built) -> tuple[str, ...]:
    """Say which answers are given and not used: another method's, mostly."""
    out = []
    for key, given in raw.items():
        question = BY_KEY.get(key)
        if question is None or arises(question, built.values) or given in ("", [], False, None):
            continue
        if not callable(question.default) and given == question.default:
            continue
        owner = OWNERS.get(key)
        belongs = _("it belongs to the method {method}").format(method=owner) if owner else _("nothing asks for it")
        out.append(_("{key} is not used: {why}.").format(key=key, why=belongs))
    return tuple(out)


def write(raw: Mapping[str, Any]) -> str:
    """Return raw answers as an answers file (TOML): what was answered, in the order of the questions."""
    import tomli_w

    built = build(raw)
    chosen: dict[str, Any] = {}
    for question in QUESTIONS:
        given = raw.get(question.key)
        if given is None or given in ("", [], ()) or not arises(question, built.values):
            continue
        chosen[question.key] = _plain(built.values.get(question.key, given))
    if raw.get("buckets"):
        chosen["buckets"] = raw["buckets"]
    ordered = dict(sorted(chosen.items(), key=lambda pair: "." in pair[0]))
    return tomli_w.dumps(as_table(ordered), multiline_strings=False)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | str) else str(value)
