"""The questions that every method shares, up to the bucket: method, accounts, callers, bucket."""

from __future__ import annotations

from wizard.methods.question import REQUIRED, Choice, Kind, Question, kept, text_rule
from wizard.methods.registry import METHODS
from wizard.names import accounts, buckets
from wizard.questions import rules
from wizard.text import mark

METHOD = Question(
    key="method",
    step="method",
    kind=Kind.CHOICE,
    prompt=mark("How should the source account reach the bucket?"),
    why=mark(
        "Three ways lead to a bucket of another account. They differ in whose identity makes the "
        "calls: the caller's own, "
        "a role's in the bucket's account, or a user's whose key is handed over."
    ),
    help=mark(
        "Move with the arrow keys: the documents below show what the method needs, and the text "
        "beside it what it costs."
    ),
    rule=kept,
    choices=tuple(Choice(one.id, one.title, one.comparison.choose) for one in METHODS.values()),
    needed=True,
    pane="trust",
    stand_in=mark("method"),
    example="assume-role",
)

ACCOUNTS = (
    Question(
        key="source.account_id",
        step="accounts",
        kind=Kind.TEXT,
        prompt=mark("Which account connects? (source account)"),
        why=mark(
            "The source account is where the people and programs are that need the bucket. It is "
            "named in the documents of the other side."
        ),
        help=mark("12 digits. 1111-2222-3333, an ARN or the console's address work as well: the id is taken out."),
        rule=rules.account,
        when=lambda values: not values.get("source.accounts"),
        needed=True,
        pane="trust",
        found="account",
        stand_in=mark("source account"),
        example="111122223333",
    ),
    Question(
        key="destination.account_id",
        step="accounts",
        kind=Kind.TEXT,
        prompt=mark("Which account owns the bucket? (destination account)"),
        why=mark(
            "The destination account owns the bucket, and has the last word: nothing works across "
            "accounts unless this side allows it."
        ),
        help=mark("12 digits. 1111-2222-3333, an ARN or the console's address work as well: the id is taken out."),
        rule=rules.destination,
        needed=True,
        pane="trust",
        found="account",
        stand_in=mark("destination account"),
        example="444455556666",
    ),
)

CALLERS = Question(
    key="source.principals",
    step="callers",
    kind=Kind.LIST,
    prompt=mark("Who in {source.account_id} is to have access?"),
    why=mark(
        "Name the roles and users that connect. root means the whole account: its administrators then decide who, "
        "which is convenient for a test and hard to take back later. People of Identity Center are "
        "named by their permission set."
    ),
    help=mark(
        "role/NAME or user/NAME (with the path: role/apps/etl), permission-set/NAME, or root alone. "
        "Several: separated by blanks or commas. "
        "ARNs are taken as well. Groups and wildcards can't be principals."
    ),
    rule=rules.principals,
    default=lambda values: () if values.get("method") == "iam-user" else REQUIRED,
    when=lambda values: values.get("method") != "iam-user",
    needed=True,
    pane="trust",
    found="principals",
    stand_in=mark("principal"),
    example="role/app-ec2",
)

BUCKET = (
    Question(
        key="bucket.name",
        step="bucket",
        kind=Kind.TEXT,
        prompt=mark("Which bucket of {destination.account_id}?"),
        why=mark(
            "The bucket must exist already. Its name is unique in the whole partition, so no account stands in its ARN."
        ),
        help=mark("The bucket's name, or s3://NAME. 3 to 63 lower-case letters, digits, periods and hyphens."),
        rule=text_rule(buckets.bucket_name),
        needed=True,
        pane="bucket",
        found="buckets",
        stand_in=mark("bucket"),
        example="s3-crossaccount-bucket01",
    ),
    Question(
        key="bucket.region",
        step="bucket",
        kind=Kind.TEXT,
        prompt=mark("In which region is the bucket?"),
        why=mark(
            "The profile gets it, because a region is not inherited from the source profile. It also "
            "says which partition all ARNs are in."
        ),
        help=mark("The region's code, as in ap-northeast-1 (Tokyo). The console shows it beside the bucket's name."),
        rule=text_rule(accounts.region),
        needed=True,
        pane="bucket",
        found="region",
        stand_in=mark("region"),
        example="ap-northeast-1",
    ),
    Question(
        key="bucket.prefix",
        step="bucket",
        kind=Kind.TEXT,
        prompt=mark("Only objects under a prefix?"),
        why=mark(
            "A prefix narrows both the listing and the objects: whoever comes in sees nothing else. "
            "Empty means the whole bucket."
        ),
        help=mark(
            "For example reports/ for everything under s3://BUCKET/reports/. It ends with a slash; "
            "one is added if it is missing."
        ),
        rule=text_rule(buckets.prefix),
        default="",
        needed=True,
        pane="bucket",
        found="prefixes",
        example="reports/",
    ),
    Question(
        key="bucket.kms_key_arn",
        step="bucket",
        kind=Kind.TEXT,
        prompt=mark("Is the bucket encrypted with a KMS key?"),
        why=mark(
            "SSE-S3, the default, needs nothing. With a KMS key the callers need the key as well, on both sides. "
            "The managed key aws/s3 never serves callers of another account."
        ),
        help=mark("The key's ARN (not an alias), aws/s3 for the managed key, or empty for SSE-S3."),
        rule=rules.kms_key,
        default="",
        pane="key",
        found="kms_keys",
        example="arn:aws:kms:ap-northeast-1:444455556666:key/…",
    ),
)
