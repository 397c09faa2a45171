"""The format shell: one bash script a side for the AWS CLI, which shows, asks, merges, and can be undone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from shlex import quote
from typing import TYPE_CHECKING

from wizard.export.files import ExportFile, file_name
from wizard.export.handover import who
from wizard.export.organization import PLACEHOLDER
from wizard.export.templates import filled, template
from wizard.methods.guards import needs_typed_confirmation
from wizard.names import arns
from wizard.plan import Kind
from wizard.plan.merge import GUARDS, WHATS
from wizard.plan.sizes import BUCKET, KEY, TRUST_RAISED, compact
from wizard.setup import sid_prefix
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wizard.export.handover import Handover
    from wizard.plan import Change

_LIMITS = {"BUCKET_LIMIT": BUCKET, "KEY_LIMIT": KEY, "TRUST_LIMIT": TRUST_RAISED}


def render(handover: Handover) -> tuple[ExportFile, ...]:
    """Return a script for each side that has something to do."""
    out = []
    for side, accounts, changes in handover.parts():
        stem = f"{handover.name}-{side}" + (f"-{accounts[0]}" if side == "key-owner" else "")
        name = f"{file_name(stem)}.sh"
        out.append(ExportFile(name, _script(handover, name, accounts, changes), executable=True))
    return tuple(out)


@dataclass
class _Body:
    """A script's parts while they are gathered: documents by their variable, steps, and the functions they need."""

    documents: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    functions: dict[str, None] = field(default_factory=dict)

    def document(self, text: str) -> str:
        """Return the variable, quoted, that holds a text; equal texts share one."""
        name = next((name for name, known in self.documents.items() if known == text), "")
        name = name or f"document_{len(self.documents) + 1}"
        self.documents[name] = text
        return f'"${name}"'

    def step(self, function: str, *words: str, needs: Sequence[str] = ()) -> None:
        """Add a step; its words are quoted already where they have to be."""
        self.functions |= dict.fromkeys((*needs, function))
        self.steps.append(" ".join((function, *words)))


def _script(handover: Handover, name: str, accounts: Sequence[str], changes: Sequence[Change]) -> str:
    body = _Body()
    asks = any(PLACEHOLDER in compact(change.then) for change in changes)
    if asks:
        body.step("organization")
    for change in changes:
        _add(handover, body, change)
    key, value = handover.tag
    tags = json.dumps([{"Key": key, "Value": value}], separators=(",", ":"))
    settings = [
        f"setup={quote(handover.name)}",
        f"accounts=({' '.join(accounts)})",
        f"tag_key={quote(key)}",
        f"tags={quote(tags)}",
        f"grants={quote(_sids(handover, (what for what in WHATS if what not in GUARDS)))}",
        f"guards={quote(_sids(handover, GUARDS))}",
    ]
    used = " ".join(body.steps) + "".join(_library()[function] for function in body.functions)
    return filled(
        template("shell/script.sh"),
        {
            "TITLE": _("Cross-account S3 access {name}: what has to be done in {accounts}.").format(
                name=handover.name, accounts=_accounts(accounts)
            ),
            "FILE": name,
            "OPTION": " | --organization" if asks else "",
            "USE": " --organization ID" if asks else "",
            "SID": sid_prefix(handover.name),
            "SETTINGS": "\n".join(line for line in settings if _is_used(line, used)),
            "FUNCTIONS": "\n\n".join(filled(_library()[one], _LIMITS) for one in body.functions),
            "DOCUMENTS": "\n".join(f"{name}={quote(text)}" for name, text in body.documents.items()),
            "APPLY": "\n".join(f"  {step}" for step in body.steps),
            "UNDO": "\n".join(f"  {step}" for step in reversed(body.steps)),
        },
    )


def _is_used(setting: str, used: str) -> bool:
    name = setting.partition("=")[0]
    return name in {"setup", "accounts", "tag_key"} or f"${name}" in used


def _accounts(accounts: Sequence[str]) -> str:
    first = ", ".join(accounts[:3])
    rest = len(accounts) - 3
    return first if rest <= 0 else _("{accounts} and {count} more accounts").format(accounts=first, count=rest)


def _sids(handover: Handover, whats: Iterable[str]) -> str:
    """Return the pattern of the Sids that are this setup's, as `wizard.plan.merge` knows them, for jq."""
    return rf"\A{sid_prefix(handover.name)}(?:{'|'.join(whats)})(?:Sso)?(?:[2-9]|[1-9][0-9]+)?\z"


def _add(handover: Handover, body: _Body, change: Change) -> None:
    kind, _slash, resource = change.resource.partition("/")
    path, _slash, name = f"/{resource}".rpartition("/")
    path += "/"
    match change.kind:
        case Kind.ROLE:
            trust = body.document(_text(change.then))
            body.step("role", quote(name), quote(path), str(change.session_seconds), trust, '"$grants"')
        case Kind.USER:
            body.step("user", quote(name), quote(path))
        case Kind.INLINE | Kind.ATTACHED if change.by.value == "other-side":
            if change.side == "source":
                body.step("exists", kind, quote(name), quote(path))
            if change.kind is Kind.INLINE:
                body.step("inline", kind, quote(name), quote(change.name), body.document(_text(change.then)))
            else:
                body.step("attached", kind, quote(name), quote(change.name))
        case Kind.ACCESS_KEY:
            body.step("access_key", quote(name))
        case Kind.MANAGED if not arns.parse(change.name):
            partition = handover.plan.setup.partition
            body.step("managed_policy", quote(change.name), partition, body.document(_text(change.then)))
        case Kind.KEY:
            statements = body.document(_text(change.then["Statement"]))
            body.step("key_policy", quote(change.target), change.region, statements, '"$grants"')
        case Kind.BUCKET | Kind.GUARDS:
            _bucket(handover, body, change)
        case _:
            _by_hand(body, change)


def _bucket(handover: Handover, body: _Body, change: Change) -> None:
    guards = change.kind is Kind.GUARDS
    if guards and needs_typed_confirmation(handover.plan.setup):
        body.step("lockout", quote(change.name))
    said = _("Set the guards of {bucket} (bucket policy).") if guards else _("Let the callers into {bucket}.")
    title = said.format(bucket=change.name)
    statements = body.document(_text(change.then["Statement"]))
    words = (change.kind.value, quote(title), quote(change.name), change.region, statements)
    body.step("bucket_policy", *words, '"$guards"' if guards else '"$grants"')


def _by_hand(body: _Body, change: Change) -> None:
    text = change.name if arns.parse(change.name) else _text(change.then)
    body.step("by_hand", quote(who(change)), quote(change.what), body.document(text))


def _text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _library() -> Mapping[str, str]:
    """Return the step functions by name: each begins with a line `#:: NAME`."""
    return _sections(template("shell/steps.sh"))


@cache
def _sections(text: str) -> Mapping[str, str]:
    sections = text.split("#:: ")[1:]
    return {name: text.strip() for name, _end, text in (section.partition("\n") for section in sections)}
