"""Answers to a Setup: every rule of every question, and stand-ins for what isn't answered yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.answers.coerce import coerce
from wizard.answers.fleet import BUCKET_KEYS, read_buckets
from wizard.errors import BadInputError
from wizard.methods.question import REQUIRED, Kind
from wizard.methods.registry import METHODS
from wizard.names import accounts, arns
from wizard.names.accounts import printable
from wizard.names.iam import Named, Principal
from wizard.questions.catalogue import OWNERS, QUESTIONS
from wizard.setup import Access, Bucket, Guards, ProfileAnswers, Setup, Source, placeholder
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.methods.question import Question, Values

FIRST_METHOD = next(method.id for method in METHODS.values() if method.recommended)


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that is missing (`missing`) or breaks a rule."""

    key: str
    error: BadInputError
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """What became of answers: a Setup (with stand-ins where there are problems), and what is to be said.

    `values` has what was understood, by key; `notes` what was changed on the way, by key.
    """

    setup: Setup
    values: Values
    problems: tuple[Problem, ...]
    notes: Mapping[str, str]


def arises(question: Question, values: Values) -> bool:
    """Whether a question is one of this setup's, given the answers before it."""
    owner = OWNERS.get(question.key)
    if owner is not None and values.get("method") != owner:
        return False
    if values.get("buckets") and question.key in BUCKET_KEYS:
        return False
    return question.when(values)


def build(raw: Mapping[str, Any]) -> Built:
    """Apply every rule to raw answers (keys as in `source.account_id`), and make the Setup of what is valid."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    notes: dict[str, str] = {}
    if raw.get("buckets"):
        _take_buckets(raw, values, problems)
    for question in QUESTIONS:
        if not arises(question, values):
            continue
        try:
            given = _raw_or_default(question, raw, values)
            if given is REQUIRED:
                problems.append(Problem(question.key, _missing(question, values), missing=True))
                continue
            found = question.rule(coerce(question, given), values)
        except BadInputError as error:
            problems.append(Problem(question.key, error))
            continue
        values[question.key] = found.value
        if found.note:
            notes[question.key] = found.note
    problems += _contradictions(raw, values)
    shown = _with_stand_ins(values, raw)
    unanswered = frozenset(problem.key for problem in problems)
    return Built(_setup(shown, unanswered), values, tuple(problems), notes)


def _take_buckets(raw: Mapping[str, Any], values: dict[str, Any], problems: list[Problem]) -> None:
    method = {"method": raw.get("method", "")}
    try:
        values["buckets"] = read_buckets(raw["buckets"], method)
    except BadInputError as error:
        problems.append(Problem("buckets", error))
        return
    # What the rules of later answers compare with: all buckets of a fleet are in one partition.
    first = values["buckets"][0]
    values |= {
        "bucket.name": first.name,
        "bucket.region": first.region,
        "bucket.kms_key_arn": first.kms_key_arn,
    }


def _raw_or_default(question: Question, raw: Mapping[str, Any], values: Values) -> Any:
    given = raw.get(question.key)
    if given is None or (given == "" and question.default != ""):
        return question.default_for(values)  # an empty answer is none
    return given


def _missing(question: Question, values: Values) -> BadInputError:
    mend = _("For example: {example}").format(example=question.example) if question.example else ""
    if question.key == "source.principals":
        question.rule((), values)  # says it better, and raises
    return BadInputError(_("{key} is missing.").format(key=question.key), mend=mend)


def _contradictions(raw: Mapping[str, Any], values: Values) -> list[Problem]:
    out = []
    if raw.get("profile.source_profile") and values.get("profile.credential_source"):
        out.append(
            Problem(
                "profile.source_profile",
                BadInputError(
                    _("source_profile and credential_source stand side by side."),
                    why=_("The first credentials come from one of the two."),
                    mend=_("Keep one of them."),
                ),
            )
        )
    if raw.get("source.accounts") and raw.get("source.account_id"):
        out.append(
            Problem(
                "source.accounts",
                BadInputError(
                    _("account_id and accounts stand side by side."),
                    mend=_("Keep account_id for one source account, or accounts for a fleet."),
                ),
            )
        )
    return out + _other_partitions(raw, values)


def _other_partitions(raw: Mapping[str, Any], values: Values) -> list[Problem]:
    """Find ARNs that were given where a name is enough, and are of another partition than the bucket's region."""
    if "bucket.region" not in values:
        return []
    out = []
    for key in ("source.principals", "role.name", "user.name"):
        given = raw.get(key) if key in values else None
        for text in given.split() if isinstance(given, str) else given or ():
            arn = arns.parse(text.strip(" ,"))
            try:
                if arn:
                    arns.in_partition(arn, accounts.partition(values["bucket.region"]))
            except BadInputError as error:
                out.append(Problem(key, error))
    return out


def _with_stand_ins(values: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Put a marked placeholder where there is no valid value: what was typed so far, or the question's label."""
    shown = dict(values)
    shown.setdefault("method", FIRST_METHOD)
    for question in QUESTIONS:
        if question.key in shown:
            continue
        if arises(question, shown) and (question.stand_in or question.key == "access.actions"):
            typed = raw.get(question.key)
            text = typed if isinstance(typed, str) and typed.strip() else _(question.stand_in)
            shown[question.key] = _stand_in(question.key, placeholder(printable(text, 63) or _("action")))
        elif arises(question, shown):
            default = question.default_for(shown)
            shown[question.key] = () if default is REQUIRED else default
        else:
            shown[question.key] = {Kind.LIST: (), Kind.FLAG: False, Kind.NUMBER: 0}.get(question.kind, "")
    return shown


def _stand_in(key: str, text: str) -> Any:
    if key == "source.principals":
        return (Principal("role", "/", text),)
    if key in {"role.name", "user.name"}:
        return Named("/", text)
    if key == "access.actions":
        return (f"s3:{text}",)
    return "setup" if key == "name" else text


def _setup(shown: Mapping[str, Any], unanswered: frozenset[str]) -> Setup:
    bucket_values = (shown.get(f"bucket.{part}", "") for part in ("name", "region", "prefix", "kms_key_arn"))
    account_ids = shown.get("source.accounts") or (shown["source.account_id"],)
    guards = {part: shown.get(f"guards.{part}") for part in ("vpc_endpoint_ids", "require_tls", "organization_id")}
    return Setup(
        name=shown["name"],
        method=shown["method"],
        source=Source(tuple(account_ids), tuple(shown.get("source.principals", ()))),
        destination_account=shown["destination.account_id"],
        buckets=tuple(shown.get("buckets") or (Bucket(*bucket_values),)),
        access=Access(
            shown["access.level"],
            shown.get("access.actions", ()) if shown["access.level"] == "custom" else (),
            *(bool(shown.get(f"access.{part}")) for part in ("list_all_buckets", "tags", "acls", "resource_account")),
        ),
        own=METHODS[shown["method"]].own(shown),
        guards=Guards(
            tuple(guards["vpc_endpoint_ids"] or ()),
            bool(guards["require_tls"]),
            guards["organization_id"] or "",
            tuple(shown.get("guards.exempt_principals", ())),
        ),
        profile=ProfileAnswers(
            *(
                shown.get(f"profile.{part}", "")
                for part in ("name", "region", "output", "source_profile", "credential_source", "mfa_serial")
            )
        ),
        unanswered=unanswered,
    )
