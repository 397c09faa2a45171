"""What must not be possible: another prefix, another bucket, actions that were not granted; nothing is destroyed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from wizard.aws.verify.bucket import any_key
from wizard.aws.verify.plan import On, Probe, granted, outside, probe
from wizard.aws.verify.plan import refused as not_granted
from wizard.aws.verify.probe import What
from wizard.aws.verify.write import left, remove, test_key
from wizard.methods import levels
from wizard.state import read_only
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.verify.bucket import Scene
    from wizard.aws.verify.probe import Outcome


def try_refused(scene: Scene, *, word: str) -> None:
    """Try what must be refused; made only after what must be possible was."""
    if scene.bucket.prefix:
        _another_prefix(scene, word)
    _another_bucket(scene)
    _all_buckets(scene)
    for one in not_granted(scene.setup):
        _action(scene, one, word)


def _another_prefix(scene: Scene, word: str) -> None:
    if "s3:ListBucket" in granted(scene.setup):
        other = outside(scene.bucket, word)
        call = partial(scene.call, scene.caller, "list_objects_v2", Prefix=other, MaxKeys=1)
        _expect(scene, probe("s3:ListBucket"), scene.target(other), call)
    if "s3:GetObject" not in granted(scene.setup):
        return
    one = probe("s3:GetObject")
    if scene.destination is None:
        why = _("No object outside of the prefix is known to try: that takes a profile of the destination ({how}).")
        _skip(scene, one, scene.target(), why.format(how=how(Way.DESTINATION_PROFILE)))
        return
    key = any_key(scene, "", without=scene.bucket.prefix)
    if not key:
        _skip(scene, one, scene.target(), _("There is no object outside of the prefix to try."))
        return
    _expect(scene, one, scene.target(key), partial(_get, scene, key))


def _another_bucket(scene: Scene) -> None:
    one = probe("s3:ListBucket")
    if scene.setup.access.level == levels.FULL_ACCESS and scene.setup.method != "bucket-policy":
        _skip(scene, one, "s3://…", _("AmazonS3FullAccess reaches every bucket of its account."))
        return
    other = _other_name(scene)
    if not other:
        why = _("No other bucket of {account} is known: that takes a profile of the destination ({how}).")
        if scene.destination is not None:
            why = _("No other bucket of {account} was found to try.")
        _skip(
            scene, one, "s3://…", why.format(account=scene.setup.destination_account, how=how(Way.DESTINATION_PROFILE))
        )
        return
    call = partial(
        scene.caller.call,
        "s3",
        "list_objects_v2",
        region=scene.bucket.region,
        Bucket=other,
        MaxKeys=1,
        ExpectedBucketOwner=scene.setup.destination_account,
    )
    _expect(scene, one, f"s3://{other}/", call)


def _other_name(scene: Scene) -> str:
    """Return a bucket of the destination in the same region that the setup does not name."""
    own = {bucket.name for bucket in scene.setup.buckets}
    if scene.destination is None:
        return ""
    outcome = scene.prober.once(partial(scene.destination.call, "s3", "list_buckets", region=scene.bucket.region))
    for found in outcome.response.get("Buckets", ()) if outcome.passed else ():
        if found["Name"] not in own and _is_near(scene, found):
            return str(found["Name"])
    return ""


def _is_near(scene: Scene, found: Mapping[str, Any]) -> bool:
    """Whether a bucket is in the same region: in another one the answer would be a redirect."""
    assert scene.destination is not None  # noqa: S101 -- it named the bucket
    told = found.get("BucketRegion")
    if told:
        return bool(told == scene.bucket.region)
    ask = partial(
        scene.destination.call,
        "s3",
        "get_bucket_location",
        region=scene.bucket.region,
        Bucket=found["Name"],
        ExpectedBucketOwner=scene.setup.destination_account,
    )
    outcome = scene.prober.once(ask)
    return outcome.passed and (outcome.response.get("LocationConstraint") or "us-east-1") == scene.bucket.region


def _all_buckets(scene: Scene) -> None:
    """List all buckets: only where the caller is in the destination does it say anything about this setup."""
    setup = scene.setup
    if setup.method == "bucket-policy" or setup.access.list_all_buckets or setup.access.level == levels.FULL_ACCESS:
        return
    one = Probe(levels.LIST_ALL, On.BUCKET, "ListBuckets")
    _expect(scene, one, "s3://", partial(scene.caller.call, "s3", "list_buckets", region=scene.bucket.region))


def _action(scene: Scene, one: Probe, word: str) -> None:
    """Try an action that was not granted; a delete only of a random key, which isn't there."""
    if one.action == "s3:DeleteObject":
        key = test_key(scene, f"no-such-object-{word}")
        if read_only.is_on():
            _skip(scene, one, scene.target(key), _("A read-only run tries no delete."))
            return
        made: list[str] = []
        tried = Probe(one.action, On.BUCKET, "DeleteObject")
        try:
            _expect(scene, tried, scene.target(key), partial(_delete, scene, key, made))
        finally:  # stopped or cut off while it waits for a refusal: what passed before is taken away all the same
            _unmark(scene, key, made)
        return
    if one.on is On.OBJECT:
        key = scene.key or (any_key(scene, scene.bucket.prefix) if scene.destination else "")
        if not key:
            _skip(scene, one, scene.target(), _("No object is known to try."))
            return
        _expect(scene, one, scene.target(key), partial(_get, scene, key))
        return
    from botocore import xform_name

    _expect(scene, one, scene.target(), partial(scene.call, scene.caller, xform_name(one.call)))


def _expect(scene: Scene, one: Probe, target: str, call: Callable[[], Any]) -> Outcome:
    """Make a call that must be refused, and keep what came of it."""
    said = _("This setup doesn't allow it, something else does: another policy of {who}, or of the bucket.")
    whose = {"assume-role": _("the role"), "iam-user": _("the user")}.get(scene.setup.method, _("the caller"))
    tried = What(one.action, one.call, target, absent=one.absent)
    return scene.prober.must_fail(tried, call, otherwise=said.format(who=whose))


def _skip(scene: Scene, one: Probe, target: str, why: str) -> None:
    scene.prober.skip(What(one.action, one.call, target), why, expected="denied")


def _get(scene: Scene, key: str) -> Any:
    response = scene.call(scene.caller, "get_object", Key=key, Range="bytes=0-0")
    response["Body"].close()
    return response


def _delete(scene: Scene, key: str, made: list[str]) -> Any:
    response = scene.call(scene.caller, "delete_object", Key=key)
    if response.get("VersionId"):
        made.append(str(response["VersionId"]))
    return response


def _unmark(scene: Scene, key: str, made: list[str]) -> None:
    """Take away the delete markers that a delete made which should not have passed."""
    for version in made:
        parameters = {"Key": key, "VersionId": version}
        if not remove(scene, "delete_object", "s3:DeleteObjectVersion", granted(scene.setup), parameters):
            left(scene, key, "delete-object", f"--version-id {version}")
