"""The actions of a statement: do they exist, may they stand in this document, what do they need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.actions import prefixes, service
from wizard.policy.checks.known import operations, reached
from wizard.policy.checks.nearest import distance, nearest, similar
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.node import Node

# What may be granted by which document. A trust policy takes sts only, and of sts only what starts a session.
SERVICES = {
    "bucket": ("s3", "s3express", "s3-object-lambda"),
    "key": ("kms",),
    "trust": ("sts",),
}
TRUST_ACTIONS = (
    "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession",
    "sts:SetSourceIdentity", "sts:SetContext", "sts:AssumeRoot",
)  # fmt: skip
_OWN = ("s3", "sts", "kms", "iam")
_MOST_SHOWN = 8
_SHORT = 8
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9_*?-]+", re.ASCII)
_BARE = re.compile(r"(?:(s3|kms|sts|iam)[.:/_\s-]+)?([A-Za-z]+\*?)", re.IGNORECASE)


def check_actions(case: Case, statement: Statement) -> None:
    """Check each action of a statement by itself."""
    for node in statement.strings("Action", "NotAction"):
        if case.is_sound(node) and node.value.strip() and not case.sheet.full:
            _check(case, node)
    _check_redundant(case, statement)


def _check(case: Case, node: Node) -> None:
    value = node.value
    if value == "*":
        if case.type == "trust":
            _not_here(case, node, "*")
        return
    if not _ACTION.fullmatch(value):
        _malformed(case, node)
        return
    prefix, _colon, name = value.partition(":")
    low = prefix.lower()
    if low not in prefixes():
        _unknown_service(case, node, low, name)
        return
    allowed = SERVICES.get(case.type)
    if allowed and low not in allowed:
        _not_here(case, node, low)
    elif service(low) is None:
        _not_checked(case, node, low)
    elif not reached(value):
        _unknown(case, node, low, name)
    elif (case.type == "trust" and not _reaches_trust(value)) or (case.type == "bucket" and not _reaches_bucket(value)):
        _not_here(case, node, value)
    elif case.type == "key" and not any(action.resources for action in reached(value)):
        message = _("{action} is about no key: in a key policy it has no effect.").format(action=quoted(value))
        case.sheet.about("action-not-in-document", node, message, severity="warning")


def _reaches_trust(value: str) -> bool:
    return any(action.name in TRUST_ACTIONS for action in reached(value))


def _reaches_bucket(value: str) -> bool:
    """Whether an action works on a bucket or its objects, or (of another service than S3 itself) isn't known to not."""
    prefix = value.partition(":")[0].lower()
    return prefix != "s3" or any(action.resources & {"bucket", "object"} for action in reached(value))


def _malformed(case: Case, node: Node) -> None:
    """Say that an action isn't written as service:Action, and what was probably meant."""
    case.give_up(node)
    meant = _meant(case, node.value)
    message = _("{value} is no action: an action is written service:Action, such as s3:GetObject.")
    case.sheet.about("malformed-action", node, message.format(value=quoted(node.value)), suggestion=meant)
    if meant:
        case.sheet.edit_string(node, meant)


def _meant(case: Case, value: str) -> str | None:
    plain = re.sub(r"\s+", "", value).translate(str.maketrans("：＊．", ":*."))
    if _ACTION.fullmatch(plain) and reached(plain):
        return plain
    match = _BARE.fullmatch(value.strip())
    if match is None:
        return None
    own = {"bucket": ("s3",), "key": ("kms",), "trust": ("sts",)}.get(case.type, _OWN)
    for prefix in (match.group(1),) if match.group(1) else own:
        found = reached(f"{prefix.lower()}:{match.group(2)}")
        if found:
            return found[0].name if "*" not in match.group(2) else f"{prefix.lower()}:{match.group(2)}"
    return None


def _unknown_service(case: Case, node: Node, prefix: str, name: str) -> None:
    near = [own for own in _OWN if "*" not in prefix and distance(prefix, own, 1) <= 1 and reached(f"{own}:{name}")]
    if near:
        meant = near[0]
        case.give_up(node)
        message = _("There is no service {prefix}: {meant} is meant.").format(prefix=quoted(prefix), meant=meant)
        case.sheet.about("unknown-service", node, message, suggestion=f"{meant}:{name}")
        case.sheet.edit_string(node, f"{meant}:{name}")
        return
    if SERVICES.get(case.type):
        _not_here(case, node, prefix)
        return
    _not_checked(case, node, prefix)


def _not_checked(case: Case, node: Node, prefix: str) -> None:
    case.unchecked.setdefault(prefix, node)


def check_unchecked(case: Case) -> None:
    """Say once which services' actions aren't known here."""
    if not case.unchecked:
        return
    names = sorted(case.unchecked)
    shown = ", ".join(names[:_MOST_SHOWN]) + (", …" if len(names) > _MOST_SHOWN else "")
    message = _("The actions of these services are not known here, and not checked: {services}.")
    node = min(case.unchecked.values(), key=lambda one: one.start)
    case.sheet.about("not-checked", node, message.format(services=shown))


def _not_here(case: Case, node: Node, what: str) -> None:
    case.give_up(node)
    if case.type == "trust":
        message = _("{what} can't be granted by a trust policy: it says who may assume the role (sts:AssumeRole …).")
    elif case.type == "key":
        message = _("{what} can't be granted by a key policy: only kms actions can.")
    else:
        message = _("{what} can't be granted by a bucket policy: only s3 actions can.")
    case.sheet.about("action-not-in-document", node, message.format(what=quoted(what)))


def _unknown(case: Case, node: Node, prefix: str, name: str) -> None:
    case.give_up(node)
    needed = operations().get(prefix, {}).get(name.lower())
    if needed:
        actions = ", ".join(needed)
        message = _("{name} is an operation of the API or the CLI, no action: it needs {actions}.")
        suggestion = needed[0] if len(needed) == 1 else actions
        text = message.format(name=quoted(name), actions=actions)
        case.sheet.about("api-operation-name", node, text, suggestion=suggestion)
        if len(needed) == 1:
            case.sheet.edit_string(node, needed[0])
        return
    table = service(prefix)
    names = [action.name for action in table.actions.values()] if table else []
    sure = nearest(f"{prefix}:{name}", names) if case.guess() else None
    guess = sure or _begun(f"{prefix}:{name}", names) or (similar(f"{prefix}:{name}", names) if case.guess() else None)
    if "*" in name or "?" in name:
        message = _("No action of {prefix} matches {value}.").format(prefix=prefix, value=quoted(node.value))
    else:
        message = _("{prefix} has no action {name}.").format(prefix=prefix, name=quoted(name))
    case.sheet.about("unknown-action", node, message, suggestion=guess)
    if sure:
        case.sheet.edit_string(node, sure)


def _begun(word: str, names: list[str]) -> str | None:
    """Return the shortest name that begins with the word."""
    low = word.lower()
    return min((name for name in names if len(word) > _SHORT and name.lower().startswith(low)), key=len, default=None)


def _check_redundant(case: Case, statement: Statement) -> None:
    """Find items of a list that stand twice, or that a wildcard of the list covers."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        seen: set[str] = set()
        for node in statement.strings(name):
            value = node.value.lower() if name.endswith("Action") else node.value
            if value in seen and case.is_sound(node):
                message = _("{value} stands in the list already.").format(value=quoted(node.value))
                case.sheet.about("redundant-item", node, message)
            seen.add(value)
