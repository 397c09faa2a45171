"""What a call can bring so that a condition holds: the CLI's options that a guard asks for, a session's name."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from shlex import quote
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.call import PUT
from wizard.aws.diagnose.judged import S3, judge
from wizard.plan.found import Absent, NotKnown
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wizard.aws.diagnose.evidence import Assuming, Evidence, Who
    from wizard.aws.diagnose.judged import Judged
    from wizard.policy.evaluate import StatementRef

_SSE = "s3:x-amz-server-side-encryption"
_SSE_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
# The headers of an upload that a policy can look at, and the option of `aws s3 cp` that sends each.
# https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html
_OPTIONS = {
    _SSE: "--sse",
    _SSE_KEY: "--sse-kms-key-id",
    "s3:x-amz-acl": "--acl",
    "s3:x-amz-storage-class": "--storage-class",
}
# What a header with a wildcard in a guard may be meant to be.
_VALUES = {_SSE: ("aws:kms", "AES256", "aws:kms:dsse"), "s3:x-amz-acl": ("bucket-owner-full-control",)}
_NO_KEY = "KMS_KEY_ARN"
_NEGATED = re.compile(r"(?i)(?:String(?:NotEquals|NotEqualsIgnoreCase|NotLike)|ArnNot(?:Equals|Like))(?:IfExists)?")
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


def upload(evidence: Evidence, judged: Judged) -> str:
    """Return the upload that no Deny matches any more, "" where there is no such."""
    stage = judged.stage
    if stage.id != S3 or stage.action != PUT:
        return ""
    denies = [ref for ref in judged.verdict.because if ref.effect == "Deny"]
    wanted = _asked([judged.statement(ref) for ref in denies])
    if _SSE_KEY in wanted:
        wanted.setdefault(_SSE, "aws:kms")
    elif wanted.get(_SSE, "").startswith("aws:kms"):
        # Without a key S3 takes aws/s3, which serves its own account only.
        wanted[_SSE_KEY] = _key_of(evidence)
    if not wanted or not _passes(judged, denies, wanted):
        return ""
    options = " ".join(f"{option} {quote(wanted[key])}" for key, option in _OPTIONS.items() if key in wanted)
    return f"aws s3 cp FILE {quote(evidence.target)} {options}"


def _asked(denies: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return the headers that Denies ask for, by key: of a negated comparison the first value, for Null any at all."""
    out: dict[str, str] = {}
    must_be_there: dict[str, str] = {}
    for operator, key, values in (one for deny in denies for one in _conditions(deny)):
        known = _VALUES.get(key, ())
        plain = [one for value in values for one in ((value,) if _is_plain(value) else filter(_like(value), known))]
        if key in _OPTIONS and plain and _NEGATED.fullmatch(operator):
            out[key] = plain[0]
        elif operator.lower() == "null" and values == ["true"] and key in {_SSE, _SSE_KEY}:
            must_be_there[_SSE] = "aws:kms" if key == _SSE_KEY else must_be_there.get(_SSE, "AES256")
    return must_be_there | out


def _is_plain(value: str) -> bool:
    return not re.search(r"[*?$]", value)


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda value: fnmatchcase(value, pattern)


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            yield operator, key.lower(), [str(one) for one in (value if isinstance(value, list) else [value])]


def _key_of(evidence: Evidence) -> str:
    found = evidence.bucket.encryption
    key = "" if isinstance(found, Absent | NotKnown) else found[1]
    return key if key.startswith("arn:") and "alias/aws/" not in key else _NO_KEY


def _passes(judged: Judged, denies: list[StatementRef], brought: Mapping[str, str]) -> bool:
    """Whether none of the Denies matches a request that brings these."""
    stage = judged.stage
    after = judge(replace(stage, context={**stage.context, **brought}))
    return not set(denies) & set(after.verdict.because)


def session_name(wanted: list[str], who: Who) -> str:
    """Return a session name that a trust policy asks for, with the caller's own name for what it leaves open."""
    name = who.principal_arn.rpartition("/")[2]
    for value in wanted:
        made = value.replace("${aws:username}", name).replace("*", name)
        if _SESSION_NAME.fullmatch(made):
            return made
    return ""


def name_asked_for(hop: Assuming, wanted: list[str]) -> tuple[str, str]:
    """Say which session name is asked for, and which one the call has."""
    said = _("{role} asks for the session name {wanted}, and the call through the profile {profile} has {given}.")
    text = said.format(
        role=hop.role_arn,
        wanted=_(", ").join(wanted),
        profile=hop.profile,
        given=hop.session_name if hop.names_session else _("none of its own"),
    )
    return text, _("Set role_session_name in the profile {profile} to what the trust policy asks for.").format(
        profile=hop.profile
    )


def upload_said(command: str, second: str) -> str:
    """Say how the upload is made so that no guard matches it; `second` is what the riskier way is, if there is one."""
    said = [_("Make the upload so that the Deny doesn't match: `{command}`.").format(command=command)]
    if _NO_KEY in command:
        said.append(
            _(
                "{word} is a customer managed key that the caller may use: without one S3 takes aws/s3, which serves "
                "its own account only."
            ).format(word=_NO_KEY)
        )
    if second:
        said.append(
            _("The change below is the second way, and riskier: others rely on the guard. {how}").format(how=second)
        )
    return " ".join(said)
