"""The format json: each document in a file named after what it is attached to, the profile, and an index."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wizard.export.files import ExportFile, file_name
from wizard.export.marks import marks_for
from wizard.names import arns
from wizard.plan.sizes import BUCKET, KEY, compact

if TYPE_CHECKING:
    from wizard.export.access_points import AccessPoints
    from wizard.export.handover import Handover
    from wizard.policy.document import Document, Policy

_KINDS = {"trust": "trust", "bucket": "bucket-policy", "key": "key-policy"}


def render(handover: Handover) -> tuple[ExportFile, ...]:
    """Return the documents of the sides that were asked for, the profile, and `documents.json` that lists them."""
    files: list[ExportFile] = []
    index = []
    named = names(handover)
    for document in handover.plan.documents:
        if side_of(handover, document) not in handover.sides:
            continue
        entry = document.to_json()
        if document.policy is not None:
            entry["file"] = named[id(document)]
            files.append(ExportFile(named[id(document)], _text(document.id, document.policy)))
        index.append(entry)
    if handover.plan.profile and "source" in handover.sides:
        files.append(profile(handover))
    text = json.dumps({"documents": index}, indent=2, ensure_ascii=False)
    points = (access_points(handover.points),) if handover.points and "destination" in handover.sides else ()
    return (ExportFile("documents.json", text + "\n"), *files, *points)


def _text(document_id: str, policy: Policy) -> str:
    """Return a policy as its file has it: indented, but where white space, which S3 and KMS count, is too much."""
    text = policy.text() + "\n"
    limit = {"bucket": BUCKET, "key": KEY}.get(document_id, 0)
    return text if not limit or len(text.encode()) <= limit else compact(policy.to_json())


def access_points(points: AccessPoints) -> ExportFile:
    """Return every access point with its policy, one a line: what `aws s3control create-access-point` is given."""
    setup = points.setup
    account, name = marks_for(setup, "account", "name")
    lines = []
    for bucket in setup.buckets:
        entry = {
            "name": name,
            "account_id": setup.destination_account,
            "region": bucket.region,
            "bucket": bucket.name,
            "consumer": account,
            "policy": points.policy(bucket, account, name).to_json(),
        }
        line = compact(entry)
        lines += [
            line.replace(name, points.name(one, bucket)).replace(account, one) for one in setup.source.account_ids
        ]
    return ExportFile("destination/access-points.json", "[\n" + ",\n".join(lines) + "\n]\n")


def profile(handover: Handover) -> ExportFile:
    """Return the profile as a section of the AWS config file; an access key is never in it."""
    from wizard.profiles.edit import section_text
    from wizard.profiles.ini import Kind

    wanted = handover.plan.profile
    if wanted is None:  # pragma: no cover -- asked for only where there is one
        raise ValueError(handover.name)
    return ExportFile("source/profile.ini", section_text(Kind.CONFIG, wanted.name, dict(wanted.settings)))


def side_of(handover: Handover, document: Document) -> str:
    """Return whose document it is: `source`, `destination` or `key-owner`."""
    setup = handover.plan.setup
    if document.id == "source-identity":
        return "source"
    return "destination" if document.account_id == setup.destination_account else "key-owner"


def names(handover: Handover) -> dict[int, str]:
    """Return each needed document's file by the document's identity in the plan; no two files are alike."""
    principals = handover.plan.setup.source.principals
    out: dict[int, str] = {}
    taken: set[str] = set()
    place = 0
    for document in handover.plan.documents:
        what = document.attach_to or ""
        if document.id == "source-identity" and principals:
            what = what or f"{document.account_id}:{principals[place % len(principals)]}"
            place += 1
        if not document.needed:
            continue
        stem = f"{side_of(handover, document)}/{_stem(handover, document, what)}"
        path, number = f"{stem}.json", 1
        while path.lower() in taken:  # some file systems know no upper case
            number += 1
            path = f"{stem}-{number}.json"
        taken.add(path.lower())
        out[id(document)] = path
    return out


def _stem(handover: Handover, document: Document, what: str) -> str:
    arn = arns.parse(what)
    resource = arn.resource if arn else what.partition(":")[2]
    kind = _KINDS.get(document.id, handover.policy_name)
    if document.managed_policy_arn:
        kind = document.managed_policy_arn.rpartition("/")[2]
    return file_name(f"{document.account_id}-{resource}-{kind}")
