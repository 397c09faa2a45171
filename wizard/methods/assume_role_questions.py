"""What the method assume-role asks: the role, and what is asked of whoever assumes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.methods.question import Kind, Question, text_rule
from wizard.names.iam import external_id, named, session_name
from wizard.names.understood import Understood
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.methods.question import Values

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds, role chaining)
_MIN_SECONDS, _MAX_SECONDS, CHAINED_SECONDS = 900, 43_200, 3_600


def _mfa(raw: Any, values: Values) -> Understood[bool]:
    sets = [str(one) for one in values.get("source.principals", ()) if one.kind == "permission-set"]
    if raw and sets:
        raise BadInputError(
            _("{principal} can't show MFA to the role.").format(principal=sets[0]),
            why=_(
                "Identity Center asks for MFA when somebody signs in; its sessions never carry "
                "aws:MultiFactorAuthPresent."
            ),
            mend=_("Say no here, and require MFA in Identity Center."),
        )
    return Understood(bool(raw))


def _seconds(raw: Any, values: Values) -> Understood[int]:
    seconds = int(raw)
    if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:
        raise BadInputError(
            _("{seconds} seconds is out of range.").format(seconds=seconds),
            why=_("A session of a role lasts 900 to 43200 seconds (15 minutes to 12 hours)."),
        )
    roles = [str(one) for one in values.get("source.principals", ()) if one.kind in {"role", "permission-set"}]
    if seconds > CHAINED_SECONDS and roles:
        raise BadInputError(
            _("{seconds} seconds is too long for {principal}.").format(seconds=seconds, principal=roles[0]),
            why=_("A caller that is itself a role (role chaining) gets sessions of at most 3600 seconds."),
            mend=_("Write 3600 or less."),
        )
    return Understood(seconds)


QUESTIONS = (
    Question(
        key="role.name",
        step="callers",
        kind=Kind.TEXT,
        prompt=mark("Which role in {destination.account_id}?"),
        why=mark(
            "The source's people and programs become this role for a while, and have its permissions and nothing else. "
            "A role for this one purpose can be taken away without harm."
        ),
        help=mark(
            "A name, or a name with its path: wizard/RoleA. A role that isn't there yet is made when "
            "the setup is applied."
        ),
        rule=lambda raw, values: named(raw, "role", values.get("destination.account_id", "")),
        needed=True,
        pane="trust",
        found="roles",
        stand_in=mark("role"),
        example="RoleA",
    ),
    Question(
        key="role.external_id",
        step="callers",
        kind=Kind.TEXT,
        prompt=mark("An external id for {role.name}?"),
        why=mark(
            "A word that whoever assumes the role must say as well. It keeps a third party that serves many customers "
            "from being led into your bucket by one of the others. Between accounts of one company it isn't needed."
        ),
        help=mark("It is no secret. 2 to 1,224 letters, digits or + = , . @ : / - _. Empty: none."),
        rule=text_rule(external_id),
        default="",
        pane="trust",
    ),
    Question(
        key="role.require_mfa",
        step="callers",
        kind=Kind.FLAG,
        prompt=mark("Require MFA to become {role.name}?"),
        why=mark(
            "The trust policy then lets in only people who typed a code of their MFA device. "
            "EC2, ECS and Identity Center can't show one, and would stay out."
        ),
        help=mark("Yes adds aws:MultiFactorAuthPresent to the trust policy; the profile then needs mfa_serial."),
        rule=_mfa,
        default=False,
        pane="trust",
    ),
    Question(
        key="role.session_seconds",
        step="callers",
        kind=Kind.NUMBER,
        prompt=mark("How long may a session last, in seconds?"),
        why=mark("The role's maximum session duration. A caller that is itself a role gets one hour at most."),
        help=mark("900 to 43200. 3600 is AWS's default, and the most for role chaining."),
        rule=_seconds,
        default=CHAINED_SECONDS,
        pane="trust",
    ),
    Question(
        key="role.session_name",
        step="callers",
        kind=Kind.TEXT,
        prompt=mark("A name for the sessions?"),
        why=mark("CloudTrail in the bucket's account shows it. Empty: the caller's tool makes one up."),
        help=mark("2 to 64 letters, digits or + = , . @ - _. It is written into the profile as role_session_name."),
        rule=text_rule(session_name),
        default="",
        pane="trust",
    ),
)
