"""The elements of a document and of its statements: which must be there, which may not, of which type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.case import Statement, operator
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.node import NAMES
from wizard.policy.checks.sheet import quoted
from wizard.policy.checks.vocabulary import ELEMENTS, PRINCIPALS, STATEMENT, TOP
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.node import Member, Node
    from wizard.policy.checks.sheet import Sheet

VERSIONS = ("2012-10-17", "2008-10-17")
_EXCLUDING = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
_PLURALS = {f"{name}s": name for name in (*STATEMENT, *TOP)}
_EFFECTS = {"permit": "Allow", "grant": "Allow", "true": "Allow", "forbid": "Deny", "reject": "Deny", "block": "Deny"}
_LATIN = "\xff"
_SID = re.compile(r"[A-Za-z0-9]*")


def name_of(key: str, names: tuple[str, ...]) -> str | None:
    """Return the element that a key means: itself, or what it is a misspelling of; None for neither."""
    if key in names:
        return key
    plural = _PLURALS.get(key[:1].upper() + key[1:])
    if plural in names:
        return plural
    return nearest(key.strip(), names)


def document_elements(sheet: Sheet, root: Node) -> dict[str, Member]:
    """Check the document's own keys; return its elements by their right names."""
    found: dict[str, Member] = {}
    exact = {member.key for member in root.members}
    for member in root.members:
        if sheet.full:
            break
        name = name_of(member.key, TOP)
        if name is None or (name != member.key and name in exact):
            _unknown(sheet, member, in_statement=False)
            continue
        if name != member.key:
            _misspelt(sheet, member, name)
        found[name] = member
    return found


def _misspelt(sheet: Sheet, member: Member, name: str) -> None:
    message = _("{key} is no element: {name} is meant.").format(key=quoted(member.key), name=name)
    sheet.about_key("misspelt-element", member, message, suggestion=name)
    sheet.edit(member.start, member.end, f'"{name}"')


def _unknown(sheet: Sheet, member: Member, *, in_statement: bool) -> None:
    key = quoted(member.key)
    if in_statement and member.key in TOP:
        message = _("{key} belongs into the document, not into a statement.").format(key=key)
    elif not in_statement and member.key in STATEMENT:
        message = _("{key} belongs into a statement, not into the document.").format(key=key)
    elif in_statement and operator(member.key) is not None:
        message = _("{key} is a condition operator: it belongs into Condition.").format(key=key)
    elif in_statement and member.key in PRINCIPALS:
        message = _("{key} is a type of principal: it belongs into Principal.").format(key=key)
    else:
        message = _("Policies have no element {key}; AWS refuses it.").format(key=key)
    sheet.about_key("unknown-element", member, message)


def read_statement(sheet: Sheet, node: Node, *, partial: bool) -> Statement:
    """Read a statement's elements by their right names, and say which have wrong ones."""
    statement = Statement(node, partial or not node.whole)
    exact = {member.key for member in node.members}
    for member in node.members:
        if sheet.full:
            break
        name = name_of(member.key, STATEMENT)
        if name is None or (name != member.key and name in exact):
            _unknown(sheet, member, in_statement=True)
            continue
        if name != member.key:
            _misspelt(sheet, member, name)
        statement.elements[name] = member
    effect = statement.value("Effect")
    if effect is not None and effect.kind == "string":
        value = effect.value
        if value not in ("Allow", "Deny"):
            value = nearest(value.strip(), ("Allow", "Deny")) or _EFFECTS.get(value.strip().lower(), "")
        statement.effect = "Allow" if value == "Allow" else "Deny" if value == "Deny" else ""
    return statement


def check_document(case: Case, elements: dict[str, Member]) -> None:
    """Check Version, Id and Statement of a whole document."""
    sheet, root = case.sheet, case.root
    version, identifier, statement = (elements.get(name) for name in ("Version", "Id", "Statement"))
    if version is not None and _is_string(case, version):
        _check_version(case, version.node)
    elif version is None and root.whole:
        message = _("Version is missing: AWS takes 2008-10-17, which has no policy variables.")
        sheet.about("missing-version", root, message, suggestion='"Version": "2012-10-17"')
    if identifier is not None:
        _is_string(case, identifier)
    if statement is not None:
        _check_statements(case, statement.node)
    elif root.whole:
        sheet.about("missing-statement", root, _("Statement is missing: a policy is made of statements."))


def _check_statements(case: Case, node: Node) -> None:
    if node.kind == "array" and not node.items and node.whole:
        case.sheet.about("empty-list", node, _("Statement is empty: AWS takes no policy without a statement."))
    elif node.kind not in ("array", "object", "cut"):
        _wrong_type(case, node, _("Statement is an object, or a list of objects"))
    for item in node.items:
        if item.kind not in ("object", "cut"):
            _wrong_type(case, item, _("A statement is an object"))


def _check_version(case: Case, node: Node) -> None:
    if node.value in VERSIONS:
        return
    meant = nearest(node.value.strip(), VERSIONS) or VERSIONS[0]
    message = _("{value} is no version of the policy language: it is 2012-10-17 (or the old 2008-10-17).")
    case.sheet.about("unknown-version", node, message.format(value=quoted(node.value)), suggestion=meant)
    case.sheet.edit_string(node, meant)


def check_statement(case: Case, statement: Statement) -> None:
    """Check that a statement has what it needs, and nothing that it can't have."""
    for left, right in _EXCLUDING:
        both = statement.elements.get(left), statement.elements.get(right)
        if both[0] and both[1]:
            second = max(both[0], both[1], key=lambda member: member.start)
            message = _("{left} and {right} exclude each other: keep one.").format(left=left, right=right)
            case.sheet.about_key("excluding-elements", second, message)
    if not statement.partial:
        _check_missing(case, statement)
    _check_effect(case, statement)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        member = statement.elements.get(name)
        if member is not None:
            _check_strings(case, member, name)
    _check_principal_shape(case, statement)
    _check_sid(case, statement)
    _check_place(case, statement)


def _check_missing(case: Case, statement: Statement) -> None:
    has = statement.elements
    node = statement.node
    if "Effect" not in has:
        case.sheet.about("missing-effect", node, _("Effect is missing: Allow or Deny."))
    if "Action" not in has and "NotAction" not in has:
        case.sheet.about("missing-action", node, _("Action is missing."))
    needs_resource = case.type not in ("trust", "resource")
    if needs_resource and "Resource" not in has and "NotResource" not in has:
        case.sheet.about("missing-resource", node, _("Resource is missing."))
    if not case.attached and "Principal" not in has and "NotPrincipal" not in has:
        message = _("Principal is missing: the policy of a bucket, key or role says whom it is about.")
        case.sheet.about("missing-principal", node, message)


def _check_effect(case: Case, statement: Statement) -> None:
    member = statement.elements.get("Effect")
    if member is None or not _is_string(case, member) or member.node.value in ("Allow", "Deny"):
        return
    message = _("Effect is Allow or Deny (case-sensitive), not {value}.").format(value=quoted(member.node.value))
    case.sheet.about("bad-effect", member.node, message, suggestion=statement.effect or None)
    if statement.effect:
        case.sheet.edit_string(member.node, statement.effect)
    else:
        case.sheet.certain = False


def _check_place(case: Case, statement: Statement) -> None:
    for name in ("Principal", "NotPrincipal"):
        member = statement.elements.get(name)
        if member is not None and case.attached:
            message = _("{name} doesn't belong here: the policy is about whoever it is attached to.")
            case.sheet.about_key("principal-not-allowed", member, message.format(name=name))
    for name in ("Resource", "NotResource"):
        member = statement.elements.get(name)
        if member is not None and case.type == "trust":
            message = _("{name} doesn't belong into a trust policy: the role itself is the resource.")
            case.sheet.about_key("resource-in-trust", member, message.format(name=name))


def _check_principal_shape(case: Case, statement: Statement) -> None:
    for name in ("Principal", "NotPrincipal"):
        node = statement.value(name)
        if node is None or node.kind == "cut" or case.attached:
            continue
        if node.kind == "object":
            if not node.members and node.whole:
                case.sheet.about("empty-list", node, _("{name} names nobody.").format(name=name))
            for member in node.members:
                if member.node.kind != "number":
                    _check_strings(case, member, member.key)
        elif node.kind == "string" and node.value != "*":
            if case.is_sound(node):
                message = _('{name} is "*" or an object, such as {{"AWS": …}}.').format(name=name)
                case.sheet.about("wrong-type", node, message, suggestion=f'{{"AWS": {quoted(node.value)}}}')
                case.sheet.edit(node.start, node.start, '{"AWS": ')
                case.sheet.edit(node.end, node.end, "}")
        elif node.kind != "string":
            _wrong_type(case, node, _('{name} is "*" or an object, such as {{"AWS": …}}').format(name=name))


def _check_strings(case: Case, member: Member, name: str) -> None:
    """Check that a value is a string or a list of strings, and not empty."""
    node = member.node
    if node.kind not in ("string", "array", "cut"):
        _wrong_type(case, node, _("{name} is a string, or a list of strings").format(name=name))
    elif node.kind == "array" and not node.items and node.whole:
        case.sheet.about("empty-list", node, _("{name} is empty.").format(name=name))
    elif node.kind == "string" and not node.value.strip():
        case.sheet.about("empty-list", node, _("{name} is empty.").format(name=name))
        case.give_up(node)
    for item in node.items:
        if item.kind not in ("string", "number", "cut") or (item.kind == "number" and name in ELEMENTS):
            _wrong_type(case, item, _("{name} holds strings").format(name=name))
        elif item.kind == "string" and not item.value.strip():
            case.sheet.about("empty-list", item, _("An empty string in {name}.").format(name=name))
            case.give_up(item)


def _check_sid(case: Case, statement: Statement) -> None:
    member = statement.elements.get("Sid")
    if member is None or not _is_string(case, member) or not case.is_iam:
        return
    if not _SID.fullmatch(member.node.value):
        plain = re.sub(r"[^A-Za-z0-9]", "", member.node.value)
        message = _("A Sid has only letters and digits (A-Z, a-z, 0-9) in IAM.")
        case.sheet.about("sid-characters", member.node, message, suggestion=plain or None)
        case.sheet.edit_string(member.node, plain)
        case.give_up(member.node)


def check_sids(case: Case) -> None:
    """Find Sids that stand twice."""
    seen: dict[str, Node] = {}
    for statement in case.statements:
        node = statement.value("Sid")
        if node is None or node.kind != "string" or not node.value:
            continue
        if node.value in seen:
            line, _column = case.sheet.place(seen[node.value].start)
            message = _("The Sid {sid} stands here again (first on line {line}).")
            text = message.format(sid=quoted(node.value), line=line)
            case.sheet.about("duplicate-sid", node, text, severity="error" if case.is_iam else "warning")
        seen.setdefault(node.value, node)


def check_characters(case: Case) -> None:
    """Find characters that IAM refuses anywhere in a policy (above U+00FF)."""
    if not case.is_iam or case.sheet.text.isascii():
        return
    stack = [case.root]
    while stack:
        node = stack.pop()
        stack += [*node.items, *(member.node for member in node.members)]
        wrong = next((char for char in node.value if char > _LATIN), None) if node.kind == "string" else None
        if wrong and case.is_sound(node):
            message = _("IAM refuses {char} (U+{code:04X}): policies hold characters up to U+00FF.")
            case.sheet.about("character-not-allowed", node, message.format(char=quoted(wrong), code=ord(wrong)))


def _is_string(case: Case, member: Member) -> bool:
    if member.node.kind not in ("string", "cut"):
        _wrong_type(case, member.node, _("{name} is a string").format(name=member.key))
    return member.node.kind == "string"


def _wrong_type(case: Case, node: Node, rule: str) -> None:
    message = _("{rule}, not {found}.").format(rule=rule, found=_(NAMES[node.kind]))
    case.sheet.about("wrong-type", node, message)
    case.sheet.certain = False
