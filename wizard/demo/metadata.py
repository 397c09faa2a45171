"""The credentials that AWS hands to a machine: this one counts as an EC2 instance and as an ECS container.

So a profile with `credential_source = Ec2InstanceMetadata` or `EcsContainer` works in the practice accounts.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "/_practice/"
"""No bucket can have this name, so that the pages hide none."""

INSTANCE_ROLE = "app-ec2"
CONTAINER_ROLE = "etl"
_ROLES = PREFIX + "imds/latest/meta-data/iam/security-credentials/"


def environment(endpoint_url: str) -> dict[str, str]:
    """Return the variables by which an SDK asks here instead of 169.254.169.254."""
    return {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{endpoint_url}{PREFIX}imds/",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoint_url}{PREFIX}container",
    }


def answer(path: str, sessions: Mapping[str, Mapping[str, str]]) -> tuple[int, str]:
    """Return the status and the text of a page; `sessions` holds each role's credentials as STS names them."""
    if path == PREFIX + "imds/latest/api/token":
        return 200, "practice"
    if path == _ROLES:
        return 200, INSTANCE_ROLE
    if path == _ROLES + INSTANCE_ROLE:
        return 200, json.dumps({"Code": "Success", "Type": "AWS-HMAC", **sessions[INSTANCE_ROLE]})
    if path == PREFIX + "container":
        return 200, json.dumps(sessions[CONTAINER_ROLE])
    return 404, ""
