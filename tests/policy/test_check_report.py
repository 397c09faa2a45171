"""What `check` says beside the findings: the type, the mended text, places, and what the context changes."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from wizard.policy import checks
from wizard.policy.check import Context, Finding, check, kinds
from wizard.policy.checks import keys, known, limits, services
from wizard.policy.checks.sheet import MAX_FINDINGS

BUCKET = "arn:aws:s3:::s3-crossaccount-bucket01"
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SAMPLE = """\
"Principal": {
  "AWS": [
    "arn:aws:iam::接続元アカウント:role/xxxxxxxxxx-ec2",
    "arn:aws:iam::接続元アカウント:role/xxxxxxxxxx-ec2",
  ]
},
"Action": [
  "s3:ListgBucket",
  "s3:GetObject",
  "s3:DeleteObject",
]
"Resource": [
  "arn:aws:s3:::bucketname/XXX/*"
  "arn:aws:s3:::bucketname"
]
"""


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def statement(**elements: Any) -> dict[str, Any]:
    base = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
    return {**base, **elements}


def found(text: str, **more: Any) -> list[str]:
    return [one.kind for one in check(text, **more).findings if one.counts]


def test_the_sample_that_people_copy_has_all_its_faults_found_in_one_go() -> None:
    report = check(SAMPLE)
    places = [(one.line, one.kind) for one in report.findings if one.counts]
    assert places == [
        (1, "fragment"),
        (3, "placeholder"),
        (4, "placeholder"),
        (4, "trailing-comma"),
        (8, "unknown-action"),
        (10, "trailing-comma"),
        (11, "missing-comma"),
        (13, "placeholder"),
        (13, "missing-comma"),
        (14, "placeholder"),
    ]
    assert report.document_type == "bucket"
    assert next(one.suggestion for one in report.findings if one.kind == "unknown-action") == "s3:ListBucket"


def test_the_sample_is_offered_mended_whole() -> None:
    mended = check(SAMPLE).mended
    assert mended is not None
    assert json.loads(mended) == {
        "Principal": {"AWS": ["arn:aws:iam::接続元アカウント:role/xxxxxxxxxx-ec2"] * 2},
        "Action": ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"],
        "Resource": ["arn:aws:s3:::bucketname/XXX/*", "arn:aws:s3:::bucketname"],
    }


def test_a_mend_keeps_every_other_character() -> None:
    text = (
        '{"Version" :"2012-10-17",\r\n\t"Statement":[ {"Effect":"allow" , "Action":"s3:GetObject","Resource":"%s/*"} ]}'
    )
    assert check(text % BUCKET, document_type="identity").mended == (text % BUCKET).replace("allow", "Allow")


def test_a_document_written_in_smart_quotes_throughout_is_mended_though_not_every_quote_is_told() -> None:
    sound = document(*(statement(Sid=f"S{number}") for number in range(40)))
    smart = sound.replace('"', "”")
    report = check(smart, document_type="identity")
    assert report.mended == sound
    assert [one.kind for one in report.findings].count("smart-quote") == 50
    assert report.findings[-1].kind == "more-findings"


def test_lines_are_counted_alike_for_all_line_ends() -> None:
    text = document(statement(Effect="allow"))
    for end in ("\n", "\r\n", "\r"):
        first = next(one for one in check(text.replace("\n", end), document_type="identity").findings if one.counts)
        assert (first.line, first.column) == (5, 17)


def test_findings_come_in_the_order_of_their_places() -> None:
    places = [(one.line, one.column) for one in check(SAMPLE).findings]
    assert places == sorted(places, key=lambda place: (place[0] or 0, place[1] or 0))


def test_no_more_findings_than_anybody_reads() -> None:
    text = document(*(statement(Effect="Perhaps", Sid=f"S{number}") for number in range(400)))
    report = check(text, document_type="bucket")
    assert len(report.findings) <= MAX_FINDINGS + 3
    assert "more-findings" in [one.kind for one in report.findings]


def test_a_text_far_above_every_limit_is_not_read_to_its_end() -> None:
    text = document(*(statement(Sid=f"S{number}") for number in range(4000)))
    assert "document-too-long" in found(text, document_type="identity")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (document(statement()), "identity"),
        (document(statement(Principal="*")), "bucket"),
        (document({"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}), "trust"),
        (document({"Effect": "Allow", "Action": "sts:AssumeRole"}), "trust"),
        (document(statement(Action="sts:AssumeRole", Resource="arn:aws:iam::222222222222:role/RoleA")), "identity"),
        (document(statement(Principal="*", Action="kms:*", Resource="*")), "key"),
        (document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}), "trust"),
        (document(statement(Principal="*", Action="sqs:SendMessage", Resource="*")), None),
        ("", None),
    ],
)
def test_the_type_is_read_from_the_text(text: str, kind: str | None) -> None:
    assert check(text).document_type == kind


def test_a_given_type_is_not_inferred() -> None:
    report = check(document(statement()), document_type="session")
    assert (report.document_type, report.inferred) == ("session", False)
    assert report.findings == ()


def test_the_policy_of_another_resource_is_checked_as_far_as_all_are_alike() -> None:
    queue = statement(Principal={"AWS": "arn:aws:iam::11111111111:root"}, Action="sqs:SendMessage", Resource="*")
    assert found(document(queue)) == ["malformed-account-id"]


def test_unknown_services_are_not_checked_and_never_wrong() -> None:
    text = document(statement(Action=["ec2:DescribeInstanses", "quantum:Entangle"], Resource="*"))
    report = check(text, document_type="identity")
    assert [(one.kind, one.severity) for one in report.findings] == [("not-checked", "suggestion")]


def test_the_context_is_honoured() -> None:
    bucket = document(statement(Principal={"AWS": "arn:aws:iam::333333333333:root"}, Resource="arn:aws:s3:::other-1/*"))
    assert found(bucket, document_type="bucket") == []
    known_setup = Context(
        source_account="111111111111", destination_account="222222222222", bucket="s3-crossaccount-bucket01"
    )
    assert found(bucket, document_type="bucket", context=known_setup) == ["other-bucket", "other-account"]


def test_a_context_ignores_what_it_does_not_know() -> None:
    read = Context.read({"bucket": "b-1", "region": None, "attach": "somewhere", "colour": "red", "partition": 7})
    assert read == Context(bucket="b-1")


def test_kms_actions_beside_s3_ones_satisfy_an_encrypted_bucket() -> None:
    context = Context(bucket="s3-crossaccount-bucket01", bucket_kms_key=KEY)
    reading = statement()
    key = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": KEY}
    assert found(document(reading), document_type="identity", context=context) == ["missing-kms-permission"]
    assert found(document(reading, key), document_type="identity", context=context) == []
    other = statement(Resource="arn:aws:s3:::another-bucket/*")
    assert "missing-kms-permission" not in found(document(other), document_type="identity", context=context)


@pytest.mark.parametrize("attach", ["managed", "user-inline", "role-inline", "group-inline"])
def test_the_size_limit_is_that_of_what_the_policy_is_attached_to(attach: limits.Limited) -> None:
    most = limits.LIMITS[attach].most
    fits = '{"a":"' + "x" * (most - 8) + '"}'
    assert limits.size_findings(attach, fits) == ()
    assert limits.size_findings(attach, fits.replace(":", ":\n   ")) == ()
    [finding] = limits.size_findings(attach, fits.replace("x", "xx", 1))
    assert finding.kind == "too-large"
    assert f"{most:,}" in finding.message
    assert "1 too many" in finding.message


def test_white_space_counts_for_a_bucket_and_its_bytes_not_its_characters() -> None:
    text = '{"a":"' + "あ" * 6800 + '"}'
    assert limits.size_findings("bucket", text) == ()
    [finding] = limits.size_findings("bucket", text + " " * 100)
    assert "Without white space" in finding.message


def test_white_space_inside_a_string_counts_everywhere() -> None:
    assert limits.counted("managed", '{ "a" : "b c" }') == len('{"a":"b c"}')


def test_findings_are_json_with_the_contracts_keys() -> None:
    [finding] = list(check(document(statement(Effect="allow")), document_type="identity").findings)
    assert finding.to_json("p.json") == {
        "file": "p.json",
        "line": 5,
        "column": 17,
        "severity": "error",
        "kind": "bad-effect",
        "message": finding.message,
        "path": "/Statement/0/Effect",
        "suggestion": "Allow",
    }
    assert Finding("x", "error", "y", source="aws").to_json()["source"] == "aws"


def test_pointers_escape_slashes_and_tildes() -> None:
    condition: dict[str, Any] = {"StringEquals": {"aws:PrincipalTag/a~b": {}}}
    [finding] = check(document(statement(Condition=condition)), document_type="identity").findings
    assert finding.path == "/Statement/0/Condition/StringEquals/aws:PrincipalTag~1a~0b"


def test_every_kind_that_the_code_names_is_documented_and_the_reverse() -> None:
    named = set()
    folder = Path(checks.__file__).parent
    for path in (folder.parent / "check.py", *folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
    documented = set(kinds())
    assert documented - named == {"not-utf-8", "access-analyzer"}
    for kind in kinds().values():
        assert kind.page.startswith("https://docs.aws.amazon.com/")
        assert kind.sentence.endswith((".", "them."))


def test_the_operations_that_are_no_actions_lead_to_actions_that_exist() -> None:
    for prefix, table in known.operations().items():
        for name, actions in table.items():
            assert not known.reached(f"{prefix}:{name}"), name
            for action in actions:
                assert [one.name for one in known.reached(action)] == [action]


def test_every_operation_of_s3_kms_and_sts_is_an_action_or_leads_to_one() -> None:
    import botocore.session

    session = botocore.session.get_session()
    for service in ("s3", "kms", "sts"):
        for name in session.get_service_model(service).operation_names:
            assert known.reached(f"{service}:{name}") or name.lower() in known.operations()[service], name


def test_the_tables_are_read() -> None:
    assert keys.key_type("aws:sourceip") == ("IPAddress", False)
    assert keys.key_type("AWS:PrincipalTag/team") == ("String", False)
    assert keys.key_type("aws:PrincipalOrgPaths") == ("String", True)
    assert keys.key_type("kms:EncryptionContext:app") == ("String", False)
    assert keys.key_type("aws:nothing") is None
    assert keys.key_type("ec2:Vpc") == keys.UNCHECKED
    assert "ec2" in services.service_principals()
