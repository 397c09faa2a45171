"""The calls of a verification on one bucket: what must be possible, each with the cheapest call that proves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from wizard.aws.verify.plan import On, Probe, allowed
from wizard.aws.verify.probe import What
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wizard.aws.clients import Clients
    from wizard.aws.verify.probe import Outcome, Prober
    from wizard.setup import Bucket, Setup

# An archived object answers with 403 InvalidObjectState until it was restored.
_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_NOT_FREE = frozenset({"INTELLIGENT_TIERING"})


@dataclass(slots=True)
class Scene:
    """One bucket while it is tried: who calls, and which object of it is known by now.

    `links` are those of the access path's last hop. `destination` calls for the bucket's owner, if it may.
    """

    setup: Setup
    bucket: Bucket
    caller: Clients
    destination: Clients | None
    prober: Prober
    links: tuple[str, ...]
    key: str = ""
    version: str = ""
    why_no_key: str = ""
    test_version: str = ""
    left_behind: list[str] = field(default_factory=list)

    def call(self, clients: Clients, operation: str, /, **parameters: Any) -> Any:
        """Make an S3 call on the bucket, which must be the destination account's."""
        return clients.call(
            "s3",
            operation,
            region=self.bucket.region,
            Bucket=self.bucket.name,
            ExpectedBucketOwner=self.setup.destination_account,
            **parameters,
        )

    def target(self, key: str = "") -> str:
        """Return the bucket or an object of it as the AWS CLI writes it."""
        return f"s3://{self.bucket.name}/{key}"

    def links_of(self, on: On) -> tuple[str, ...]:
        """Return the links that a call passes: only what reads or writes objects uses the KMS key."""
        uses_key = on in {On.OBJECT, On.VERSION, On.WRITE}
        return tuple(link for link in self.links if link != "key" or uses_key)


def try_allowed(scene: Scene) -> None:
    """Try every action that the setup allows and that changes nothing."""
    for probe in allowed(scene.setup):
        if probe.on is On.NOTHING:
            scene.prober.skip(what(scene, probe, ()), _("No call proves it without changing something."))
        elif probe.on is not On.WRITE:
            _try(scene, probe)


def _try(scene: Scene, probe: Probe) -> None:
    if probe.on in {On.OBJECT, On.VERSION} and not scene.key:
        _look_for_an_object(scene)
    parameters, key, why = _parameters(scene, probe)
    if why:
        scene.prober.skip(what(scene, probe, () if probe.on is On.VERSION else scene.links_of(probe.on)), why)
        return
    outcome = make(scene, probe, parameters, key)
    if outcome.passed:
        _learn(scene, probe, outcome.response)


def make(scene: Scene, probe: Probe, parameters: Mapping[str, Any], key: str) -> Outcome:
    """Make a call that must pass, on a key or the bucket, and keep what came of it."""
    call = partial(_called, scene, probe, parameters)
    return scene.prober.must_pass(what(scene, probe, scene.links_of(probe.on), key), call)


def what(scene: Scene, probe: Probe, links: tuple[str, ...] = (), key: str = "") -> What:
    """Return what a probe tries, on a key or the bucket itself."""
    return What(probe.action, probe.call, scene.target(key), links, probe.absent)


def _called(scene: Scene, probe: Probe, parameters: Mapping[str, Any]) -> Any:
    from botocore import xform_name

    response = scene.call(scene.caller, xform_name(probe.call), **dict(probe.parameters), **parameters)
    body = response.get("Body")
    if body is not None and hasattr(body, "close"):
        body.close()  # authorized is all that it had to be
    return response


def _parameters(scene: Scene, probe: Probe) -> tuple[dict[str, Any], str, str]:
    """Return the call's parameters, the key that it is about, or why it can't be made."""
    match probe.on:
        case On.LISTING:
            return ({"Prefix": scene.bucket.prefix} if scene.bucket.prefix else {}), scene.bucket.prefix, ""
        case On.OBJECT:
            return {"Key": scene.key}, scene.key, "" if scene.key else scene.why_no_key
        case On.VERSION if scene.key and not scene.version:
            return {}, scene.key, _("No version of an object is known: the bucket keeps none, or nothing tells it.")
        case On.VERSION:
            why = "" if scene.key else scene.why_no_key
            return {"Key": scene.key, "VersionId": scene.version}, scene.key, why
        case _:
            return {}, "", ""


def _learn(scene: Scene, probe: Probe, response: Mapping[str, Any]) -> None:
    """Take an object to read out of a listing, and its version out of a reading."""
    if probe.call == "ListObjectsV2":
        found = _readable(response.get("Contents", ()))
        scene.key = scene.key or found
        if not found:
            scene.why_no_key = _("The listing of {place} shows no object that could be read.").format(
                place=scene.target(scene.bucket.prefix)
            )
    elif probe.call == "ListObjectVersions" and not scene.key:
        versions = response.get("Versions", ())
        scene.key = _readable(one for one in versions if one.get("IsLatest"))
    if probe.on is On.OBJECT and not scene.version:
        version = str(response.get("VersionId") or "")
        scene.version = "" if version == "null" else version


def _readable(contents: Iterable[Mapping[str, Any]]) -> str:
    """Return the key of an object that can be read at once: the smallest that has a byte, no folder's mark."""
    known = [one for one in contents if not one["Key"].endswith("/") and one.get("StorageClass") not in _ARCHIVED]
    known.sort(key=lambda one: (one.get("Size", 0) == 0, one.get("StorageClass") in _NOT_FREE, one.get("Size", 0)))
    return str(known[0]["Key"]) if known else ""


def _look_for_an_object(scene: Scene) -> None:
    """Ask the destination for an object, where the caller isn't allowed to list, or saw none."""
    if scene.why_no_key:
        return
    if scene.destination is None:
        scene.why_no_key = _(
            "No object is known to read: the listing was not allowed. "
            "A profile of the destination looks for one ({how})."
        ).format(how=how(Way.DESTINATION_PROFILE))
        return
    scene.key = any_key(scene, scene.bucket.prefix)
    if not scene.key:
        scene.why_no_key = _("There is no object under {place} that could be read.").format(
            place=scene.target(scene.bucket.prefix)
        )


def any_key(scene: Scene, prefix: str, *, without: str = "") -> str:
    """Return an object under a prefix as the destination sees it, and not under another; nothing if it can't."""
    assert scene.destination is not None  # noqa: S101 -- asked by whoever has one
    look = partial(scene.call, scene.destination, "list_objects_v2", Prefix=prefix, MaxKeys=1000)
    outcome = scene.prober.once(look)
    if not outcome.passed:
        return ""
    contents = outcome.response.get("Contents", ())
    return _readable(one for one in contents if not (without and one["Key"].startswith(without)))
