"""What is wrong with a policy: the text is read whatever its state, and every mistake is found at its place.

    report = check(text, document_type="bucket", context=Context(bucket="s3-crossaccount-bucket01"))
    for finding in report.findings: ...

The kinds of findings are in `checks/data/kinds.json` (`check --kinds`). A check makes no request and reads no
file but its own tables; a usual policy takes a few milliseconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.policy.checks import elements, infer, limits, root
from wizard.policy.checks.actions import check_actions, check_unchecked
from wizard.policy.checks.callers import check_callers
from wizard.policy.checks.case import Case
from wizard.policy.checks.condition_shape import read_conditions
from wizard.policy.checks.conditions import check_conditions
from wizard.policy.checks.contradictions import check_contradictions
from wizard.policy.checks.encryption import check_encryption
from wizard.policy.checks.exposure import check_exposure, check_not_principal_deny
from wizard.policy.checks.finding import (
    ATTACHES,
    DOCUMENT_TYPES,
    SEVERITIES,
    Context,
    DocumentType,
    Finding,
    Kind,
    Report,
    kinds,
)
from wizard.policy.checks.fitting import check_fitting
from wizard.policy.checks.guards import check_guards
from wizard.policy.checks.joined import check_joined
from wizard.policy.checks.lockout import check_lockout
from wizard.policy.checks.overlap import check_overlap
from wizard.policy.checks.partitions import check_partitions
from wizard.policy.checks.placeholders import check_placeholders
from wizard.policy.checks.principals import check_principals
from wizard.policy.checks.resources import check_buckets, check_resources, check_role
from wizard.policy.checks.sheet import Sheet, is_json
from wizard.policy.checks.trust import check_trust
from wizard.policy.checks.values import check_values
from wizard.policy.checks.variables import check_variables
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.policy.checks.case import CaseType
    from wizard.policy.checks.node import Member, Node

__all__ = [
    "ATTACHES",
    "DOCUMENT_TYPES",
    "NAMES",
    "SEVERITIES",
    "Context",
    "DocumentType",
    "Finding",
    "Kind",
    "Report",
    "check",
    "kinds",
]

NAMES: dict[CaseType, str] = {
    "identity": mark("an identity policy"),
    "bucket": mark("a bucket policy"),
    "trust": mark("a role's trust policy"),
    "key": mark("a key policy"),
    "session": mark("a session policy"),
    "scp": mark("a service control policy"),
    "resource": mark("the policy of another resource than a bucket, key or role"),
}
_BY_STATEMENT = (
    check_joined,
    elements.check_statement,
    check_variables,
    check_actions,
    check_resources,
    check_role,
    check_principals,
    check_fitting,
    check_conditions,
    check_values,
    check_contradictions,
    check_callers,
    check_exposure,
    check_not_principal_deny,
)
_BY_DOCUMENT = (
    elements.check_sids,
    check_buckets,
    check_partitions,
    check_trust,
    check_guards,
    check_lockout,
    check_overlap,
    check_encryption,
    check_unchecked,
    elements.check_characters,
)
_ROLE_INLINE = 10240


def check(text: str, *, document_type: DocumentType | None = None, context: Context | None = None) -> Report:
    """Return what is wrong with a policy, in the order of the places.

    `document_type` None: it is inferred from the text, and a suggestion says so. `context` has what is known
    beside the text (the accounts, the bucket, the region …).
    """
    sheet = Sheet(text)
    tree = root.read(sheet)
    if tree.inner is not None:
        return _check_inner(sheet, tree.inner, document_type, context)
    if tree.root is None or tree.shape == "nothing":
        return Report(sheet.findings(), document_type, inferred=False, mended=sheet.mended())
    case, elements_found = _read(sheet, tree, document_type, context or Context())
    if document_type is None:
        message = _("No document type was given: this is checked as {name}.").format(name=_(NAMES[case.type]))
        sheet.add("document-type-inferred", tree.root.start, tree.root.start + 1, message, path="")
    _apply(case, elements_found, is_document=tree.shape == "document")
    found = sheet.findings()
    if tree.shape == "document":
        found += _sizes(case, text)
    return Report(found, case.document_type, inferred=document_type is None, mended=sheet.mended())


def _read(
    sheet: Sheet, tree: root.Tree, document_type: DocumentType | None, context: Context
) -> tuple[Case, dict[str, Member]]:
    """Read the tree's statements by their right names."""
    top = tree.root
    assert top is not None  # noqa: S101 -- the caller has seen it
    found: dict[str, Member] = {}
    partial = tree.shape == "fragment"
    if tree.shape == "document":
        found = elements.document_elements(sheet, top)
        nodes = _statement_nodes(found)
    elif top.kind == "array":
        nodes = [item for item in top.items if item.kind == "object"]
    else:
        nodes = [top]
    statements = [elements.read_statement(sheet, node, partial=partial) for node in nodes]
    kind: CaseType = document_type or infer.infer(statements)
    version = found.get("Version")
    case = Case(sheet, top, context, kind, statements)
    if version is not None:
        case.version = "2008-10-17" if version.node.value == "2008-10-17" else "2012-10-17"
    elif tree.shape != "document" or not top.whole:
        case.version = "2012-10-17"
    return case, found


def _statement_nodes(found: dict[str, Member]) -> list[Node]:
    member = found.get("Statement")
    if member is None:
        return []
    if member.node.kind == "object":
        return [member.node]
    return [item for item in member.node.items if item.kind == "object"]


def _apply(case: Case, found: dict[str, Member], *, is_document: bool) -> None:
    """Apply every rule. What is wrong in itself is found first, so that no later rule says it again."""
    check_placeholders(case)
    if is_document:
        elements.check_document(case, found)
    for statement in case.statements:
        if case.sheet.full:
            case.sheet.more, case.sheet.certain = True, False
            return
        read_conditions(case, statement)
        for check_one in _BY_STATEMENT:
            check_one(case, statement)
    for check_all in _BY_DOCUMENT:
        check_all(case)


def _sizes(case: Case, text: str) -> tuple[Finding, ...]:
    """Return what the size limits say, for what the document is attached to."""
    if case.type == "resource":
        return ()
    if case.type != "identity":
        return limits.size_findings(case.type, text)
    if case.context.attach:
        return limits.size_findings(case.context.attach, text)
    # Not known what it is attached to: more than a role's inline policies fits nowhere.
    found = limits.size_findings("managed", text)
    if limits.counted("managed", text) > _ROLE_INLINE:
        return found
    return tuple(replace(finding, severity="warning") for finding in found)


def _check_inner(sheet: Sheet, text: str, document_type: DocumentType | None, context: Context | None) -> Report:
    """Check a policy that stands in a string: its findings get the string's line and column."""
    outer = sheet.findings()
    report = check(text, document_type=document_type, context=context)
    line, column = outer[-1].line, outer[-1].column
    mended = report.mended or (text if is_json(text) else None)
    inner = tuple(replace(finding, line=line, column=column, length=1) for finding in report.findings)
    return replace(report, findings=outer + inner, mended=mended)
