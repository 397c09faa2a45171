"""Cases at random, from a vocabulary so small that statements match requests often."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

SOURCE, DESTINATION = "111111111111", "222222222222"
VERSIONS = st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])
PRINCIPALS = [
    f"arn:aws:iam::{SOURCE}:user/ann",
    f"arn:aws:sts::{SOURCE}:assumed-role/app/s1",
    f"arn:aws:iam::{SOURCE}:root",
    f"arn:aws:iam::{DESTINATION}:user/bob",
    f"arn:aws:sts::{DESTINATION}:assumed-role/own/s1",
    f"arn:aws:iam::{DESTINATION}:root",
    "anonymous",
    "logging.s3.amazonaws.com",
]
NAMED = [
    "*",
    SOURCE,
    f"arn:aws:iam::{DESTINATION}:root",
    f"arn:aws:iam::{SOURCE}:user/ann",
    f"arn:aws:iam::{SOURCE}:role/path/app",
    f"arn:aws:sts::{SOURCE}:assumed-role/app/s1",
    f"arn:aws:iam::{DESTINATION}:user/bob",
    f"arn:aws:iam::{DESTINATION}:role/own",
    "AROAEXAMPLEID12345678",
]
KEY = f"arn:aws:kms:eu-west-1:{DESTINATION}:key/1"
ROLE = f"arn:aws:iam::{DESTINATION}:role/target"
REQUESTS = [
    ("s3:GetObject", "arn:aws:s3:::b/k/1"),
    ("s3:GetObject", "arn:aws:s3:::b/ann"),
    ("s3:PutObject", "arn:aws:s3:::b/k/1"),
    ("s3:ListBucket", "arn:aws:s3:::b"),
    ("s3:ListAllMyBuckets", "*"),
    ("kms:Decrypt", KEY),
    ("kms:PutKeyPolicy", KEY),
    ("sts:AssumeRole", ROLE),
]
ACTIONS = ["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject", "s3:ListBucket", "kms:Decrypt", "sts:AssumeRole"]
ACTIONS += ["S3:?etobject", "s3:*Object", "kms:*"]
RESOURCES = [
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k/?",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/k/${aws:username, '1'}",
    "arn:*:s3:::b*k?1",
    "arn:aws:s3:::c/*",
    KEY,
    ROLE,
]
KEYS = ["aws:username", "aws:SourceVpce", "aws:SecureTransport", "aws:SourceIp", "s3:max-keys", "aws:TagKeys"]
KEYS += ["aws:PrincipalArn"]
CONDITIONS = [
    {"StringEquals": {"aws:username": "ann"}},
    {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
    {"StringEqualsIfExists": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NumericLessThan": {"s3:max-keys": "10"}},
    {"Null": {"aws:SourceVpce": "true"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["ann", "bob"]}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}},
    {"StringLike": {"aws:SourceVpce": "${aws:username}*"}},
    {"StringLike": {"aws:SourceVpce": "vpce-?"}, "Bool": {"aws:SecureTransport": "true"}},
    {"StringNotLike": {"aws:username": ["a*", "b?b"]}},
    {"StringEqualsIgnoreCase": {"AWS:UserName": "ANN"}},
    {"StringNotEquals": {"aws:SourceVpce": "${aws:username}"}},
    {"StringEquals": {"aws:SourceVpce": "${aws:username, 'vpce-1'}", "aws:SecureTransport": "true"}},
    {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/a*", "arn:aws:iam:::role/app"]}},
    {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}},
    {"NumericGreaterThanEqualsIfExists": {"s3:max-keys": ["40", "50.0"]}},
    {"Null": {"aws:TagKeys": "false"}},
    {"ForAllValues:StringNotEquals": {"aws:TagKeys": "ann"}},
    {"ForAnyValue:StringNotLike": {"aws:TagKeys": "a*"}},
    {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "10.0.0.1"]}, "Null": {"aws:SourceVpce": "true"}},
]


def texts(*values: str) -> st.SearchStrategy[str | list[str]]:
    one = st.sampled_from(values)
    return st.one_of(one, one, st.lists(one, max_size=2))


contexts = st.fixed_dictionaries(
    {},
    optional={
        "aws:username": texts("ann", "bob", "k/1"),
        "aws:SourceVpce": texts("vpce-1", "vpce-2", "ann"),
        "aws:SecureTransport": texts("true", "false"),
        "aws:SourceIp": texts("10.0.0.1", "192.0.2.1"),
        "s3:max-keys": texts("5", "50"),
        "aws:TagKeys": texts("ann", "bob"),
        "aws:PrincipalArn": texts("arn:aws:iam::111111111111:role/app", "arn:aws:iam::222222222222:user/bob"),
    },
)
conditions = st.one_of(st.none(), st.none(), st.sampled_from(CONDITIONS))


def some(items: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items), min_size=1, max_size=2, unique=True)


@st.composite
def statements(
    draw: st.DrawFn, *, names: bool = False, resource: bool = True, others: bool = True, effect: str = ""
) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if names:
        deny = statement["Effect"] == "Deny"
        element = (
            draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))
            if deny and resource and others
            else "Principal"
        )
        who = draw(some(NAMED))
        statement[element] = "*" if who == ["*"] else {"AWS": who}
        if draw(st.integers(0, 9)) == 0:
            statement[element] = {"Service": "logging.s3.amazonaws.com"}
    actions = ["sts:AssumeRole", "sts:*"] if names and not resource else ACTIONS
    statement[draw(st.sampled_from(["Action", "Action", "Action", "NotAction"]))] = draw(some(actions))
    if resource:
        statement[draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))] = draw(some(RESOURCES))
    condition = draw(conditions)
    if condition is not None:
        statement["Condition"] = condition
    return statement


@st.composite
def documents(draw: st.DrawFn, *, names: bool = False, resource: bool = True, others: bool = True) -> dict[str, Any]:
    made = draw(st.lists(statements(names=names, resource=resource, others=others), min_size=1, max_size=3))
    return {"Version": draw(VERSIONS), "Statement": made}


EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
plain = st.one_of(st.just(EVERYTHING), documents())
LAYERS: dict[str, st.SearchStrategy[Any]] = {
    "identity": st.lists(plain, max_size=2),
    "resource": documents(names=True),
    "trust": documents(names=True, resource=False),
    "boundary": st.lists(plain, min_size=1, max_size=1),
    "session": plain,
    "scps": st.lists(st.lists(plain, min_size=1, max_size=2), min_size=1, max_size=2),
    "rcps": st.lists(st.lists(documents(names=True, others=False), min_size=1, max_size=1), min_size=1, max_size=1),
    "vpc_endpoint": st.lists(documents(names=True), min_size=1, max_size=1),
}
LIKELY = ["identity", "resource", "trust"]


@st.composite
def cases(draw: st.DrawFn, *, block: bool = True) -> dict[str, Any]:
    """Make a whole case, in the format of `explain --cases -`, with nothing unknown."""
    action, resource = draw(st.sampled_from(REQUESTS))
    principal = draw(st.sampled_from(PRINCIPALS))
    kinds = [kind for kind in LAYERS if draw(st.integers(0, 4)) < (4 if kind in LIKELY else 1)]
    policies = {kind: draw(LAYERS[kind]) for kind in kinds}
    if block and draw(st.booleans()):
        policies["block_public_access"] = {"RestrictPublicBuckets": draw(st.booleans())}
    context = draw(contexts)
    if action == "sts:AssumeRole":
        context.pop("aws:TagKeys", None)  # tags that are passed ask for sts:TagSession too
    case = {
        "name": "at random",
        "request": {"principal": principal, "action": action, "resource": resource, "context": context},
        "policies": policies,
        "principal_account": principal.split(":")[4] if principal.startswith("arn:") else None,
        "resource_account": DESTINATION,
    }
    return deepcopy(case)  # the vocabulary's own dictionaries must survive whoever changes the case
