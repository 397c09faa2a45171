"""The questions about the profile, and the setup's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import setup
from wizard.methods.question import REQUIRED, Choice, Kind, Question, kept, text_rule
from wizard.names import profiles
from wizard.questions import rules
from wizard.text import mark

if TYPE_CHECKING:
    from wizard.methods.question import Values


def _default_name(values: Values) -> object:
    known = rules.source_accounts(values)
    if "method" in values and known and "bucket.name" in values:
        return setup.default_name(values["method"], known, values["bucket.name"])
    return REQUIRED


def _has_profile(values: Values) -> bool:
    return values.get("method") != "bucket-policy"


def _switches(values: Values) -> bool:
    return values.get("method") == "assume-role"


NAME = Question(
    key="name",
    step="review",
    kind=Kind.TEXT,
    prompt=mark("A name for this setup?"),
    why=mark(
        "Sids, policy names and tags carry it: by it this setup's statements are told from those of "
        "others, and can be taken back."
    ),
    help=mark(
        "Lower-case letters, digits and single hyphens, at most 32. By default it is made of method, "
        "source account and bucket."
    ),
    rule=text_rule(profiles.setup_name),
    default=_default_name,
    pane="bucket",
    stand_in=mark("setup"),
    example="reports",
)

PROFILE = (
    Question(
        key="profile.name",
        step="profile",
        kind=Kind.TEXT,
        prompt=mark("What should the profile be called?"),
        why=mark(
            "`--profile NAME` and AWS_PROFILE use it. It is written into the AWS config file only when you say so."
        ),
        help=mark("Any name that botocore reads back; letters, digits and hyphens are easiest to type."),
        rule=text_rule(profiles.profile_name),
        default=lambda values: values.get("name", REQUIRED),
        when=_has_profile,
        needed=True,
        pane="profile",
        stand_in=mark("profile"),
        example="crossaccount",
    ),
    Question(
        key="profile.credential_source",
        step="profile",
        kind=Kind.CHOICE,
        prompt=mark("Where do the first credentials come from?"),
        why=mark(
            "To switch to the role, the caller shows its own credentials first: those of another "
            "profile, or of the machine it runs on."
        ),
        help=mark("On EC2 and ECS nothing is stored: the machine's own role is used."),
        rule=rules.credential_source,
        default="",
        choices=(
            Choice(
                "",
                mark("Another profile"),
                mark("source_profile: a profile with credentials of the source account."),
            ),
            Choice("Ec2InstanceMetadata", "Ec2InstanceMetadata", mark("The instance profile of an EC2 instance.")),
            Choice("EcsContainer", "EcsContainer", mark("The task role of an ECS task.")),
            Choice("Environment", "Environment", mark("AWS_ACCESS_KEY_ID and the other variables.")),
        ),
        when=_switches,
        needed=True,
        pane="profile",
    ),
    Question(
        key="profile.source_profile",
        step="profile",
        kind=Kind.TEXT,
        prompt=mark("Which profile has credentials of {source.account_id}?"),
        why=mark(
            "It is named as source_profile. It may be one that is made later: then there is a "
            "warning, and nothing else."
        ),
        help=mark("The name of a profile in ~/.aws/config or ~/.aws/credentials."),
        rule=rules.source_profile,
        default="default",
        when=lambda values: _switches(values) and not values.get("profile.credential_source"),
        needed=True,
        pane="profile",
        found="profiles",
        example="default",
    ),
    Question(
        key="profile.mfa_serial",
        step="profile",
        kind=Kind.TEXT,
        prompt=mark("Which MFA device?"),
        why=mark(
            "The AWS CLI asks for its code when it switches to the role. Without it a role that "
            "requires MFA says AccessDenied."
        ),
        help=mark(
            "The device's ARN: arn:aws:iam::111122223333:mfa/NAME, or a hardware device's serial number. Empty: none."
        ),
        rule=rules.mfa_serial,
        default="",
        when=_switches,
        pane="profile",
        example="arn:aws:iam::111122223333:mfa/alice",
    ),
    Question(
        key="profile.region",
        step="profile",
        kind=Kind.TEXT,
        prompt=mark("Another region than the bucket's?"),
        why=mark("Tools use the profile's region for everything. Empty: the bucket's region."),
        help=mark("The region's code, as in ap-northeast-1."),
        rule=rules.optional_region,
        default="",
        when=_has_profile,
        pane="profile",
        example="ap-northeast-1",
    ),
    Question(
        key="profile.output",
        step="profile",
        kind=Kind.CHOICE,
        prompt=mark("Which output format for the AWS CLI?"),
        why=mark("How the AWS CLI prints its results with this profile. Empty: its own default, json."),
        help=mark("json, yaml, yaml-stream, text, table or off."),
        rule=kept,
        default="",
        choices=(Choice("", mark("not written"), ""), *(Choice(one, one) for one in rules.OUTPUTS)),
        when=_has_profile,
        pane="profile",
    ),
)
