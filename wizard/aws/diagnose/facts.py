"""Causes that are no policy's: a role, bucket or object that isn't there, a region, a key's state."""

from __future__ import annotations

import re
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from wizard.aws.diagnose import credentials, mend
from wizard.aws.diagnose.call import needs_object
from wizard.aws.diagnose.result import DESTINATION, HERE, SOURCE, Cause, Change
from wizard.aws.errors import EXPIRED, NO_CREDENTIALS, UNKNOWN_KEY
from wizard.names import arns
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.diagnose.evidence import Assuming, Evidence
    from wizard.aws.verify.reading import Answer

_REDIRECTS = frozenset(("PermanentRedirect", "TemporaryRedirect", "301", "IllegalLocationConstraintException"))
_NO_OBJECT = frozenset(("NoSuchKey", "404", "NotFound", "NoSuchVersion"))
_KEY_STATE = re.compile(r"KMS\.(?:Disabled|KMSInvalidState|NotFound)Exception")
_EXPECTING = re.compile(r"expecting '(?P<region>[a-z0-9-]+)'")


def switch(evidence: Evidence, hop: Assuming, link: str) -> Iterator[Cause]:
    """Yield why a role can't be had that no policy says."""
    answer = hop.answer
    if hop.role_exists is False:
        said = _("There is no role {role}.").format(role=hop.role_arn)
        changes: tuple[Change, ...] = ()
        commands: tuple[str, ...] = ()
        text = _("Correct role_arn in the profile {profile}, or make the role.").format(profile=hop.profile)
        if hop.likely_role:
            said = f"{said} {_('There is {likely}.').format(likely=hop.likely_role)}"
            before = {"role_arn": hop.role_arn}
            changes, commands = mend.settings(hop.profile, before, {"role_arn": hop.likely_role}, "")
        side = HERE if hop.likely_role else DESTINATION
        yield Cause("role-missing", link, side, _account(hop), said, mend=text, changes=changes, commands=commands)
    if answer is None:
        return
    if answer.code == "RegionDisabledException":
        said = _("AWS STS isn't activated in {region} for {account}.").format(
            region=hop.region, account=hop.who.account_id
        )
        text = _(
            "Activate the region (IAM console, Account settings), or ask STS in another one: region in the profile."
        )
        yield Cause("sts-region-not-enabled", "network", SOURCE, hop.who.account_id, said, mend=text)
    elif "MultiFactorAuthentication failed" in answer.message:
        text = _("Type the code that the device shows now; one is taken once, and for 30 seconds.")
        yield Cause("mfa-missing", link, SOURCE, hop.who.account_id, answer.message, mend=text)
    elif answer.code in EXPIRED | UNKNOWN_KEY | {NO_CREDENTIALS}:
        yield from credentials.start(evidence, answer, hop.profile)


def bucket_and_object(evidence: Evidence) -> Iterator[Cause]:
    """Yield what AWS's answer says, or what was seen, of a bucket, an object, a region or a key's state."""
    answer = evidence.call.answer if evidence.call else None
    code = answer.code if answer else ""
    bucket = evidence.bucket
    if bucket.exists is False or (code == "NoSuchBucket" and not bucket.exists):
        yield _missing_bucket(evidence)
        return
    region = _other_region(evidence, answer)
    if region is not None:
        yield _region(evidence, region)
    if needs_object(evidence.action) and (evidence.thing.exists is False or code in _NO_OBJECT):
        # A listing shows the current versions only: an older one may be there all the same.
        yield replace(_missing_object(evidence), certain=code in _NO_OBJECT or "Version" not in evidence.action)
    if code == "InvalidObjectState":
        said = _("{target} is archived ({storage}).").format(
            target=evidence.target, storage=evidence.thing.storage_class or "GLACIER"
        )
        command = (
            f"aws s3api restore-object --bucket {bucket.name} --key {quote(evidence.thing.key)} "
            "--restore-request Days=7"
        )
        yield Cause(
            "object-archived", "object", DESTINATION, evidence.destination_account, said,
            mend=_("Restore it first; that takes minutes to hours."), commands=(command,),
        )  # fmt: skip
    yield from _key_state(evidence, code)


def _missing_bucket(evidence: Evidence) -> Cause:
    bucket = evidence.bucket
    said = _("There is no bucket {name}.").format(name=bucket.name)
    if not bucket.likely_name:
        text = _(
            "Correct its name: `aws s3 ls` lists those of the caller's own account only, so for another account's ask "
            "its owner. The command answers 404 to a name that no bucket has, and 403 or nothing to one that is there."
        )
        caller = f" --profile {quote(evidence.start.profile)}" if evidence.start.profile else ""
        command = f"aws s3api head-bucket --bucket {quote(bucket.name)}{caller}"
        return Cause("bucket-missing", "bucket", HERE, "", said, mend=text, commands=(command,))
    said = f"{said} {_('There is {likely}.').format(likely=bucket.likely_name)}"
    command = f"s3-crossaccount diagnose {quote(f's3://{bucket.likely_name}/{evidence.thing.key}')}"
    return Cause("bucket-name-typo", "bucket", HERE, "", said, mend=_("Correct its name."), commands=(command,))


def _missing_object(evidence: Evidence) -> Cause:
    said = _("There is no object {target}.").format(target=evidence.target)
    alike = evidence.thing.alike
    if not alike:
        return Cause("object-missing", "object", HERE, "", said, mend=_("Correct its key: case and slashes count."))
    said = f"{said} {_('There is {likely}.').format(likely=alike[0])}"
    command = f"aws s3 cp {quote(f's3://{evidence.bucket.name}/{alike[0]}')} ."
    return Cause("key-name-typo", "object", HERE, "", said, mend=_("Correct its key."), commands=(command,))


def _other_region(evidence: Evidence, answer: Answer | None) -> str | None:
    """Return the bucket's region where the call went to another one; "" where it isn't known; else None."""
    if answer is None:
        return None
    told = _EXPECTING.search(answer.message)
    if answer.code not in _REDIRECTS and not (answer.code == "AuthorizationHeaderMalformed" and told):
        return None
    if told:
        return told["region"]
    return evidence.bucket.region if isinstance(evidence.bucket.region, str) else ""


def _region(evidence: Evidence, region: str) -> Cause:
    begun = evidence.start
    place = begun.region_from or _("AWS's default")
    said = _("The bucket is in {region}, and the call went to {other} (from {place}).").format(
        region=region or _("another region"), other=begun.region or "us-east-1", place=place
    )
    if not region:
        return Cause("wrong-region", "network", HERE, "", said, mend=_("Name the bucket's region: --region."))
    if begun.region_from == "AWS_DEFAULT_REGION":
        commands: tuple[str, ...] = (f"export AWS_DEFAULT_REGION={region}",)
        return Cause("wrong-region", "network", HERE, "", said, mend=_("Set the variable."), commands=commands)
    before, after = {"region": begun.region}, {"region": region}
    changes, commands = mend.settings(begun.profile, before, after, "")
    return Cause("wrong-region", "network", HERE, "", said, commands=commands, changes=changes)


def _key_state(evidence: Evidence, code: str) -> Iterator[Cause]:
    key = evidence.key
    state = key.state if key and isinstance(key.state, str) else ""
    if key is None or not (_KEY_STATE.fullmatch(code) or state not in {"", "Enabled"}):
        return
    said = _("The KMS key {key} is {state}.").format(key=key.arn, state=state or code)
    command = f"aws kms enable-key --key-id {key.arn}"
    if state == "PendingDeletion":
        command = f"aws kms cancel-key-deletion --key-id {key.arn} && {command}"
    yield Cause(
        "kms-key-disabled", "key", evidence.side_of(key.account_id), key.account_id, said,
        mend=_("An administrator of the key enables it."), commands=(command,),
    )  # fmt: skip


def foreign_object(evidence: Evidence) -> Iterator[Cause]:
    """Yield that another account owns the object, so that the bucket policy doesn't reach it."""
    if evidence.thing.owner_is_bucket_owner is not False:
        return
    owner, name = evidence.destination_account, evidence.bucket.name
    said = _("{target} is owned by another account than the bucket: the bucket policy's Allow doesn't reach it.")
    ownership = evidence.bucket.ownership if isinstance(evidence.bucket.ownership, str) else "ObjectWriter"
    before, after = ({"Rules": [{"ObjectOwnership": value}]} for value in (ownership, "BucketOwnerEnforced"))
    command = (
        f"aws s3api put-bucket-ownership-controls --bucket {name} "
        "--ownership-controls Rules=[{ObjectOwnership=BucketOwnerEnforced}]"
    )
    change = Change("ownership", "", f"arn:aws:s3:::{name}", owner, DESTINATION, before, after, command)
    yield Cause(
        "object-of-another-account", "object", DESTINATION, owner, said.format(target=evidence.target),
        mend=_("Turn the ACLs off: with BucketOwnerEnforced every object is the bucket owner's. It ends all ACLs."),
        commands=(command,), changes=(change,),
    )  # fmt: skip


def _account(hop: Assuming) -> str:
    parsed = arns.parse(hop.role_arn)
    return parsed.account_id if parsed else ""
