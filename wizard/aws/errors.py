"""Everything that botocore raises, turned in one place into an error that a person can act on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wizard.errors import AwsError, BadInputError, WizardError
from wizard.redact import redact
from wizard.text import _, mark
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the services' own spellings.
DENIED = frozenset(
    ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden", "AllAccessDisabled")
)
EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"))
UNKNOWN_KEY = frozenset(
    (
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
    )
)
THROTTLED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
    )
)
MISSING = frozenset(
    (
        "NoSuchEntity",
        "NoSuchEntityException",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
        "NotFoundException",
        "AWSOrganizationsNotInUseException",
        "404",
    )
)
_SERVER = 500
UNREACHABLE = "Unreachable"
NO_CREDENTIALS = "NoCredentials"

_MEND = (
    (
        DENIED,
        mark("Give the caller the permission for {operation}, or use a profile of an administrator of the account."),
    ),
    (
        EXPIRED,
        mark("Sign in again (for IAM Identity Center: `aws sso login --profile {profile}`), and do it again."),
    ),
    (
        UNKNOWN_KEY,
        mark("Correct the access key of the profile {profile}: AWS doesn't know it, or its secret is another."),
    ),
    (THROTTLED, mark("Wait a minute, then do it again: it goes on where it stopped.")),
)
# S3's refusals end with "because public … by the X setting in S3 Block Public Access": no permission helps.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
_BLOCKED = (
    (
        "blockpublicpolicy",
        mark(
            "Confine the statements that make the policy public to fixed values of their principals or conditions, "
            "or take them away: Block Public Access (BlockPublicPolicy) is on and refuses such a policy from everybody."
        ),
    ),
    (
        "restrictpublicbuckets",
        mark(
            "Confine the statements that make the bucket policy public to fixed values of their principals or "
            "conditions: until then Block Public Access (RestrictPublicBuckets) keeps every other account out."
        ),
    ),
)
_NOBODY = mark("A user or role that the policy names doesn't exist: make it first, or correct its name and path.")


class CallError(AwsError):
    """A call that AWS refused or did not answer.

    `code` is AWS's error code (UNREACHABLE, NO_CREDENTIALS where there is none). `maybe_done`: the request may
    have been carried out all the same, so that what is there has to be looked at. `bucket_region`: S3 tells where
    a bucket is also to those whom it refuses.
    """

    bucket_region: str = ""

    def __init__(self, said: str, *, code: str, operation: str, maybe_done: bool, where: str, mend: str) -> None:
        super().__init__(said, where=where, mend=mend)
        self.code = code
        self.operation = operation
        self.maybe_done = maybe_done

    @property
    def denied(self) -> bool:
        """Whether the caller lacks the permission."""
        return self.code in DENIED

    @property
    def missing(self) -> bool:
        """Whether the thing that was asked for isn't there."""
        return self.code in MISSING

    @property
    def invalid_principal(self) -> bool:
        """Whether a policy was refused because a principal that it names isn't known (yet).

        S3: "Invalid principal in policy", IAM the same with the principal behind it, KMS: "Policy contains a
        statement with one or more invalid principals."
        """
        return self.code.startswith("MalformedPolicy") and "invalid principal" in self.what.lower()


@contextmanager
def explained(operation: str, *, where: str, profile: str) -> Iterator[None]:
    """Turn what botocore raises inside into CallError or BadInputError; `where` names the side and account."""
    import botocore.exceptions as raised

    try:
        yield
    except raised.ClientError as error:
        raise _refused(error, operation, where, profile) from None
    except (raised.HTTPClientError, raised.ConnectionError) as error:
        raise CallError(
            _("{operation} got no answer: {why}").format(operation=operation, why=_plain(error)),
            code=UNREACHABLE,
            operation=operation,
            maybe_done=True,
            where=where,
            mend=_("Look at the network, the proxy, and {endpoint}; then do it again.").format(
                endpoint=how(Way.ENDPOINT)
            ),
        ) from None
    except raised.BotoCoreError as error:
        raise _before_the_call(error, operation, where, profile) from None


def _refused(error: Any, operation: str, where: str, profile: str) -> CallError:
    told = error.response.get("Error", {})
    code = str(told.get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    mend = next((text for codes, text in _MEND if code in codes), "")
    message = str(told.get("Message", "")).lower()
    if code in DENIED:
        mend = next((text for setting, text in _BLOCKED if setting in message), mend)
    if "invalid principal" in message:
        mend = _NOBODY
    refused = CallError(
        redact(f"{operation}: {code}: {told.get('Message', '')}".rstrip(": ")),
        code=code,
        operation=operation,
        maybe_done=status >= _SERVER and code not in THROTTLED,
        where=where,
        mend=_(mend).format(operation=operation, profile=profile or "default") if mend else "",
    )
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    refused.bucket_region = str(headers.get("x-amz-bucket-region", ""))
    return refused


def _before_the_call(error: Any, operation: str, where: str, profile: str) -> WizardError:
    """Return the error of a call that never left: settings that are wrong, or credentials that can't be had."""
    import botocore.exceptions as raised

    name = profile or "default"
    if isinstance(error, raised.ProfileNotFound):
        return BadInputError(
            _("There is no profile {profile}.").format(profile=name),
            where=where,
            mend=_("List them with `aws configure list-profiles`."),
        )
    settings = (
        raised.ConfigParseError,
        raised.ConfigNotFound,
        raised.InvalidConfigError,
        raised.NoRegionError,
        raised.UnknownCredentialError,
        raised.ParamValidationError,
        raised.InvalidDNSNameError,
        raised.InvalidRegionError,
        raised.InvalidRetryConfigurationError,
        raised.PartialCredentialsError,
    )
    if isinstance(error, settings):
        return BadInputError(
            _("The profile {profile} can't be used.").format(profile=name), where=where, why=_plain(error)
        )
    sso = (raised.SSOError, raised.TokenRetrievalError, raised.NoAuthTokenError)
    login = _("Sign in: `aws sso login --profile {profile}`.").format(profile=name)
    missing = _("Name a profile with credentials ({how}), or sign in.").format(how=how(Way.PROFILES))
    return CallError(
        _("There are no credentials to call AWS with: {why}").format(why=_plain(error)),
        code=NO_CREDENTIALS,
        operation=operation,
        maybe_done=False,
        where=where,
        mend=login if isinstance(error, sso) else missing,
    )


def _plain(error: Exception) -> str:
    return redact(str(error)).strip()
