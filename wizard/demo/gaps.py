"""What the practice accounts are known to get wrong, in words for the screen."""

from __future__ import annotations

from wizard.text import mark

GAPS = {
    "cross-account-copy": mark("A copy between buckets of two accounts fails with 404, also where AWS allows it."),
    "kms": mark("S3 does not ask KMS: an encrypted object can be read without kms:Decrypt."),
    "mfa": mark("No session ever counts as signed in with MFA."),
    "not-principal": mark("A Deny with NotPrincipal denies nobody."),
    "policy-variables": mark("Variables such as ${aws:username} are not replaced."),
    "session-length": mark("A session may be longer than the role allows."),
}
"""By a short name. Each is a row of the regression matrix in tests/demo, which fails when it is mended."""
