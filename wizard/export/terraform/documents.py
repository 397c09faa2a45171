"""Policy documents as aws_iam_policy_document data sources, with variables for the accounts and buckets of a fleet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.export.hcl import Block, Code, text
from wizard.export.organization import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wizard.policy.document import Policy, Statement
    from wizard.setup import Setup

# A name that stands in for a bucket's own in the documents that are made for each.
EACH = "each.value"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes documents for one setup. `provider`: whose data sources they are; `arns`: ARNs that are variables.

    `marks`: what stands in values for an expression, by that expression.
    """

    setup: Setup
    provider: str
    arns: Mapping[str, str]
    marks: Mapping[str, str] = field(default_factory=dict)

    def data(self, name: str, policy: Policy, bucket: str = "") -> Block:
        """Return a data source of a policy; with `bucket` that bucket's name is `each.value`."""
        block = Block(f'data "aws_iam_policy_document" "{name}"').set("provider", Code(self.provider))
        if bucket:
            block.set("for_each", Code(f"toset(local.buckets_{name.rpartition('_')[2]})"))
            block.set("source_policy_documents", Code("lookup(var.existing_bucket_policies, each.value, [])"))
        return block.add(*(self.statement(one, bucket) for one in policy.statements))

    def statement(self, statement: Statement, bucket: str = "") -> Block:
        """Return a statement's block."""
        block = Block("statement").set("sid", statement.sid) if statement.sid else Block("statement")
        block.set("effect", statement.effect).set("actions", list(statement.actions))
        if statement.resources is not None:
            block.set("resources", self.values(statement.resources, bucket))
        if statement.principals is not None:
            everybody = statement.principals == ("*",)
            block.add(
                Block("principals")
                .set("type", "*" if everybody else "AWS")
                .set("identifiers", ["*"] if everybody else self.values(statement.principals, bucket))
            )
        for operator, keys in (statement.condition or {}).items():
            for key, value in keys.items():
                members = (value,) if isinstance(value, str) else value
                block.add(
                    Block("condition")
                    .set("test", operator)
                    .set("variable", key)
                    .set("values", self._condition(key, members, bucket))
                )
        return block

    def _condition(self, key: str, values: Sequence[str], bucket: str) -> Code | list[str]:
        if key == "sts:ExternalId":
            return Code("[var.external_id]")
        if key == "aws:PrincipalOrgID" and tuple(values) == (PLACEHOLDER,):
            return Code("[var.organization_id]")
        if key == "aws:PrincipalAccount" and tuple(values) == self.setup.source.account_ids:
            return Code("var.source_account_ids")
        return self.values(values, bucket)

    def values(self, values: Sequence[str], bucket: str = "") -> Code | list[str]:
        """Return values as an expression over the module's variables, where they are made of them."""
        if any(mark in value for mark in self.marks for value in values):
            return Code(f"[{', '.join(self._marked(value) for value in values)}]")
        if bucket:
            made = [self._of_bucket(value, bucket) for value in values]
            if any(one is not None for one in made):
                return Code(f"[{', '.join(one or text(value) for one, value in zip(made, values, strict=True))}]")
        if len(values) == 1 and values[0] in self.arns:
            return Code(f"[{self.arns[values[0]]}]")
        return self._of_accounts(values) or self._of_buckets(values) or list(values)

    def _marked(self, value: str) -> str:
        parts = re.split("|".join(f"({re.escape(mark)})" for mark in self.marks), value)
        known = ((part, self.marks.get(part)) for part in parts if part)
        inner = "".join(f"${{{expression}}}" if expression else text(part)[1:-1] for part, expression in known)
        return f'"{inner}"'

    def _of_bucket(self, value: str, bucket: str) -> str | None:
        arn = f"arn:{self.setup.partition}:s3:::{bucket}"
        if value != arn and not value.startswith(f"{arn}/"):
            return None
        rest = text(value[len(arn) :])[1:-1]
        return f'"arn:{self.setup.partition}:s3:::${{{EACH}}}{rest}"'

    def _of_accounts(self, values: Sequence[str]) -> Code | None:
        """Recognise `arn:P:iam::ACCOUNT:RESOURCE` for every source account and some resources of each."""
        head, accounts = f"arn:{self.setup.partition}:iam::", self.setup.source.account_ids
        first = f"{head}{accounts[0]}:"
        resources = [value[len(first) :] for value in values if value.startswith(first)]
        whole = [f"{head}{account}:{resource}" for account in accounts for resource in resources]
        if not resources or sorted(whole) != sorted(values):
            return None
        if len(resources) == 1:
            rest = text(resources[0])[1:-1]
            return Code(f'[for account in var.source_account_ids : "{head}${{account}}:{rest}"]')
        listed = ", ".join(text(resource) for resource in resources)
        pairs = f"setproduct(var.source_account_ids, [{listed}])"
        return Code(f'[for pair in {pairs} : "{head}${{pair[0]}}:${{pair[1]}}"]')

    def _of_buckets(self, values: Sequence[str]) -> Code | None:
        """Recognise the ARNs of all buckets that share a prefix, or of their objects."""
        head = f"arn:{self.setup.partition}:s3:::"
        for number, names in enumerate(self.groups().values(), start=1):
            lead = f"{head}{names[0]}"
            rest = values[0].removeprefix(lead)
            if rest and not rest.startswith("/"):
                continue
            if values[0].startswith(lead) and sorted(values) == sorted(f"{head}{name}{rest}" for name in names):
                return Code(f'[for name in local.buckets_{number} : "{head}${{name}}{text(rest)[1:-1]}"]')
        return None

    def groups(self) -> dict[str, list[str]]:
        """Return the buckets' names by prefix, in the setup's order: the documents treat those of one alike."""
        out: dict[str, list[str]] = {}
        for bucket in self.setup.buckets:
            out.setdefault(bucket.prefix, []).append(bucket.name)
        return out
