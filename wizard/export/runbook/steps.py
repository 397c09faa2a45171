"""The steps of a runbook: each change with who makes it, where in the AWS console, its commands and its document."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING

from wizard.export.documents import names
from wizard.export.handover import who
from wizard.export.runbook.page import Copyable, Paragraph, Part, Step
from wizard.methods.guards import needs_typed_confirmation
from wizard.names import arns
from wizard.plan import By, Kind
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.export.handover import Handover
    from wizard.plan import Change

# A page stays small enough to be sent by mail (300 KB); the colours of a text cost some bytes for its two quotes.
_DOCUMENT_BYTES, _COLOUR_BYTES = 200_000, 12
_DOCUMENT_IDS = {Kind.ROLE: "trust", Kind.KEY: "key", Kind.BUCKET: "bucket", Kind.GUARDS: "bucket"}


class Steps:
    """Numbers the changes over all sides, and says how each is made. Accounts that do the same share a step."""

    def __init__(self, handover: Handover) -> None:
        self._handover = handover
        self._files = names(handover)
        self._room = _DOCUMENT_BYTES
        shared = {side: list(_shared(handover, side)) for side in handover.sides}
        order = {change.id: place for place, change in enumerate(handover.changes)}
        flat = sorted((change for group in shared.values() for change in group), key=lambda one: order[one.id])
        numbers = {change.id: number for number, change in enumerate(flat, start=1)}
        self._numbered = {side: [(numbers[change.id], change) for change in group] for side, group in shared.items()}

    def numbered(self, side: str) -> list[tuple[int, Change]]:
        """Return a side's changes with their numbers."""
        return self._numbered[side]

    def of(self, side: str) -> Iterator[Step]:
        """Yield a side's steps."""
        for number, change in self._numbered[side]:
            yield Step(number, change.what, self._who(change), tuple(self._how(change)))

    def _who(self, change: Change) -> str:
        shared = change.side == "source" and len(self._handover.accounts("source")) > 1
        return _("by an administrator of each source account") if shared and change.by is By.OTHER_SIDE else who(change)

    def _how(self, change: Change) -> Iterator[Part]:
        if change.by is By.SERVICE:
            return
        yield Paragraph(_("Console: {place}").format(place=_place(change)))
        if change.kind in {Kind.BUCKET, Kind.GUARDS, Kind.KEY}:
            yield Paragraph(
                _(
                    "Add the statements to the policy that is there, in its list Statement; "
                    "replace only those of the same Sid."
                ),
                "note",
            )
        if change.kind is Kind.GUARDS and needs_typed_confirmation(self._handover.plan.setup):
            yield Paragraph(_("Last of all: whoever is not exempt is shut out from then on."), "warning")
        yield from self._document(change)
        command = self._command(change)
        if command:
            yield Copyable(_("Or in a shell"), command, "shell")

    def _document(self, change: Change) -> Iterator[Part]:
        if change.kind in {Kind.USER, Kind.ACCESS_KEY, Kind.ATTACHED} or arns.parse(change.name):
            return
        text = json.dumps(change.then, indent=2, ensure_ascii=False)
        file = self._file(change)
        size = len(text.encode()) + _COLOUR_BYTES * text.count('"')
        if size > self._room:
            yield Paragraph(
                _("The document has {size} bytes: it is in the file {file} of the export json.").format(
                    size=len(text.encode()), file=file
                ),
                "note",
            )
            return
        self._room -= size
        merged = change.kind in {Kind.BUCKET, Kind.GUARDS, Kind.KEY}
        yield Copyable(_("The statements to add") if merged else file.rpartition("/")[2], text, "json")

    def _file(self, change: Change) -> str:
        """Return the file that the export json has for what a change is about."""
        document_id = _DOCUMENT_IDS.get(change.kind, f"{change.side}-identity")
        for document in self._handover.plan.of(document_id):
            about = document.attach_to in {change.target, None} and document.account_id == change.account_id
            if document.needed and about:
                return self._files[id(document)]
        return f"{change.name}.json"

    def _command(self, change: Change) -> str:
        kind, _slash, resource = change.resource.partition("/")
        path, _slash, name = f"/{resource}".rpartition("/")
        file = f"file://{self._file(change).rpartition('/')[2]}"
        key, value = self._handover.tag
        tags = f"--tags=Key={key},Value={value}"
        match change.kind:
            case Kind.ROLE:
                words = [f"--role-name={name}", f"--path={path}/", f"--max-session-duration={change.session_seconds}"]
                return _aws("iam", "create-role", *words, tags, f"--assume-role-policy-document={file}")
            case Kind.USER:
                return _aws("iam", "create-user", f"--user-name={name}", f"--path={path}/", tags)
            case Kind.INLINE:
                words = [f"--{kind}-name={name}", f"--policy-name={change.name}", f"--policy-document={file}"]
                return _aws("iam", f"put-{kind}-policy", *words)
            case Kind.ATTACHED:
                return _aws("iam", f"attach-{kind}-policy", f"--{kind}-name={name}", f"--policy-arn={change.name}")
            case Kind.ACCESS_KEY:
                return f"umask 077; {_aws('iam', 'create-access-key', f'--user-name={name}')} >access-key.json"
            case Kind.MANAGED if not arns.parse(change.name):
                return _aws("iam", "create-policy", f"--policy-name={change.name}", tags, f"--policy-document={file}")
            case Kind.BUCKET | Kind.GUARDS | Kind.KEY:
                side = "key-owner-" + change.account_id if change.side == "other" else change.side
                return f"bash {self._handover.name}-{side}.sh # {_('of the export shell: it merges')}"
        return ""


def _shared(handover: Handover, side: str) -> Iterator[Change]:
    """Yield a side's changes; of the source's accounts, which all do the same, those of the first."""
    first = handover.accounts(side)[:1]
    for change in handover.of(side):
        if side != "source" or change.account_id in first:
            yield change


def _aws(*words: str) -> str:
    return " ".join(("aws", *(quote(word) for word in words)))


def _place(change: Change) -> str:
    """Return where in the AWS console a change is made."""
    kind, _slash, resource = change.resource.partition("/")
    path, _slash, name = f"/{resource}".rpartition("/")
    places = {"role": _("IAM → Roles"), "user": _("IAM → Users")}
    where = places.get(kind, "IAM")
    match change.kind:
        case Kind.ROLE:
            said = _("{where} → Create role → Custom trust policy; its name is {name}.")
            if path:
                said += " " + _("The console can't give it its path ({path}/): make it in a shell.")
            return said.format(where=where, name=name, path=path)
        case Kind.USER:
            return _("{where} → Create user, without console access; its name is {name}.").format(
                where=where, name=name
            )
        case Kind.INLINE:
            said = _("{where} → {name} → Add permissions → Create inline policy → JSON; its name is {policy}.")
            return said.format(where=where, name=name, policy=change.name)
        case Kind.ATTACHED:
            return _("{where} → {name} → Add permissions → Attach policies → {policy}").format(
                where=where, name=name, policy=change.name.rpartition("/")[2]
            )
        case Kind.ACCESS_KEY:
            return _("{where} → {name} → Security credentials → Create access key; hand it over by a safe way.").format(
                where=where, name=name
            )
        case Kind.MANAGED:
            return _("IAM → Policies → {policy}, then attach it to whoever is to have access.").format(
                policy=change.name if arns.parse(change.name) else _("Create policy → JSON")
            )
        case Kind.PERMISSION_SET:
            return _("IAM Identity Center → Permission sets → the set → Permissions → Inline policy → Edit")
        case Kind.KEY:
            return _("KMS → Customer managed keys → {key} → Key policy → Edit").format(key=change.name)
        case _:
            return _("S3 → Buckets → {bucket} → Permissions → Bucket policy → Edit").format(bucket=change.name)
