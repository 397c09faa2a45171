"""What a person is told for each thing that botocore raises: what, where, what to do, and never a secret."""

from __future__ import annotations

from typing import Any

import botocore.exceptions as raised
import pytest

from wizard.aws.errors import NO_CREDENTIALS, UNREACHABLE, CallError, explained
from wizard.errors import BadInputError, WizardError

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def told(error: Exception) -> WizardError:
    with pytest.raises(WizardError) as caught, explained("PutBucketPolicy", where="destination", profile="admin"):
        raise error
    assert caught.value.where == "destination"
    assert caught.value.__cause__ is None
    return caught.value


def refused(code: str, status: int = 400, message: str = "no") -> CallError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = told(raised.ClientError(answer, "PutBucketPolicy"))
    assert isinstance(error, CallError)
    return error


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("AccessDenied", "permission for PutBucketPolicy"),
        ("ExpiredToken", "aws sso login --profile admin"),
        ("InvalidClientTokenId", "access key of the profile admin"),
        ("Throttling", "Wait a minute"),
        ("MalformedPolicy", ""),
    ],
)
def test_a_refusal_keeps_awss_words_and_says_what_to_do(code: str, mend: str) -> None:
    error = refused(code, message="the reason")

    assert error.exit_status == 3
    assert error.what == f"PutBucketPolicy: {code}: the reason"
    assert mend in error.mend
    assert (error.code, error.maybe_done) == (code, False)


@pytest.mark.parametrize(
    ("setting", "mend"),
    [("BlockPublicPolicy", "refuses such a policy from everybody"), ("RestrictPublicBuckets", "keeps every other")],
)
def test_what_block_public_access_refuses_is_not_called_a_permission_that_is_missing(setting: str, mend: str) -> None:
    said = f"because public policies are prevented by the {setting} setting in S3 Block Public Access."
    error = refused("AccessDenied", 403, said)

    assert "the permission for" not in error.mend
    assert setting in error.mend
    assert mend in error.mend


def test_a_server_error_may_have_done_it_all_the_same() -> None:
    assert refused("InternalError", 500).maybe_done
    assert refused("ServiceUnavailable", 503).maybe_done
    assert not refused("SlowDown", 503).maybe_done


@pytest.mark.parametrize(
    "error",
    [
        raised.ReadTimeoutError(endpoint_url="https://x"),
        raised.ConnectTimeoutError(endpoint_url="https://x"),
        raised.EndpointConnectionError(endpoint_url="https://x"),
        raised.ConnectionClosedError(endpoint_url="https://x"),
        raised.ProxyConnectionError(proxy_url="http://p"),
        raised.SSLError(endpoint_url="https://x", error=OSError("self-signed")),
    ],
)
def test_no_answer_is_out_of_reach_and_nobody_knows_what_was_done(error: Exception) -> None:
    found = told(error)

    assert isinstance(found, CallError)
    assert (found.code, found.maybe_done, found.exit_status) == (UNREACHABLE, True, 3)


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (raised.NoCredentialsError(), "--source-profile"),
        (raised.CredentialRetrievalError(provider="custom-process", error_msg="exit 1"), "--source-profile"),
        (raised.SSOTokenLoadError(error_msg="no token"), "aws sso login --profile admin"),
        (raised.UnauthorizedSSOTokenError(), "aws sso login --profile admin"),
        (raised.TokenRetrievalError(provider="sso", error_msg="expired"), "aws sso login --profile admin"),
    ],
)
def test_credentials_that_cannot_be_had_say_how_to_get_them(error: Exception, mend: str) -> None:
    found = told(error)

    assert isinstance(found, CallError)
    assert (found.code, found.maybe_done) == (NO_CREDENTIALS, False)
    assert mend in found.mend


@pytest.mark.parametrize(
    "error",
    [
        raised.ProfileNotFound(profile="admin"),
        raised.ConfigParseError(path="/home/me/.aws/config", error="line 3"),
        raised.InvalidConfigError(error_msg="role_arn without source_profile"),
        raised.PartialCredentialsError(provider="shared-credentials-file", cred_var="aws_secret_access_key"),
        raised.NoRegionError(),
    ],
)
def test_settings_that_are_wrong_are_wrong_use(error: Exception) -> None:
    found = told(error)

    assert isinstance(found, BadInputError)
    assert "admin" in str(found)


def test_a_secret_in_awss_message_is_masked() -> None:
    assert SECRET not in str(refused("SignatureDoesNotMatch", 403, f"AKIAIOSFODNN7EXAMPLE {SECRET}"))


def test_an_unknown_principal_is_known_in_every_services_words() -> None:
    for code, message in (
        ("MalformedPolicy", "Invalid principal in policy"),
        ("MalformedPolicyDocument", 'Invalid principal in policy: "AWS":"arn:aws:iam::1:role/x"'),
        ("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."),
    ):
        assert refused(code, message=message).invalid_principal
    assert not refused("MalformedPolicy", message="Missing required field Principal").invalid_principal
