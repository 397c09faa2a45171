"""Policy documents as values: statements in AWS's own element names, rendered as the JSON that AWS takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.text import mark

if TYPE_CHECKING:
    from wizard.policy.checks.limits import Limited

VERSION = "2012-10-17"
# The documents of a setup in the order in which they are shown, with their names (marked).
TITLES = {
    "trust": mark("Trust policy"),
    "bucket": mark("Bucket policy"),
    "source-identity": mark("IAM policy (source)"),
    "destination-identity": mark("IAM policy (destination)"),
    "key": mark("Key policy"),
}
Condition = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `principals`: ARNs or account ids, `("*",)` for everybody, None for no Principal element.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] | None
    principals: tuple[str, ...] | None = None
    condition: Condition | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the statement with its elements in the order in which AWS's guides write them."""
        out: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        out["Effect"] = self.effect
        if self.principals is not None:
            out["Principal"] = "*" if self.principals == ("*",) else {"AWS": one_or_list(self.principals)}
        out["Action"] = one_or_list(self.actions)
        if self.resources is not None:
            out["Resource"] = one_or_list(self.resources)
        if self.condition:
            out["Condition"] = {
                operator: {key: one_or_list(value) for key, value in keys.items()}
                for operator, keys in self.condition.items()
            }
        return out


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy document (Version 2012-10-17)."""

    statements: tuple[Statement, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document as JSON values."""
        return {"Version": VERSION, "Statement": [statement.to_json() for statement in self.statements]}

    def text(self) -> str:
        """Return the document as it is shown, copied, saved and applied: indented by two, no last newline."""
        import json

        return json.dumps(self.to_json(), indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Document:
    """One policy, with the account and the thing it is attached to; `reason` says why it is needed, or not.

    `id`: `trust`, `bucket`, `source-identity`, `destination-identity` or `key`. `attach_to` is an ARN, or None
    where there is nothing that we could name. `limit` names the size limit that counts (`wizard.policy.limits`).
    `managed_policy_arn` is set where an AWS managed policy is attached in place of an own one.
    """

    id: str
    account_id: str
    attach_to: str | None
    reason: str
    policy: Policy | None = None
    limit: Limited = "managed"
    managed_policy_arn: str = ""

    @property
    def needed(self) -> bool:
        """Whether the method needs this document at all."""
        return self.policy is not None

    def to_json(self) -> dict[str, Any]:
        """Return the document as `documents --json` prints it."""
        return {
            "id": self.id,
            "account_id": self.account_id,
            "attach_to": self.attach_to,
            "needed": self.needed,
            "reason": self.reason,
            "policy": self.policy.to_json() if self.policy else None,
        }


def one_or_list(value: str | Sequence[str]) -> str | list[str]:
    """Write a single value as a string and several as a list, as AWS's console does."""
    if isinstance(value, str):
        return value
    return value[0] if len(value) == 1 else list(value)
