"""What the practice accounts are known to get wrong, in words for the screen."""

from __future__ import annotations

from wizard.text import mark

GAPS = {
    "cross-account-copy": mark("A copy between buckets of two accounts fails with 404, also where AWS allows it."),
    "kms": mark("KMS itself answers only its own account; S3's use of a key is judged across accounts."),
    "missing-object": mark(
        "An object that does not exist is answered with 404 also to who may not list the bucket: AWS answers 403."
    ),
    "mfa": mark("No session ever counts as signed in with MFA."),
    "not-principal": mark("A Deny with NotPrincipal denies nobody."),
    "policy-variables": mark("Variables such as ${aws:username} are not replaced."),
    "session-length": mark("A session may be longer than the role allows."),
}
"""By a short name. Each is a row of the regression matrix in tests/demo, which fails when it is mended."""

LIMITS = (
    mark("A policy may name a principal that does not exist; AWS refuses it as invalid."),
    mark("Access keys work at once, and there may be more than two for a user."),
    mark("The account-wide Block Public Access and IAM Access Analyzer are not there."),
    mark("Calls stay on this machine: they count as TLS, and none comes through a VPC endpoint."),
    mark("The AWS CLI keeps a role's session in ~/.aws/cli/cache; one of an earlier practice is refused."),
)
"""What is missing, or can't be so on one machine."""
