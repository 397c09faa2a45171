"""The proof: all that a setup asks for is allowed, and nothing of the counter-proof set is."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from tests.generated_setups import DST, SRC, raw_answers
from wizard.access_path import State
from wizard.access_path.explained import Proof, prove
from wizard.answers.build import build
from wizard.plan import Plan, plan

BUCKET = "s3-crossaccount-bucket01"
BASE: dict[str, Any] = {
    "source.account_id": SRC,
    "destination.account_id": DST,
    "bucket.name": BUCKET,
    "bucket.region": "ap-northeast-1",
}
ROLE = BASE | {"method": "assume-role", "role.name": "RoleA", "source.principals": ["role/app-ec2"]}


def made(raw: dict[str, Any]) -> Plan:
    built = build(raw)
    assert not built.problems, built.problems
    return plan(built.setup)


def states(proof: Proof) -> dict[str, State]:
    return {link.link.id: link.state for hop in proof.path.hops for link in hop.links}


def allowed(proof: Proof, command: str) -> bool:
    return all(one.allowed for one in proof.commands if one.command.id == command)


@settings(max_examples=150, deadline=None)
@given(raw_answers())
def test_all_that_was_asked_for_is_allowed_and_nothing_beside_it(raw: dict[str, Any]) -> None:
    proof = prove(made(raw))
    assert [(step.action, step.verdict) for step in proof.actions if not step.allowed] == []
    assert [one.line for one in proof.commands if one.asked and not one.allowed] == []
    assert [(one.what, one.action, one.resource) for one in proof.counters if not one.holds] == []
    assert proof.holds


def test_every_link_is_proven_with_the_sid_that_allows() -> None:
    proof = prove(made(ROLE | {"name": "reports", "role.external_id": "ticket-42"}))
    links = [link for hop in proof.path.hops for link in hop.links]
    assert {link.state for link in links} == {State.PROVEN}
    assert [link.evidence for link in links] == [
        "S3xReportsAssumeRole",
        "S3xReportsTrust",
        "S3xReportsBucket, S3xReportsObjects",
    ]


def test_an_unfinished_setup_is_planned_and_not_proven() -> None:
    proof = prove(plan(build({}).setup))
    assert set(states(proof).values()) == {State.PLANNED}
    assert proof.commands == ()


def test_what_the_level_does_not_grant_is_not_asked_for() -> None:
    proof = prove(made(ROLE))
    assert allowed(proof, "ls")
    assert allowed(proof, "cp-down")
    assert not allowed(proof, "cp-up")
    assert not any(one.asked for one in proof.commands if one.command.id in {"cp-up", "rm"})


def test_somebody_elses_deny_in_the_bucket_policy_breaks_the_link() -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    deny = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
        ],
    }
    raw = BASE | {"method": "bucket-policy", "source.principals": ["role/app-ec2"], "guards.require_tls": True}
    ready = made(raw)
    ours = next(document.policy for document in ready.of("bucket") if document.policy)
    merged = {"Version": "2012-10-17", "Statement": [*ours.to_json()["Statement"], *deny["Statement"]]}
    proof = prove(ready, {arn: merged})
    assert not proof.holds
    assert states(proof)["guards"] is State.BROKEN
    evidence = next(link.evidence for hop in proof.path.hops for link in hop.links if link.link.id == "guards")
    assert "Theirs" in evidence


def test_somebody_elses_deny_is_seen_where_the_setup_has_no_bucket_policy() -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    deny = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    proof = prove(made(ROLE), {arn: {"Version": "2012-10-17", "Statement": [deny]}})
    assert states(proof)["destination-identity"] is State.BROKEN
    assert states(proof)["trust"] is State.PROVEN


def test_somebody_elses_public_statement_is_a_door_that_the_counter_proof_finds() -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    public = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    proof = prove(made(ROLE), {arn: {"Version": "2012-10-17", "Statement": [public]}})
    assert not proof.holds
    assert "anonymous callers" in {one.what for one in proof.counters if not one.holds}


def test_a_public_statement_of_others_breaks_the_link_where_public_buckets_are_restricted() -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    wild = {"StringLike": {"aws:PrincipalOrgID": "o-*"}}
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/pub/*"}
    ready = made(BASE | {"method": "bucket-policy", "source.principals": ["role/app-ec2"]})
    ours = next(document.policy for document in ready.of("bucket") if document.policy).to_json()
    merged = {arn: {**ours, "Statement": [*ours["Statement"], {**public, "Condition": wild}]}}

    open_, shut = prove(ready, merged), prove(ready, merged, {arn: {"RestrictPublicBuckets": True}})

    assert states(open_)["bucket"] is State.PROVEN
    assert states(shut)["bucket"] is State.BROKEN
    assert states(shut)["source-identity"] is not State.BROKEN
    evidence = next(link.evidence for hop in shut.path.hops for link in hop.links if link.link.id == "bucket")
    assert "RestrictPublicBuckets is on, and the bucket policy is public" in evidence
    role = prove(made(ROLE), merged, {arn: {"RestrictPublicBuckets": True}})
    assert states(role)["destination-identity"] is State.PROVEN  # a role of the owner's account gets in


def test_a_deny_on_a_key_that_nobody_can_foresee_is_unknown_not_proven() -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    deny = {
        "Sid": "Office",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    }
    proof = prove(made(ROLE), {arn: {"Version": "2012-10-17", "Statement": [deny]}})
    assert not proof.holds
    assert State.UNKNOWN in states(proof).values()


def test_amazon_s3_full_access_is_proven_and_opens_what_its_warning_says() -> None:
    proof = prove(made(ROLE | {"access.level": "s3-full-access"}))
    assert proof.holds
    assert "another bucket" not in {one.what for one in proof.counters}
