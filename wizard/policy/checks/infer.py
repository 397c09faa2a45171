"""Tells what type of document a text is, where nobody said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.policy.checks.case import CaseType, Statement

_BY_SERVICE: dict[str, CaseType] = {
    "sts": "trust", "s3": "bucket", "s3express": "bucket", "s3-object-lambda": "bucket", "kms": "key",
}  # fmt: skip


def infer(statements: list[Statement]) -> CaseType:
    """Return the type that fits most statements: who is named, and the actions of which service."""
    named = sum("Principal" in s.elements or "NotPrincipal" in s.elements for s in statements)
    services = [_service(node.value) for s in statements for node in s.strings("Action", "NotAction")]
    has_resource = any("Resource" in s.elements or "NotResource" in s.elements for s in statements)
    if not named:
        # Without Principal only a trust policy has no Resource either.
        only_sts = bool(services) and set(services) == {"sts"}
        return "trust" if only_sts and not has_resource else "identity"
    known = [service for service in services if service in _BY_SERVICE]
    if known:
        return _BY_SERVICE[max(sorted(set(known)), key=known.count)]
    if any(service for service in services if service != "*"):
        return "resource"
    return _by_resource(statements, has_resource=has_resource)


def _service(action: str) -> str:
    prefix = action.partition(":")[0].strip().lower()
    return prefix if ":" in action else "*" if action.strip() == "*" else ""


def _by_resource(statements: list[Statement], *, has_resource: bool) -> CaseType:
    """Judge by the resources, where the actions say nothing."""
    for statement in statements:
        for node in statement.strings("Resource", "NotResource"):
            for service, kind in (("s3", "bucket"), ("kms", "key"), ("iam", "trust")):
                if f":{service}:" in node.value or node.value.startswith(f"{service}:"):
                    return kind  # type: ignore[return-value]  # the three are types of a document
    principals = [kind for s in statements for kind, _node in s.principals()]
    if not has_resource and any(kind in ("Service", "Federated") for kind in principals):
        return "trust"
    return "bucket" if has_resource else "trust"
