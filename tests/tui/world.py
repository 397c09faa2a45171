"""The practice accounts as a test compares them: all of IAM, S3 and KMS that an apply could change, and the objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.aws.apply_world import accounts

if TYPE_CHECKING:
    from collections.abc import Callable


def world(clients: Callable[[str, str], Any]) -> dict[str, Any]:
    """Return roles and users with all of their policies and keys, the policies of buckets and key, and all objects."""
    out = accounts(clients)
    for profile in ("source-admin", "destination-admin"):
        s3 = clients(profile, "s3")
        for bucket in s3.list_buckets()["Buckets"]:
            listed = s3.list_object_versions(Bucket=bucket["Name"])
            kept = [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())]
            out[f"objects of {bucket['Name']}"] = sorted((one["Key"], one["VersionId"]) for one in kept)
    return out
