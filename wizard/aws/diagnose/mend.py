"""The exact document changes that mend a cause: as small as they can be, each made on top of the ones before."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose import ours
from wizard.aws.diagnose.edits import exempting, naming, reviving, statement_as, with_statement, without_statement
from wizard.aws.diagnose.evidence import BOUNDARY, BUCKET, GROUP, INLINE, KEY, MANAGED, TRUST, Paper
from wizard.aws.diagnose.judged import S3, is_sound
from wizard.aws.diagnose.request_keys import with_key
from wizard.aws.diagnose.result import Change
from wizard.aws.policies import entity_of
from wizard.names.buckets import literal
from wizard.plan.found import Absent
from wizard.plan.merge import statements_of
from wizard.policy.evaluate import public_statements
from wizard.setup import policy_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.aws.diagnose.evidence import Evidence
    from wizard.aws.diagnose.judged import Judged, Stage
    from wizard.policy.evaluate import StatementRef

# AWS's own managed policies, and the roles of its services, nobody can change.
_AWS_OWN, _LINKED = ":iam::aws:policy/", ":role/aws-service-role/"
# IAM Identity Center writes a permission set's inline policy into its roles under this name.
_SSO, _SSO_POLICY = "AWSReservedSSO_", "AwsSSOInlinePolicy"
_DOCUMENTS = {BUCKET: "bucket", KEY: "key", TRUST: "trust", BOUNDARY: "boundary", "scps": "scp", "rcps": "rcp"}
_FILE = "file://POLICY.json"


class Drafts:
    """The policies as they will be with the changes so far, by `Paper.id`; `added` are new ones.

    `name` is what Sids and policy names of ours carry.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.name = ours.mend_name(evidence)
        self.replaced: dict[tuple[str, str, str, str], Any] = {}
        self.added: dict[tuple[str, str, str, str], Paper] = {}
        self._whole: dict[tuple[str, str, str], Change] = {}

    def whole(self, change: Change) -> Change:
        """Return a change with all that was changed of its document, so that one diff is what is to be done."""
        return self._whole.get((change.document, change.name, change.target), change)

    def document(self, paper: Paper) -> Any:
        """Return a policy as it is by now; None for one that isn't there yet, or no more."""
        if paper.id in self.added:
            return self.added[paper.id].document
        return self.replaced.get(paper.id, paper.document)

    def place(self, paper: Paper, index: int) -> int:
        """Return where a statement is by now: another one may have been taken away before it."""
        there, original = self.document(paper), statements_of(paper.document)[index]
        found = statements_of(there) if there is not None else []
        return next((place for place, one in enumerate(found) if one == original), min(index, len(found) - 1))

    def change(self, paper: Paper, after: Any, *, is_new: bool = False) -> Change:
        """Keep a policy as it will be, and return the change."""
        before = self.document(paper)
        if is_new or paper.id in self.added:
            self.added[paper.id] = replace(paper, document=after)
        else:
            self.replaced[paper.id] = after
        change = Change(
            _DOCUMENTS.get(paper.place, "identity"),
            paper.name,
            paper.on,
            paper.account_id,
            self.evidence.side_of(paper.account_id),
            before,
            after,
            _command(self.evidence, paper) if after is not None else _removal(paper),
        )
        key = (change.document, change.name, change.target)
        first = self._whole.get(key, change)
        self._whole[key] = replace(first, after=after, command=change.command)
        return change


def grant(drafts: Drafts, judged: Judged, kind: str) -> tuple[Change, ...]:
    """Let a kind of policy (`identity`, `resource`, `trust`, `boundary`) allow the stage's request, and nothing else.

    A statement of our own is added: those of others stay as they are, whatever they nearly allow. But for one that
    names a deleted principal, which AWS takes back from nobody.
    """
    stage = judged.stage
    for miss in judged.verdict.near_misses:
        paper = judged.paper(miss.statement)
        if miss.statement.policy == kind and miss.but_for == "Principal" and paper is not None and _is_editable(paper):
            place = drafts.place(paper, miss.statement.index)
            revived = reviving(drafts.document(paper), place, stage.who.principal_arn)
            if revived is not None:
                return (drafts.change(paper, revived),)
    name = ours.sid(drafts.name, stage, kind)
    asked = _asked(drafts, judged, kind)
    statement = statement_as(stage, name, kind, resource=_resource(stage), asked=asked)
    for paper in [*drafts.added.values(), *stage.papers]:
        if paper.kind == kind and _is_editable(paper) and _is_of(drafts, paper, stage):
            return (drafts.change(paper, with_statement(drafts.document(paper), statement)),)
    new = _new(drafts, stage, kind)
    return (drafts.change(new, with_statement(None, statement), is_new=True),) if new else ()


def _asked(drafts: Drafts, judged: Judged, kind: str) -> dict[str, Any]:
    """Return the Condition of the statement that lets others do the same: what it asks of them it asks of the caller.

    In a trust policy any such statement counts, elsewhere one that matches but for its principal or resource.
    """
    stage = judged.stage
    for miss in judged.verdict.near_misses:
        paper = judged.paper(miss.statement)
        if miss.statement.policy != kind or paper is None or not _is_editable(paper):
            continue
        statement = judged.statement(miss.statement)
        if miss.but_for != "Action" and _gives(statement, stage):
            return _fitting(statement.get("Condition", {}), stage)
    for paper in stage.papers if kind == "trust" else ():
        for statement in statements_of(drafts.document(paper)) if paper.kind == kind and _is_editable(paper) else ():
            principal = statement.get("Principal")
            is_named = isinstance(principal, dict) and "AWS" in principal
            if statement.get("Effect") == "Allow" and is_named and _gives(statement, stage):
                return dict(statement.get("Condition", {}))
    return {}


def _fitting(condition: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    """Return a Condition without s3:prefix, which the new statement names for itself, and keys that no request has."""
    kept = {
        operator: {
            key: value for key, value in keys.items() if key.lower() != "s3:prefix" and not with_key(stage.action, key)
        }
        for operator, keys in condition.items()
    }
    return {operator: keys for operator, keys in kept.items() if keys}


def _is_of(drafts: Drafts, paper: Paper, stage: Stage) -> bool:
    """Whether a new statement belongs into a policy: the inline one of our name, or that of the stage's resource.

    The caller's other policies are somebody's own: written by another program, shared, or full.
    """
    if paper.kind == "identity":
        wanted = _inline_name(drafts, stage)
        return paper.place == INLINE and paper.on == stage.who.principal_arn and paper.name == wanted
    return paper.kind == "boundary" or paper.on in {stage.resource, stage.resource.partition("/")[0]}


def _inline_name(drafts: Drafts, stage: Stage) -> str:
    return _SSO_POLICY if _SSO in stage.who.principal_arn else policy_name(drafts.name)


def _is_editable(paper: Paper) -> bool:
    return _AWS_OWN not in paper.name and _LINKED not in paper.on and is_sound(paper.document)


def _gives(statement: Mapping[str, Any], stage: Stage) -> bool:
    """Whether a statement gives the stage's action, and no other one."""
    value = statement.get("Action", [])
    actions = value if isinstance(value, list) else [value]
    return {str(action).lower() for action in actions} == {stage.action.lower()}


def _resource(stage: Stage) -> str:
    """Return the resource to allow: what the request asks for, with nothing in a key that would be a wildcard."""
    bucket, slash, key = stage.resource.partition("/")
    return f"{bucket}/{literal(key)}" if stage.id == S3 and slash else stage.resource


def _new(drafts: Drafts, stage: Stage, kind: str) -> Paper | None:
    """Return the policy that there isn't yet: an inline one, or the bucket's; None where nothing could be made."""
    who, evidence = stage.who, drafts.evidence
    if kind == "identity" and _LINKED not in who.principal_arn:
        return Paper("identity", INLINE, _inline_name(drafts, stage), who.principal_arn, who.account_id, None)
    if kind == "resource" and stage.id == S3 and isinstance(evidence.bucket.policy, Absent):
        arn = f"arn:{who.partition}:s3:::{evidence.bucket.name}"
        return Paper("resource", BUCKET, "", arn, stage.owner, None)
    return None


def exempt(drafts: Drafts, judged: Judged, ref: StatementRef) -> tuple[Change, ...]:
    """Take the caller out of a Deny: by a condition on its ARN, in the caller's own policies by taking it away."""
    paper = judged.paper(ref)
    if paper is None or not _is_editable(paper):
        return ()
    document, index = drafts.document(paper), drafts.place(paper, ref.index)
    if paper.kind in {"identity", "boundary"}:
        return (drafts.change(paper, without_statement(document, index)),)
    return (drafts.change(paper, exempting(document, index, judged.stage.who.principal_arn)),)


def unpublic(drafts: Drafts, judged: Judged) -> tuple[Change, ...]:
    """Close the statements of a bucket policy that are public: those that let the caller in name it instead."""
    paper = next((one for one in judged.stage.papers if one.kind == "resource"), None)
    if paper is None or not _is_editable(paper):
        return ()
    document = drafts.document(paper)
    for index in public_statements(document):
        document = naming(document, index, judged.stage.who.principal_arn)
    return (drafts.change(paper, document),)


def settings(
    profile: str, before: Mapping[str, str], after: Mapping[str, str], account_id: str
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the change of a profile's lines in the config file, and the commands that make it."""
    section = "[default]" if profile in {"", "default"} else f"[profile {profile}]"

    def lines(values: Mapping[str, str]) -> str:
        return "".join(
            f"{line}\n" for line in (section, *(f"{key} = {value}" for key, value in values.items() if value))
        )

    commands = tuple(
        f"aws configure set {key} {quote(value)} --profile {quote(profile or 'default')}"
        for key, value in after.items()
        if value != before.get(key)
    )
    change = Change("profile", profile or "default", "", account_id, "here", lines(before), lines(after), commands[0])
    return (change,), commands


def _command(evidence: Evidence, paper: Paper) -> str:
    """Return the AWS CLI's command that puts a whole policy in its place."""
    kind, _path, name = entity_of(paper.on)
    if paper.place == BUCKET:
        return f"aws s3api put-bucket-policy --bucket {evidence.bucket.name} --policy {_FILE}"
    if paper.place == KEY:
        return f"aws kms put-key-policy --key-id {paper.on} --policy-name default --policy {_FILE}"
    if paper.place == TRUST:
        return f"aws iam update-assume-role-policy --role-name {quote(name)} --policy-document {_FILE}"
    if paper.place in {MANAGED, BOUNDARY} or paper.name.startswith("arn:"):
        return f"aws iam create-policy-version --policy-arn {paper.name} --set-as-default --policy-document {_FILE}"
    if paper.name == _SSO_POLICY:
        where = "--instance-arn INSTANCE_ARN --permission-set-arn PERMISSION_SET_ARN"
        return f"aws sso-admin put-inline-policy-to-permission-set {where} --inline-policy {_FILE}"
    if paper.place in {INLINE, GROUP}:
        where = f"--{kind}-name {quote(name)} --policy-name {quote(paper.name)}"
        return f"aws iam put-{kind}-policy {where} --policy-document {_FILE}"
    return ""


def _removal(paper: Paper) -> str:
    """Return the AWS CLI's command that takes a policy away that has no statement left: no such document exists.

    A managed policy is only detached, as others may have it.
    """
    kind, _path, name = entity_of(paper.on)
    whose = f"--{kind}-name {quote(name)}"
    if paper.place == BOUNDARY:
        return f"aws iam delete-{kind}-permissions-boundary {whose}"
    if paper.place == MANAGED or paper.name.startswith("arn:"):
        return f"aws iam detach-{kind}-policy {whose} --policy-arn {paper.name}"
    if paper.name == _SSO_POLICY:
        where = "--instance-arn INSTANCE_ARN --permission-set-arn PERMISSION_SET_ARN"
        return f"aws sso-admin delete-inline-policy-from-permission-set {where}"
    if paper.place in {INLINE, GROUP}:
        return f"aws iam delete-{kind}-policy {whose} --policy-name {quote(paper.name)}"
    return ""
