"""What a diagnosis is made from, frozen: who calls, every policy that was read, the bucket, the call and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.names import arns
from wizard.plan.found import NOT_ASKED, Piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.aws.verify.reading import Answer

Json = Any
# Tried in this order where a policy's place has to be named.
INLINE, MANAGED, GROUP, BUCKET, KEY, TRUST, BOUNDARY, ENDPOINT = (
    "inline", "managed", "group", "bucket", "key", "trust", "boundary", "endpoint",
)  # fmt: skip

# The session's name where the profile sets none.
SESSION = "s3-crossaccount-diagnose"


@dataclass(frozen=True, slots=True)
class Paper:
    """One policy as it was read.

    `kind` is the evaluator's word (`identity`, `resource`, `trust`, `boundary`, `scps`, `rcps`, `vpc_endpoint`);
    `place` how it is attached; `name` the policy's name or ARN, `on` the ARN of what it is attached to.
    `level` counts from the organisation's root.
    """

    kind: str
    place: str
    name: str
    on: str
    account_id: str
    document: Json
    level: int = 0

    @property
    def id(self) -> tuple[str, str, str, str]:
        """What tells a policy from every other one."""
        return self.kind, self.place, self.name, self.on


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who calls: `arn` as STS tells it, `principal_arn` as policies name it, `unique_id` (AIDA…, AROA…).

    `session`: ABSENT where there can't be a session policy. `mfa`: signed in with MFA (None: not known).
    `keys_only`: long-term access keys, whose requests lack the keys that only sessions have. `path_known` is False
    where a role is named after its session, whose ARN carries no path, and nobody could look.
    """

    arn: str
    principal_arn: str
    account_id: str
    user_id: str = ""
    identity: Piece[tuple[Paper, ...]] = NOT_ASKED
    boundary: Piece[Paper] = NOT_ASKED
    session: Piece[Paper] = NOT_ASKED
    mfa: bool | None = None
    keys_only: bool = False
    path_known: bool = True

    @property
    def unique_id(self) -> str:
        """The id that stands for the user or role in policies of which it was deleted and made again."""
        return self.user_id.partition(":")[0]

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`."""
        parsed = arns.parse(self.arn)
        return parsed.partition if parsed else "aws"


@dataclass(frozen=True, slots=True)
class Assuming:
    """One AssumeRole on the way: which profile asks for it, with what, who makes it, and what came of it.

    `made` is False where it couldn't be tried (`why`). `role_exists` is what the role's own account says.
    `likely_role`: a role of a similar name, where it doesn't exist. `session_name` is what the call sends;
    `names_session`: the profile sets it.
    """

    profile: str
    role_arn: str
    who: Who
    region: str = ""
    external_id: str = ""
    session_name: str = SESSION
    names_session: bool = False
    mfa_serial: str = ""
    mfa_devices: tuple[str, ...] = ()
    trust: Piece[Paper] = NOT_ASKED
    role_exists: bool | None = None
    likely_role: str = ""
    made: bool = True
    why: str = ""
    answer: Answer | None = None

    @property
    def passed(self) -> bool:
        """Whether AWS gave the session."""
        return self.made and self.answer is None


@dataclass(frozen=True, slots=True)
class Other:
    """Another profile of the files, and whose it is."""

    profile: str
    principal_arn: str


@dataclass(frozen=True, slots=True)
class Start:
    """Whose credentials the call begins with.

    `profile` was asked for, or is the one that the environment names ("" where neither). `overriding` are
    environment variables that come before it; `instead` is who the profile itself would have been.
    `problem` is why the files lead to no credentials; `answer` AWS's refusal to say who calls. `login`: the
    profile signs in with IAM Identity Center. `region_from` says where the region was found. `profiles` are all that
    the files have.
    """

    profile: str = ""
    asked: bool = False
    overriding: tuple[str, ...] = ()
    instead: str = ""
    problem: str = ""
    answer: Answer | None = None
    login: bool = False
    region: str = ""
    region_from: str = ""
    endpoint_url: str = ""
    others: tuple[Other, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BucketSeen:
    """The bucket. `owner` is its account; `likely_name`: one of a similar name, where it doesn't exist."""

    name: str
    exists: bool | None = None
    owner: Piece[str] = NOT_ASKED
    policy: Piece[Paper] = NOT_ASKED
    block: Piece[Mapping[str, bool]] = NOT_ASKED
    account_block: Piece[Mapping[str, bool]] = NOT_ASKED
    ownership: Piece[str] = NOT_ASKED
    encryption: Piece[tuple[str, str]] = NOT_ASKED
    region: Piece[str] = NOT_ASKED
    likely_name: str = ""


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """The object. `owner`: whether the bucket's owner owns it. `kms_key` is what encrypts it ("": no KMS key)."""

    key: str
    exists: bool | None = None
    owner_is_bucket_owner: bool | None = None
    kms_key: Piece[str] = NOT_ASKED
    storage_class: str = ""
    version: str = ""
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeySeen:
    """The KMS key that the call uses. `managed`: AWS's own `aws/s3`. `granted`: a grant may let the caller in."""

    arn: str
    account_id: str
    managed: Piece[bool] = NOT_ASKED
    state: Piece[str] = NOT_ASKED
    policy: Piece[Paper] = NOT_ASKED
    granted: bool | None = None


@dataclass(frozen=True, slots=True)
class CallSeen:
    """The call itself: made or not (`why`), AWS's answer if it refused. `absent`: there is nothing to read there."""

    action: str
    call: str
    made: bool
    why: str = ""
    answer: Answer | None = None
    absent: bool = False
    left_behind: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether AWS carried it out, or answered as it does only to who may make it."""
        return self.made and (self.answer is None or self.absent)


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over the policies: SCPs by the caller's account, RCPs by the resource's. ABSENT: none bind it.

    `endpoints` are the policies of the source's VPC endpoints for S3, by endpoint id as the paper's `on`.
    """

    organization: Piece[str] = NOT_ASKED
    scps: Mapping[str, Piece[tuple[Paper, ...]]] = field(default_factory=dict)
    rcps: Mapping[str, Piece[tuple[Paper, ...]]] = field(default_factory=dict)
    endpoints: Piece[tuple[Paper, ...]] = NOT_ASKED


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. `who` makes the S3 call; None where the way there was cut off before."""

    start: Start
    action: str
    bucket: BucketSeen
    thing: ObjectSeen
    assuming: tuple[Assuming, ...] = ()
    who: Who | None = None
    key: KeySeen | None = None
    call: CallSeen | None = None
    layers: Layers = field(default_factory=Layers)
    # Accounts that a profile was given for: what of them wasn't read was denied, not left out.
    readers: Mapping[str, str] = field(default_factory=dict)
    # The setup that a mend repairs, by the journal; "": a mend has a name of its own (`diagnose_ours`).
    repairs: str = ""

    @property
    def target(self) -> str:
        """The bucket and key as the AWS CLI writes them."""
        return f"s3://{self.bucket.name}/{self.thing.key}"

    @property
    def source_account(self) -> str:
        """The account that the calls begin in, "" where nobody is known to call."""
        first = self.assuming[0].who if self.assuming else self.who
        return first.account_id if first else ""

    @property
    def destination_account(self) -> str:
        """The bucket's account, "" where it isn't known."""
        return self.bucket.owner if isinstance(self.bucket.owner, str) else ""

    def side_of(self, account_id: str) -> str:
        """Return whose step a change in an account is: `source`, `destination`, or `other`."""
        if account_id and account_id == self.destination_account:
            return "destination"
        return "source" if account_id and account_id == self.source_account else "other"
