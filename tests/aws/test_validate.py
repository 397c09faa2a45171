"""IAM Access Analyzer's findings among check's own: what is asked, where they stand, and what is told once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.analyzer_host import Analyzer, answer, finding, location, put, refusal
from wizard import text as language
from wizard.aws.clients import Clients, Place
from wizard.aws.errors import CallError
from wizard.aws.validate import Theirs, ask, can_be_asked, consult, matters, merge
from wizard.errors import AwsError, BadInputError
from wizard.policy.check import Finding, check, kinds
from wizard.policy.checks.finding import DocumentType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUST = """\
{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:role/app"},
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"]
        }
    ]
}
"""
IDENTITY = """\
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObejct", "iam:PassRole"],
    "Resource": "*"
  }
}
"""
UNKNOWN = finding(
    "ERROR",
    "INVALID_ACTION",
    "The action s3:GetObejct does not exist.",
    location(IDENTITY, '"s3:GetObejct"', "Statement", "Action", 0),
)
PASS_ROLE = finding(
    "SECURITY_WARNING",
    "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive.",
    location(IDENTITY, '"iam:PassRole"', "Statement", "Action", 1),
    location(IDENTITY, '"*"', "Statement", "Resource"),
)
EMPTY_SID = finding(
    "SUGGESTION",
    "EMPTY_SID_VALUE",
    "Add a value to the empty string in the Sid element.",
    location(TRUST, '""', "Statement", 0, "Sid"),
)
SLR = finding(
    "WARNING", "CREATE_SLR_WITH_STAR_IN_RESOURCE", "A warning.", location(IDENTITY, '"*"', "Statement", "Resource")
)


@pytest.fixture
def auditor() -> Iterator[Clients]:
    made = Clients(Place("auditor"))
    yield made
    made.close()


def asked(monkeypatch: pytest.MonkeyPatch, folder: Path, *answers: Any) -> Analyzer:
    return put(monkeypatch, folder, *answers)


def test_a_finding_of_every_type_comes_with_its_severity_place_code_and_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients
) -> None:
    asked(monkeypatch, tmp_path, answer(UNKNOWN, SLR, PASS_ROLE))
    error, warning, security = (one.finding for one in ask(auditor, IDENTITY, "identity"))
    assert error == Finding(
        "access-analyzer",
        "error",
        "The action s3:GetObejct does not exist.",
        path="/Statement/Action/0",
        line=5,
        column=16,
        length=len('"s3:GetObejct"'),
        source="aws",
        issue_code="INVALID_ACTION",
        page=UNKNOWN["learnMoreLink"],
    )
    assert (warning.severity, security.severity) == ("warning", "warning")
    assert security.message.endswith("(See also 6:17.)")
    asked(monkeypatch, tmp_path, answer(EMPTY_SID))
    [suggestion] = ask(Clients(Place("auditor")), TRUST, "trust")
    assert (suggestion.finding.severity, suggestion.finding.counts) == ("suggestion", False)
    assert (suggestion.finding.line, suggestion.finding.column, suggestion.finding.path) == (5, 20, "/Statement/0/Sid")


def test_all_pages_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients) -> None:
    pages = answer(UNKNOWN, token="one"), answer(token="two"), answer(PASS_ROLE)
    analyzer = asked(monkeypatch, tmp_path, *pages)
    found = ask(auditor, IDENTITY, "identity")
    assert [one.finding.issue_code for one in found] == ["INVALID_ACTION", "PASS_ROLE_WITH_STAR_IN_RESOURCE"]
    assert [request.url.partition("?")[2] for request in analyzer.requests] == ["", "nextToken=one", "nextToken=two"]
    asked(monkeypatch, tmp_path, answer(UNKNOWN, token="again"))
    assert len(ask(Clients(Place("auditor")), IDENTITY, "identity")) == 2  # the same token once more ends it


@pytest.mark.parametrize("kind", [*get_args(DocumentType), None])
def test_what_is_asked_fits_the_document_and_the_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients, kind: DocumentType | None
) -> None:
    analyzer = asked(monkeypatch, tmp_path, answer())
    assert ask(auditor, IDENTITY, kind) == ()
    [body] = analyzer.asked
    expected = {
        "identity": ("IDENTITY_POLICY", None),
        "session": ("IDENTITY_POLICY", None),
        "bucket": ("RESOURCE_POLICY", "AWS::S3::Bucket"),
        "trust": ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument"),
        "scp": ("SERVICE_CONTROL_POLICY", None),
    }.get(str(kind), ("RESOURCE_POLICY", None))
    assert (body["policyType"], body.get("validatePolicyResourceType")) == expected
    assert (body["policyDocument"], body["locale"]) == (IDENTITY, "EN")
    shapes = Loader().load_service_model("accessanalyzer", "service-2")["shapes"]
    assert body["policyType"] in shapes["PolicyType"]["enum"]
    assert body.get("validatePolicyResourceType", "AWS::S3::Bucket") in shapes["ValidatePolicyResourceType"]["enum"]


def test_japanese_is_asked_for_in_japanese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients) -> None:
    analyzer = asked(monkeypatch, tmp_path, answer())
    language.use("ja")
    try:
        ask(auditor, IDENTITY, "identity")
    finally:
        language.use("en")
    assert analyzer.asked[0]["locale"] == "JA"


def test_what_both_say_is_told_once_and_the_rest_stands_in_the_order_of_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients
) -> None:
    asked(monkeypatch, tmp_path, answer(PASS_ROLE, SLR, UNKNOWN))
    own = check(IDENTITY, document_type="identity")
    merged = consult(auditor, IDENTITY, own)
    unknown = next(one for one in merged.findings if one.kind == "unknown-action")
    assert (unknown.source, unknown.issue_code, unknown.page) == ("check", "INVALID_ACTION", UNKNOWN["learnMoreLink"])
    assert unknown.suggestion == "s3:GetObject"
    told = {one.issue_code for one in merged.findings if one.source == "aws"}
    assert "INVALID_ACTION" not in told
    assert "CREATE_SLR_WITH_STAR_IN_RESOURCE" in told
    assert len(merged.findings) == len(own.findings) + len(told)
    places = [(one.line, one.column) for one in merged.findings]
    assert places == sorted(places)


def test_the_same_matter_at_another_place_is_another_finding() -> None:
    ours = Finding("unknown-action", "error", "m", path="/Statement/0/Action/1", line=6, column=9)
    theirs = Theirs(
        Finding("access-analyzer", "error", "a", path="/Statement/0/Action/0", line=5, column=9, source="aws",
                issue_code="INVALID_ACTION"),
        ("/Statement/0/Action/0",),
    )  # fmt: skip
    assert merge((ours,), (theirs,)) == (theirs.finding, ours)


def test_another_matter_at_the_same_place_is_another_finding() -> None:
    ours = Finding("redundant-item", "suggestion", "m", path="/Statement/0/Action", line=5, column=9)
    theirs = Theirs(
        Finding("access-analyzer", "error", "a", line=5, column=9, source="aws", issue_code="INVALID_ACTION"),
        ("/Statement/0/Action",),
    )
    assert merge((ours,), (theirs,)) == (ours, theirs.finding)


@pytest.mark.parametrize(("ours", "theirs", "told"), [
    ("suggestion", "warning", "warning"), ("warning", "error", "error"), ("error", "suggestion", "error"),
])  # fmt: skip
def test_of_two_severities_the_graver_counts(ours: Any, theirs: Any, told: str) -> None:
    own = Finding("duplicate-statement", ours, "m", path="/Statement/1")
    aws = Finding("access-analyzer", theirs, "a", source="aws", issue_code="REDUNDANT_STATEMENT")
    [one] = merge((own,), (Theirs(aws, ("/Statement/1",)),))
    assert (one.severity, one.kind) == (told, "duplicate-statement")


def test_a_finding_without_a_place_comes_last() -> None:
    own = Finding("unknown-action", "error", "m", path="/Statement/0/Action", line=5, column=9)
    aws = Finding("access-analyzer", "warning", "a", source="aws", issue_code="SOMETHING_NEW")
    assert merge((own,), (Theirs(aws),)) == (own, aws)


def test_what_is_the_same_matter_names_kinds_that_exist_and_codes_as_aws_writes_them() -> None:
    for code, ours in matters().items():
        assert ours <= set(kinds()), code
        assert code.replace("_", "").isalpha()
        assert code.isupper()


@pytest.mark.parametrize(
    ("text", "fits"),
    [(IDENTITY, True), ("\n" + IDENTITY, True), (IDENTITY.replace(",", ",,", 1), False), ("[]", False), ("", False),
     ("\ufeff" + IDENTITY, False), (json.dumps(IDENTITY), False), ("{" * 100_000, False)],
    ids=["a policy", "blanks before it", "broken", "a list", "nothing", "a byte order mark", "a string", "deep"],
)  # fmt: skip
def test_only_a_json_object_is_sent(*, text: str, fits: bool) -> None:
    assert can_be_asked(text) is fits


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        (refusal(403, "AccessDeniedException", "User: x is not authorized to perform: access-analyzer:ValidatePolicy"),
         "AccessDeniedException", "permission for ValidatePolicy"),
        (refusal(403, "ExpiredTokenException", "The security token included in the request is expired"),
         "ExpiredTokenException", "aws sso login"),
        (refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
         "UnrecognizedClientException", "access key of the profile auditor"),
        (refusal(429, "ThrottlingException", "Rate exceeded"), "ThrottlingException", "Wait a minute"),
        (refusal(400, "ValidationException", "Member must not be null"), "ValidationException", "must not be null"),
        (refusal(500, "InternalServerException", "Oops"), "InternalServerException", "Oops"),
        (ReadTimeoutError(endpoint_url="https://x"), "Unreachable", "network"),
        (EndpointConnectionError(endpoint_url="https://x"), "Unreachable", "network"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)  # fmt: skip
def test_each_refusal_is_an_error_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients, told: Any, code: str, said: str
) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_args: 0)
    asked(monkeypatch, tmp_path, told)
    with pytest.raises(CallError) as caught:
        ask(auditor, IDENTITY, "identity")
    assert caught.value.code == code
    assert said in str(caught.value)
    assert "secretOfTheAuditor" not in str(caught.value)


def test_a_region_without_the_service_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_args: 0)
    asked(monkeypatch, tmp_path, EndpointConnectionError(endpoint_url="https://x"))
    for region, known in (("eu-nowhere-7", False), ("nowhere", False), ("cn-north-1", True)):
        with pytest.raises(CallError) as caught:
            ask(Clients(Place("auditor", region)), IDENTITY, "identity")
        assert (f"isn't known in {region}" in caught.value.mend) is not known
    with pytest.raises(CallError) as caught:  # somebody's own endpoint has no region
        ask(Clients(Place("auditor", "eu-nowhere-7", "http://127.0.0.1:9")), IDENTITY, "identity")
    assert "isn't known" not in caught.value.mend


@pytest.mark.parametrize("told", [(200, "<html>Sign in to the hotel</html>"), (200, {}), (404, "<html>"), (400, {})])
def test_whatever_else_answers_is_not_taken_for_consent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auditor: Clients, told: Any
) -> None:
    asked(monkeypatch, tmp_path, told)
    with pytest.raises(AwsError, match="isn't IAM Access Analyzer"):
        ask(auditor, IDENTITY, "identity")


def test_a_profile_that_is_not_there_and_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    analyzer = asked(monkeypatch, tmp_path, answer())
    with pytest.raises(BadInputError, match="no profile nobody"):
        ask(Clients(Place("nobody")), IDENTITY, "identity")
    with pytest.raises(CallError) as caught:
        ask(Clients(Place()), IDENTITY, "identity")
    assert caught.value.code == "NoCredentials"
    assert analyzer.requests == []


POSITIONS = st.fixed_dictionaries({}, optional={name: st.integers(-2, 9) for name in ("line", "column", "offset")})
LOCATIONS = st.fixed_dictionaries(
    {},
    optional={
        "path": st.lists(
            st.one_of(
                st.fixed_dictionaries({"index": st.integers(0, 3)}),
                st.fixed_dictionaries({"value": st.text(max_size=5)}),
                st.fixed_dictionaries({"key": st.text(max_size=5)}),
                st.just({"substring": {"start": 1, "length": 2}}),
            ),
            max_size=4,
        ),
        "span": st.fixed_dictionaries({}, optional={"start": POSITIONS, "end": POSITIONS}),
    },
)
FINDINGS = st.fixed_dictionaries(
    {},
    optional={
        "findingDetails": st.text(max_size=20),
        "findingType": st.sampled_from(["ERROR", "WARNING", "SECURITY_WARNING", "SUGGESTION", "NEWER"]),
        "issueCode": st.sampled_from([*sorted(matters())[:8], "", "NEWER"]),
        "learnMoreLink": st.text(max_size=8),
        "locations": st.lists(LOCATIONS, max_size=3),
    },
)


@given(st.lists(FINDINGS, max_size=5))
def test_any_answer_is_read_and_every_place_is_in_the_text(raw: list[dict[str, Any]]) -> None:
    class Answering(Clients):
        def call(self, *_args: Any, **_parameters: Any) -> Any:
            return {"findings": raw}

    own = check(IDENTITY, document_type="identity")
    merged = consult(Answering(Place()), IDENTITY, own).findings
    assert len(own.findings) <= len(merged) <= len(own.findings) + len(raw)
    for one in merged:
        assert one.line is None or 1 <= one.line <= IDENTITY.count("\n") + 1
        assert one.column is None or one.column >= 1
        assert one.length >= 1
        assert one.message.isprintable()
