"""The write test of a verification: a marked test object, put and deleted, with whatever it leaves cleaned up."""

from __future__ import annotations

from functools import partial
from shlex import quote
from typing import TYPE_CHECKING, Any

from wizard.aws.verify.bucket import make, what
from wizard.aws.verify.plan import On, Probe, granted, probe
from wizard.aws.verify.probe import Left, What
from wizard.errors import WizardError
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from wizard.aws.verify.bucket import Scene
    from wizard.aws.verify.probe import Outcome

_BODY = b"Written by `s3-crossaccount verify --write-test`. It may be deleted.\n"
_MARK = "s3-crossaccount-verify-"
_WRITES = (
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:DeleteObjectTagging",
    "s3:PutObjectAcl",
    "s3:ListMultipartUploadParts",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
)


def test_key(scene: Scene, word: str) -> str:
    """Return the key of a test object: under the prefix, with a name that says whose it is, and a random word."""
    return f"{scene.bucket.prefix}{_MARK}{word}.txt"


def try_writes(scene: Scene, *, consent: bool, word: str) -> None:
    """Try what the setup allows to write, with one test object of a random name; without consent say so."""
    has = granted(scene.setup)
    wanted = [action for action in _WRITES if action in has]
    if not consent:
        for action in wanted:
            scene.prober.skip(
                what(scene, probe(action)), _("It would write: that takes {how}.").format(how=how(Way.WRITE_TEST))
            )
        return
    test = _Test(scene, test_key(scene, word), tuple(has))
    try:
        test.run(wanted)
    finally:
        test.clean_up()


class _Test:
    """One test object, and what of it is there."""

    def __init__(self, scene: Scene, key: str, has: tuple[str, ...]) -> None:
        self._scene = scene
        self._key = key
        self._has = has
        # What may be there: versions and delete markers by id ("" in a bucket without versioning), an upload.
        self._versions: list[str] = []
        self._upload = ""
        self._put = False

    def run(self, wanted: list[str]) -> None:
        """Try the actions in an order in which each finds what it needs."""
        multipart = [one for one in wanted if one in {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}]
        if "s3:PutObject" in wanted:
            if self._removable():
                self._put_object()
            elif "s3:AbortMultipartUpload" in self._has:
                self._begin_upload("s3:PutObject")
            else:
                why = _(
                    "Nobody could take the test object away again: that takes a profile of the destination ({how})."
                ).format(how=how(Way.DESTINATION_PROFILE))
                self._skip("s3:PutObject", why)
        for action in (one for one in wanted if one.endswith(("Tagging", "Acl"))):
            self._on_the_object(action)
        if multipart:
            self._multipart(multipart)
        if "s3:DeleteObject" in wanted:
            self._delete()

    def _removable(self) -> bool:
        return "s3:DeleteObject" in self._has or self._scene.destination is not None

    def _put_object(self) -> None:
        one = Probe("s3:PutObject", On.WRITE, "PutObject", (("Body", _BODY), ("ContentType", "text/plain")))
        self._put = True  # also a call without an answer may have written
        outcome = make(self._scene, one, {"Key": self._key}, self._key)
        self._put = outcome.passed
        if outcome.passed:
            self._versions.append(str(outcome.response.get("VersionId") or ""))

    def _on_the_object(self, action: str) -> None:
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "s3:PutObjectTagging": (
                "PutObjectTagging",
                {"Tagging": {"TagSet": [{"Key": "s3-crossaccount", "Value": "verify"}]}},
            ),
            "s3:DeleteObjectTagging": ("DeleteObjectTagging", {}),
            "s3:PutObjectAcl": ("PutObjectAcl", {"ACL": "bucket-owner-full-control"}),
        }
        if not self._put:
            self._skip(action, _("It needs the test object, which was not written."))
            return
        call, parameters = calls[action]
        one = Probe(action, On.WRITE, call, tuple(parameters.items()), frozenset({"AccessControlListNotSupported"}))
        make(self._scene, one, {"Key": self._key}, self._key)

    def _begin_upload(self, action: str) -> bool:
        """Begin an upload in parts: AWS asks for s3:PutObject, and nothing is in the bucket until it is completed."""
        one = Probe(action, On.WRITE, "CreateMultipartUpload")
        outcome = make(self._scene, one, {"Key": self._key}, self._key)
        self._upload = str(outcome.response["UploadId"]) if outcome.passed else ""
        return bool(self._upload)

    def _multipart(self, wanted: list[str]) -> None:
        why = ""
        if "s3:PutObject" not in self._has:
            why = _("It needs an upload in parts, which the setup does not allow to begin.")
        elif not ("s3:AbortMultipartUpload" in self._has or self._scene.destination):
            why = _(
                "Nobody could end the upload in parts again: that takes a profile of the destination ({how})."
            ).format(how=how(Way.DESTINATION_PROFILE))
        elif not self._upload and not self._begin_upload("s3:PutObject"):
            why = _("It needs an upload in parts, which could not be begun.")
        for action in sorted(wanted, reverse=True):  # ListMultipartUploadParts before the upload is ended
            if why:
                self._skip(action, why)
                continue
            call = "ListParts" if action == "s3:ListMultipartUploadParts" else "AbortMultipartUpload"
            parameters = {"Key": self._key, "UploadId": self._upload}
            outcome = make(self._scene, Probe(action, On.WRITE, call), parameters, self._key)
            if outcome.passed and call == "AbortMultipartUpload":
                self._upload = ""

    def _delete(self) -> None:
        """Delete the test object, or a key that isn't there: both prove s3:DeleteObject."""
        scene = self._scene
        links = scene.links_of(On.BUCKET)
        call = partial(scene.call, scene.caller, "delete_object", Key=self._key)
        outcome = scene.prober.must_pass(What("s3:DeleteObject", "DeleteObject", self._target, links), call)
        if outcome.passed:
            self._deleted(outcome)

    def _deleted(self, outcome: Outcome) -> None:
        """Note what a delete left: a delete marker where the bucket keeps versions, else nothing at all."""
        marker = str(outcome.response.get("VersionId") or "")
        if marker:
            self._versions.append(marker)
        else:
            self._versions = [version for version in self._versions if version]
        self._put = False

    def _skip(self, action: str, why: str) -> None:
        self._scene.prober.skip(what(self._scene, probe(action)), why)

    @property
    def _target(self) -> str:
        return self._scene.target(self._key)

    def clean_up(self) -> None:
        """Take away what the test left; what can't be is told with the command that does it."""
        if self._upload:
            abort = {"Key": self._key, "UploadId": self._upload}
            if not remove(self._scene, "abort_multipart_upload", "s3:AbortMultipartUpload", self._has, abort):
                self._left("abort-multipart-upload", f"--upload-id {self._upload}")
        if self._put or self._versions:
            self._versions += self._untold()
        if self._put and not self._versions:
            self._versions.append("")
        for version in reversed(self._versions):
            self._remove(version)

    def _untold(self) -> list[str]:
        """Return versions and delete markers that no answer told of: a request that was sent again made two."""
        clients = [self._scene.destination] if self._scene.destination else []
        clients += [self._scene.caller] if "s3:ListBucketVersions" in self._has else []
        for one in clients:
            try:
                found = self._scene.call(one, "list_object_versions", Prefix=self._key)
            except WizardError:
                continue  # the next one may be allowed
            there = [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]
            ids = [str(each["VersionId"]) for each in there if each["Key"] == self._key]
            return [each for each in ids if each != "null" and each not in self._versions]
        return []

    def _remove(self, version: str) -> None:
        action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        parameters = {"Key": self._key, **({"VersionId": version} if version else {})}
        if not remove(self._scene, "delete_object", action, self._has, parameters):
            self._left("delete-object", f"--version-id {version}" if version else "")

    def _left(self, command: str, more: str) -> None:
        left(self._scene, self._key, command, more)


def left(scene: Scene, key: str, command: str, more: str) -> None:
    """Keep and tell what could not be taken away, and how the bucket's owner does it."""
    line = f"aws s3api {command} --bucket {scene.bucket.name} --key {quote(key)} {more}".rstrip()
    said = _("{target} is still there: the caller may not remove it. As an administrator of {account}: {command}")
    text = said.format(target=scene.target(key), account=scene.setup.destination_account, command=line)
    scene.left_behind.append(text)
    scene.prober.tell(Left(text))


def remove(scene: Scene, operation: str, action: str, has: tuple[str, ...], parameters: dict[str, Any]) -> bool:
    """Remove one thing of the test as the bucket's owner, else as the caller if it may; say whether it worked."""
    clients = [scene.destination] if scene.destination else []
    clients += [scene.caller] if action in has else []
    for one in clients:
        try:
            scene.call(one, operation, **parameters)
        except WizardError:
            continue  # the next one may be allowed; what stays is told
        return True
    return False
