"""Causes of the credentials: none, expired, of another profile, or of the environment in the profile's place."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.result import HERE, Cause
from wizard.aws.errors import EXPIRED, NO_CREDENTIALS, UNKNOWN_KEY
from wizard.names import arns
from wizard.plan.found import role_of_session
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.diagnose.evidence import Evidence, Start
    from wizard.aws.verify.reading import Answer

_MOST_NAMES = 8  # of profiles in a sentence


def start(evidence: Evidence, answer: Answer | None, profile: str) -> Iterator[Cause]:
    """Yield why there are no credentials that AWS takes."""
    begun = evidence.start
    named = profile or begun.profile or "default"
    login = f"aws sso login --profile {quote(named)}"
    if begun.problem:
        yield _here("profile-broken", begun.problem, _("Correct the profile."), _shown(begun, named))
    elif answer is None:
        return
    elif answer.code == NO_CREDENTIALS:
        # AWS's own library says why; that there are none is the sentence's start already.
        before = _("There are no credentials to call AWS with: {why}").partition("{why}")[0]
        said = _("There are no credentials for {who}: {why}").format(who=named, why=answer.message.removeprefix(before))
        yield _no_credentials(evidence, said, named, login)
    elif answer.code in EXPIRED:
        said = _("The credentials of {who} have expired.").format(who=", ".join(begun.overriding) or named)
        text = _("Sign in again.") if begun.login else _("Get new temporary credentials; they can't be renewed.")
        yield _here("expired-credentials", said, text, (login,) if begun.login else _given(begun, named))
    elif answer.code in UNKNOWN_KEY:
        said = _("AWS doesn't take the access key of {who}: {said}").format(
            who=", ".join(begun.overriding) or named, said=answer.said
        )
        text = _("It was deleted, is inactive, or its secret is another: write the right key into the profile.")
        yield _here("unknown-access-key", said, text, _given(begun, named))


def environment(evidence: Evidence) -> Iterator[Cause]:
    """Yield that environment variables come before a profile that somebody chose."""
    begun, who = evidence.start, evidence.who
    caller = evidence.assuming[0].who if evidence.assuming else who
    if not begun.overriding or not begun.profile or (caller and begun.instead == caller.principal_arn):
        return
    said = _("{variables} come before the profile {profile} of AWS_PROFILE: the call was made as {who}.").format(
        variables=", ".join(begun.overriding), profile=begun.profile, who=caller.arn if caller else _("nobody known")
    )
    if begun.instead:
        said = f"{said} {_('The profile is {instead}.').format(instead=begun.instead)}"
    text = _("Unset the variables, or name the profile with --profile.")
    yield Cause(
        "environment-overrides-profile", "credentials", HERE, "", said, certain=bool(begun.instead), mend=text,
        commands=_unset(begun.overriding),
    )  # fmt: skip


def wrong_profile(evidence: Evidence, causes: list[Cause]) -> Iterator[Cause]:
    """Yield the other profile that the policies do name, where they don't name the caller."""
    lacking = {cause.kind for cause in causes}
    # Who is let in on one side is meant: it is the other side that has to follow.
    if "identity-allow-missing" not in lacking or not lacking & {"trust-not-naming-caller", "bucket-allow-missing"}:
        return
    documents = [hop.trust for hop in evidence.assuming] + [evidence.bucket.policy]
    named = {name for paper in documents if hasattr(paper, "document") for name in _principals(paper.document)}
    begun = evidence.start
    for other in begun.others:
        arn = _as_named(other.principal_arn)
        is_named = any(_as_named(name) == arn for name in named)
        parsed = arns.parse(arn)
        leads_there = (
            not evidence.assuming
            and parsed is not None
            and ":role/" in other.principal_arn
            and parsed.account_id == evidence.destination_account
            and evidence.source_account != evidence.destination_account
        )
        if is_named or leads_there:
            said = _("The profile {other} is {arn}, which the policies name; the call was made with {profile}.")
            if not is_named:
                said = _(
                    "The profile {other} switches to {arn} in the bucket's account; the call was made with {profile}."
                )
            text = said.format(other=other.profile, arn=other.principal_arn, profile=begun.profile or "default")
            command = f"s3-crossaccount diagnose {quote(evidence.target)} --profile {quote(other.profile)}"
            yield Cause(
                "wrong-profile", "credentials", HERE, "", text, certain=is_named,
                mend=_("Call with --profile {other}.").format(other=other.profile), commands=(command,),
            )  # fmt: skip
            return


def _no_credentials(evidence: Evidence, said: str, named: str, login: str) -> Cause:
    """Return that there are none, with the profiles that could be used in place of one that isn't there."""
    begun = evidence.start
    if named in begun.profiles:
        text = _("Sign in, or write an access key into the profile.")
        return _here("no-credentials", said, text, (login,) if begun.login else _shown(begun, named))
    new = ("aws configure sso", "aws configure")
    if not begun.profiles:
        text = _("There is no profile yet: make one that signs in (IAM Identity Center), or one with an access key.")
        return _here("no-credentials", said, text, new)
    text = _("There is no profile {named}: name one that is there with --profile ({profiles}), or make it.").format(
        named=named, profiles=", ".join(begun.profiles[:_MOST_NAMES]) + (", …" if begun.profiles[_MOST_NAMES:] else "")
    )
    first = next((one.profile for one in begun.others), begun.profiles[0])
    again = f"s3-crossaccount diagnose {quote(evidence.target)} --profile {quote(first)}"
    return _here("no-credentials", said, text, (again, *new))


def _here(word: str, said: str, text: str, commands: tuple[str, ...]) -> Cause:
    return Cause(word, "credentials", HERE, "", said, mend=text, commands=commands)


def _shown(begun: Start, profile: str) -> tuple[str, ...]:
    """Return the command that shows a profile; none where there is no such profile."""
    return (f"s3-crossaccount profile show {quote(profile)}",) if profile in begun.profiles else ()


def _given(begun: Start, profile: str) -> tuple[str, ...]:
    """Return what takes the credentials away that are no good, or shows the profile that gives them."""
    return _unset(begun.overriding) or _shown(begun, profile)


def _unset(names: tuple[str, ...]) -> tuple[str, ...]:
    return (f"unset {' '.join(names)}",) if names else ()


def _principals(document: Any) -> list[str]:
    raw = document.get("Statement", []) if isinstance(document, dict) else []
    out: list[str] = []
    for statement in raw if isinstance(raw, list) else [raw]:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        out += [str(one) for one in (named if isinstance(named, list) else [named])]
    return out


def _as_named(arn: str) -> str:
    """Return a role's ARN without its path, for a role and for its sessions: a session's ARN has no path."""
    session = role_of_session(arn)
    parsed = arns.parse(arn)
    if session is not None:
        return f"arn:{parsed.partition if parsed else 'aws'}:iam::{session[0]}:role/{session[1]}"
    if parsed is not None and parsed.resource.startswith("role/"):
        return f"arn:{parsed.partition}:iam::{parsed.account_id}:role/{parsed.resource.rpartition('/')[2]}"
    return arn
