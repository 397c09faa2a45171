"""Every setup that the questions can make: its documents are what AWS takes, and what can match."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generated_setups import DST, SRC, raw_answers
from wizard.answers.build import build
from wizard.plan import Plan, plan
from wizard.policy.actions import Action, reach
from wizard.policy.check import Context, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.policy.check import DocumentType
    from wizard.policy.document import Document

BUCKET = "s3-crossaccount-bucket01"
TYPES: dict[str, DocumentType] = {
    "trust": "trust",
    "bucket": "bucket",
    "source-identity": "identity",
    "destination-identity": "identity",
    "key": "key",
}
# Keys that every request has, or that a request of these kinds has: the reference lists them nowhere by action.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalIsAWSService",
    "aws:ViaAWSService",
    "aws:SecureTransport",
    "aws:SourceVpce",
    "aws:ResourceAccount",
    "aws:MultiFactorAuthPresent",
}


@st.composite
def every_answer(draw: st.DrawFn) -> dict[str, Any]:
    """Draw raw answers with a name, and the levels and profile answers that change documents too."""
    raw: dict[str, Any] = draw(raw_answers())
    raw["name"] = draw(st.from_regex(r"[a-z0-9]{1,6}(?:-[a-z0-9]{1,6}){0,3}", fullmatch=True))
    full_access: bool = draw(st.booleans())
    if full_access and not (raw["method"] == "bucket-policy" and raw.get("bucket.kms_key_arn")):
        raw["access.level"] = "s3-full-access"
        raw.pop("access.actions", None)
    return raw


def made(raw: dict[str, Any]) -> Plan:
    built = build(raw)
    assert not built.problems, built.problems
    return plan(built.setup)


def policies(whole: Plan) -> Iterator[tuple[Document, dict[str, Any]]]:
    for document in whole.needed():
        assert document.policy is not None
        yield document, json.loads(document.policy.text(), object_pairs_hook=_no_duplicates)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs)
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@settings(max_examples=150, deadline=None)
@given(every_answer())
def test_documents_are_json_with_valid_and_unique_sids(raw: dict[str, Any]) -> None:
    for document, policy in policies(made(raw)):
        assert policy["Version"] == "2012-10-17"
        sids = [statement["Sid"] for statement in policy["Statement"] if "Sid" in statement]
        assert len(set(sids)) == len(sids)
        ours = [sid for sid in sids if not (document.id == "key" and sid == "Enable IAM User Permissions")]
        assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in ours)
        assert len(ours) == len(policy["Statement"]) - (document.id == "key") or document.managed_policy_arn
        characters = document.policy.text() if document.policy else ""
        if document.id in {"trust", "source-identity", "destination-identity"}:
            assert all(char in "\t\n\r" or " " <= char <= "\u00ff" for char in characters)


@settings(max_examples=150, deadline=None)
@given(every_answer())
def test_actions_exist_and_fit_their_resources(raw: dict[str, Any]) -> None:
    for document, policy in policies(made(raw)):
        for statement in policy["Statement"]:
            for action in listed(statement["Action"]):
                assert action == "s3-object-lambda:*" or reach(action), action
                for resource in listed(statement.get("Resource", [])):
                    assert fits(action, resource), (document.id, action, resource)


def fits(action: str, resource: str) -> bool:
    """Whether an action, or one that a wildcard reaches, works on a resource; `*` is every resource."""
    reached = reach(action)
    if resource == "*" or action == "s3:*":
        return True
    service, place = resource.split(":", 5)[2], resource.split(":", 5)[5]
    if service == "s3" and place == "*":
        return any(found.name == "s3:ListAllMyBuckets" for found in reached)
    kind = {"s3": "object" if "/" in place else "bucket", "iam": "role", "kms": "key"}[service]
    return any(kind in found.resources for found in reached)


@settings(max_examples=150, deadline=None)
@given(every_answer())
def test_conditions_stand_only_on_actions_that_have_the_key(raw: dict[str, Any]) -> None:
    for document, policy in policies(made(raw)):
        for statement in policy["Statement"]:
            for keys in statement.get("Condition", {}).values():
                for key in keys:
                    for action in listed(statement["Action"]):
                        assert has_key(action, key, statement), (document.id, action, key)


def has_key(action: str, key: str, statement: dict[str, Any]) -> bool:
    """Whether each action that could match here has a condition key."""
    if key in GLOBAL_KEYS:
        return True
    places = {"object" if "/" in one.split(":", 5)[-1] else "bucket" for one in listed(statement.get("Resource", []))}
    reached: list[Action] = [
        found for found in reach(action) if not action.startswith("s3:") or found.resources & places
    ]
    return bool(reached) and all(key in found.keys for found in reached)


@settings(max_examples=150, deadline=None)
@given(every_answer())
def test_a_prefix_narrows_everything_and_nothing_names_another_account_or_bucket(raw: dict[str, Any]) -> None:
    whole = made(raw)
    literal = re.sub(r"[$*?]", lambda match: "${" + match[0] + "}", raw["bucket.prefix"])
    for document, policy in policies(whole):
        if document.managed_policy_arn:
            continue
        # IAM takes no characters above U+00FF.
        prefix = literal if document.id == "bucket" else re.sub("[^\0-\xff]", "?", literal)
        for statement in policy["Statement"]:
            for resource in listed(statement.get("Resource", [])):
                if statement["Effect"] == "Allow" and f":s3:::{BUCKET}/" in resource:
                    assert resource.endswith(f":s3:::{BUCKET}/{prefix}*")
            accounts = set(re.findall(r"(?<!\d)\d{12}(?!\d)", json.dumps(statement.get("Principal", ""))))
            assert accounts <= {SRC, DST, "333333333333"}
            if statement["Effect"] == "Allow" and "s3:ListBucket" in listed(statement["Action"]) and prefix:
                assert statement["Condition"]["StringLike"]["s3:prefix"] == [prefix, f"{prefix}*"]


@settings(max_examples=60, deadline=None)
@given(every_answer())
def test_both_sides_of_a_bucket_policy_allow_the_same(raw: dict[str, Any]) -> None:
    if raw["method"] != "bucket-policy" or raw["access.level"] == "s3-full-access":
        return
    whole = made(raw)
    bucket, source = (whole.of(one)[0].policy for one in ("bucket", "source-identity"))
    assert bucket is not None
    assert source is not None
    granted = {action for one in bucket.statements if one.effect == "Allow" for action in one.actions}
    asked = {action for one in source.statements for action in one.actions if action.startswith("s3:")}
    assert asked - {"s3:ListAllMyBuckets"} == granted or "s3:ListAllMyBuckets" in granted


@settings(max_examples=25, deadline=None)
@given(every_answer())
def test_our_own_check_finds_no_error_in_them(raw: dict[str, Any]) -> None:
    for document, policy in policies(made(raw)):
        context = Context(source_account=SRC, destination_account=DST, bucket=BUCKET)
        report = check(
            json.dumps(policy, indent=2, ensure_ascii=False), document_type=TYPES[document.id], context=context
        )
        errors = [finding for finding in report.findings if finding.severity == "error"]
        assert errors == []
