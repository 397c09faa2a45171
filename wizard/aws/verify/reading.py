"""Reads AWS's refusals: which links of the access path may have stopped a call, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.aws.errors import DENIED, UNKNOWN_KEY
from wizard.text import _

if TYPE_CHECKING:
    from wizard.setup import Setup

# A key that was just made is not known everywhere at once: only these are worth waiting for.
NEW_KEY = frozenset({"InvalidAccessKeyId", "InvalidClientTokenId"})

# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_EXPLICIT = re.compile(
    r"with an explicit deny in (?:an?|the) (?P<kind>[\w -]+? polic(?:y|ies)|permissions boundary)", re.IGNORECASE
)
_NO_ALLOW = re.compile(r"because no (?P<kind>[\w -]+? polic(?:y|ies)|permissions boundary) allows?", re.IGNORECASE)
_KMS = re.compile(r"\bkms:|ciphertext|\bKMS\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """An error of AWS: its code and message, secrets masked."""

    code: str
    message: str

    @property
    def said(self) -> str:
        """AWS's own words."""
        return f"{self.code}: {self.message}" if self.message else self.code


@dataclass(frozen=True, slots=True)
class Reading:
    """What we make of a refusal: `blamed` are the links that may have stopped the call."""

    blamed: tuple[str, ...]
    text: str


def of_refusal(setup: Setup, action: str, answer: Answer, links: tuple[str, ...]) -> Reading:
    """Read the refusal of a call that passes `links`.

    AWS's message is evidence and not the verdict: across accounts it names no policy, and can blame the
    resource's where the identity's lacks the allow. Only an explicit Deny is taken at its word.
    """
    if answer.code == "NoSuchBucket":
        return Reading(_among(links, "bucket") or links[-1:], _("There is no such bucket."))
    if answer.code in {
        "PermanentRedirect",
        "301",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    }:
        said = _("The bucket is not in {region}: correct the answer bucket.region.")
        return Reading(_among(links, "bucket") or links[-1:], said.format(region=setup.bucket.region))
    if answer.code in UNKNOWN_KEY | NEW_KEY:
        return Reading(
            ("access-key",), _("AWS doesn't know this access key: or not its secret: it was deleted, or is still new.")
        )
    if answer.code == "MethodNotAllowed":
        return Reading(
            _among(links, "bucket"), _("AWS lets only identities of the bucket's own account make this call.")
        )
    if answer.code == "ValidationError" and "DurationSeconds" in answer.message:
        said = _("The role's maximum session duration is shorter than role.session_seconds, or the caller is a role.")
        return Reading(_among(links, "trust"), said)
    if answer.code not in DENIED and not answer.code.startswith("KMS."):
        return Reading((), _("That is no refusal of access: AWS could not carry out the call."))
    if "key" in links and (_KMS.search(answer.message) or answer.code.startswith("KMS.")):
        return _key(_NO_ALLOW.search(answer.message), links)
    explicit = _EXPLICIT.search(answer.message)
    if explicit:
        return _explicit(explicit["kind"].lower(), links)
    return _missing(action, _NO_ALLOW.search(answer.message), links)


def kind_named(message: str) -> tuple[str, bool]:
    """Return the kind of policy that AWS's message names (lower case, "" for none), and whether it denies there."""
    explicit = _EXPLICIT.search(message)
    found = explicit or _NO_ALLOW.search(message)
    return (found["kind"].lower() if found else "", explicit is not None)


def _key(hint: re.Match[str] | None, links: tuple[str, ...]) -> Reading:
    identity = _among(links, "source-identity", "destination-identity")
    if hint and hint["kind"].lower().startswith("identity") and identity:
        return Reading(identity, _("The KMS key is not allowed in the caller's IAM policy."))
    said = _("The KMS key refuses: its key policy and the caller's IAM policy must allow it, and it must be enabled.")
    return Reading((*identity, "key"), said)


def _explicit(kind: str, links: tuple[str, ...]) -> Reading:
    said = _("An explicit Deny, in AWS's words in: {kind}.").format(kind=kind)
    if kind.startswith("identity"):
        return Reading(_among(links, "source-identity", "destination-identity"), said)
    if kind.startswith("resource-based"):
        return Reading(_among(links, "guards") or _among(links, "bucket", "trust"), said)
    return Reading((), " ".join((said, _("That layer is not of this setup: its administrator can change it."))))


def _missing(action: str, hint: re.Match[str] | None, links: tuple[str, ...]) -> Reading:
    blamed = tuple(link for link in links if link not in {"access-key", "caller"})
    said = [_("AWS named no policy.")]
    if hint:
        said = [_("AWS found no allow in: {kind}; it may be another one.").format(kind=hint["kind"])]
        if len(blamed) > 1 and hint["kind"].lower().startswith("identity"):
            # This side is judged by the caller's own account, which tells the truth about itself.
            blamed = _among(blamed, "source-identity", "destination-identity") or blamed
    if len(blamed) == 1:
        said.append(_("{action} is not allowed there yet, or not in force yet.").format(action=action))
    else:
        said.append(
            _("One of these does not allow {action} yet: {links}.").format(action=action, links=", ".join(blamed))
        )
    return Reading(blamed, " ".join(said))


def _among(links: tuple[str, ...], *wanted: str) -> tuple[str, ...]:
    return tuple(link for link in links if link in wanted)
