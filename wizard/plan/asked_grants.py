"""What a plan's documents grant, read back out of their statements: who comes in, what they may do, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.names import arns
from wizard.policy.actions import reach
from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.plan.made import Plan
    from wizard.policy.actions import Action
    from wizard.policy.document import Document, Statement

# In the order in which they are told. `open` is what can let others in, or send everything elsewhere.
GROUPS = {
    "list": mark("list"),
    "read": mark("read"),
    "write": mark("write"),
    "delete": mark("delete"),
    "tags": mark("tags"),
    "settings": mark("settings"),
    "open": mark("permissions"),
    "key": mark("KMS key"),
    "other": mark("others"),
}
_OPENING = frozenset(("s3:PutReplicationConfiguration", "s3:PutBucketLogging", "s3:PutInventoryConfiguration"))
_EXPIRING = "s3:PutLifecycleConfiguration"
_IN_BUCKETS = frozenset(("bucket", "object"))
_SSO = "AWSReservedSSO_"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Grant:
    """One Allow of S3 or KMS actions, with the document that it stands in."""

    document: Document
    statement: Statement

    @property
    def resources(self) -> tuple[str, ...]:
        """The ARNs that it is about."""
        return self.statement.resources or ()

    @property
    def everywhere(self) -> bool:
        """Whether it is about every resource."""
        return "*" in self.resources

    @property
    def prefixed(self) -> bool:
        """Whether it is narrowed by s3:prefix."""
        condition = self.statement.condition or {}
        return any("s3:prefix" in keys for keys in condition.values())


def sides_documents(plan: Plan, side: str) -> tuple[Document, ...]:
    """Return the needed documents that are put in place in a side's accounts."""
    ids = {"source-identity"} if side == "source" else {"trust", "bucket", "destination-identity", "key"}
    return tuple(document for document in plan.needed() if document.id in ids)


def grants(plan: Plan, side: str) -> tuple[Grant, ...]:
    """Return what lets the callers reach the data, as the reader of a side has to know it.

    For the destination: all that its own documents allow. For the source: what its principals get, and where
    those become somebody of the destination, what that one may do there.
    """
    documents = list(sides_documents(plan, side))
    if side == "source" and plan.of("destination-identity")[0].needed:
        documents += [document for document in plan.of("destination-identity") if document.needed]
    return tuple(
        Grant(document, statement)
        for document in documents
        if document.policy and document.id != "trust"
        for statement in document.policy.statements
        if statement.effect == "Allow" and statement.actions[0].partition(":")[0].lower() not in {"sts", "iam"}
        # AWS's default statement, shown with the key's document and never added (`wizard.plan.resources`).
        if not (document.id == "key" and statement.actions == ("kms:*",))
    )


def entrances(plan: Plan) -> tuple[Statement, ...]:
    """Return the statements that name who comes in: the trust policy's, else the bucket policies'."""
    for document_id in ("trust", "bucket"):
        found = tuple(
            statement
            for document in plan.of(document_id)
            if document.policy
            for statement in document.policy.statements
            if statement.effect == "Allow" and statement.principals
        )
        if found:
            return found
    return ()


def who(plan: Plan) -> tuple[str, ...]:
    """Return who gets access, in words: each kind of principal once, with the accounts that it is in."""
    if plan.method.id == "iam-user":
        return tuple(
            _("whoever holds the access key of {user} in {account}").format(
                user=_resource(document.attach_to or ""), account=document.account_id
            )
            for document in plan.of("destination-identity")
        )
    by_label: dict[str, dict[str, None]] = {}
    for statement in entrances(plan):
        for label, account in _named(statement):
            by_label.setdefault(label, {})[account] = None
    return tuple(label.format(accounts=shortened(list(accounts))) for label, accounts in by_label.items())


def _named(statement: Statement) -> Iterator[tuple[str, str]]:
    """Yield each principal in words, with `{accounts}` where its accounts belong, and one account of it."""
    compared = (statement.condition or {}).get("ArnLike", {}).get("aws:PrincipalArn", ())
    patterns = (compared,) if isinstance(compared, str) else compared
    for arn in patterns or statement.principals or ():
        parsed = arns.parse(arn)
        if parsed is None:
            yield _("everybody"), arn
        elif parsed.resource == "root":
            yield _("everybody whom the administrators of {accounts} let: the whole account"), parsed.account_id
        elif _SSO in parsed.resource:
            name = parsed.resource.rpartition(_SSO)[2].rpartition("_")[0]
            yield (
                _in_braces(_("the permission set {name} (IAM Identity Center) of {accounts}"), name),
                parsed.account_id,
            )
        else:
            yield _in_braces(_("{name} of {accounts}"), parsed.resource), parsed.account_id


def _in_braces(text: str, name: str) -> str:
    """Put a name into a text that is formatted once more: ARNs may hold braces."""
    return text.replace("{name}", name.replace("{", "{{").replace("}", "}}"))


def shortened(items: Sequence[str], most: int = _SHOWN) -> str:
    """Return a list in words: the first few, and how many more."""
    if len(items) <= most + 1:
        return ", ".join(items)
    return _("{first} and {count} more").format(first=", ".join(items[:most]), count=len(items) - most)


def whole_accounts(plan: Plan) -> tuple[str, ...]:
    """Return the accounts that are let in whole: named as root, and by no condition narrowed to some of them."""
    named = (
        arns.parse(principal)
        for statement in entrances(plan)
        if "aws:PrincipalArn" not in (statement.condition or {}).get("ArnLike", {})
        for principal in statement.principals or ()
    )
    return tuple(dict.fromkeys(one.account_id for one in named if one and one.resource == "root"))


def what(found: Sequence[Grant]) -> dict[str, tuple[str, ...]]:
    """Return every action that is granted, wildcards spelled out, by group of GROUPS; each once."""
    out: dict[str, list[str]] = {group: [] for group in GROUPS}
    for grant in found:
        for action in grant.statement.actions:
            for name, group in _reached(action, everywhere=grant.everywhere):
                if name not in out[group]:
                    out[group].append(name)
    return {group: tuple(names) for group, names in out.items() if names}


def wildcards(found: Sequence[Grant]) -> tuple[tuple[str, int], ...]:
    """Return the wildcards among the actions, and how many actions each reaches today."""
    counted = {
        action: len(_reached(action, everywhere=grant.everywhere))
        for grant in found
        for action in grant.statement.actions
        if "*" in action or "?" in action
    }
    return tuple(counted.items())


def _reached(action: str, *, everywhere: bool) -> tuple[tuple[str, str], ...]:
    found = reach(action)
    if not found:
        return ((action, "other"),)
    wild = "*" in action or "?" in action
    return tuple((one.name, _group(one)) for one in found if not wild or everywhere or one.resources & _IN_BUCKETS)


def _group(action: Action) -> str:
    name = action.name
    if name.startswith("kms:"):
        return "key"
    if "Permissions" in action.level or name in _OPENING:
        return "open"
    if "Tagging" in action.level:
        return "tags"
    if "Delete" in name or name == _EXPIRING:
        return "delete"
    if action.level in {"List", "Read"}:
        return action.level.lower()
    return "write" if "object" in action.resources else "settings"


def where(found: Sequence[Grant]) -> tuple[str, ...]:
    """Return the resources in words: buckets whole or by prefix, what is granted on a bucket itself, keys."""
    out: dict[str, None] = {}
    on_bucket: dict[str, list[str]] = {}
    for grant in found:
        for resource in grant.resources:
            parsed = arns.parse(resource)
            if parsed is None or parsed.resource == "*":
                text = _everything(grant)
            elif parsed.service == "kms":
                text = _("the KMS key {key}").format(key=resource)
            elif "/" in parsed.resource:
                bucket, _slash, pattern = parsed.resource.partition("/")
                text = (
                    _("every object of s3://{bucket}").format(bucket=bucket)
                    if pattern == "*"
                    else _("objects {pattern} in s3://{bucket}").format(pattern=pattern, bucket=bucket)
                )
            else:
                named = [_("listing by prefix")] if grant.prefixed else [*grant.statement.actions]
                on_bucket.setdefault(parsed.resource, []).extend(named)
                continue
            out[text] = None
    for bucket, named in on_bucket.items():
        text = _("s3://{bucket} itself: {actions}").format(bucket=bucket, actions=shortened(list(dict.fromkeys(named))))
        out[text] = None
    return tuple(out)


def _everything(grant: Grant) -> str:
    document = grant.document
    if document.id == "key":
        return _("the KMS key {key}").format(key=document.attach_to)
    if grant.everywhere:
        return _("EVERY bucket of {account}").format(account=document.account_id)
    return _("the names of all buckets of {account}").format(account=document.account_id)


def _resource(arn: str) -> str:
    parsed = arns.parse(arn)
    return parsed.resource if parsed else arn
