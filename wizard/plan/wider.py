"""Whether a setup grants more than the one that was asked for: pure, and in doubt it says so.

The setup that a hand-over asks for is the ceiling. Whatever passes it is a sentence; silence means that nobody may
do anything that the ceiling doesn't allow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wizard.answers.build import build
from wizard.methods import levels
from wizard.methods.assume_role import Role
from wizard.methods.iam_user import User
from wizard.questions.labels import LABELS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wizard.setup import Access, Setup

_SHOWN = 4


def wider(asked: Setup, setup: Setup) -> tuple[str, ...]:
    """Return a sentence for each way in which `setup` grants more than `asked`; none where it is no wider."""
    if setup.method != asked.method:
        # Another identity makes the calls: nothing can be compared.
        return (_("the method {method} in place of {asked}").format(method=setup.method, asked=asked.method),)
    if setup.destination_account != asked.destination_account:
        return (_("another destination: {account}").format(account=setup.destination_account),)
    return tuple(
        dict.fromkeys(
            (
                *_callers(asked, setup),
                *_buckets(asked, setup),
                *_actions(asked, setup),
                *_keys(asked, setup),
                *_identity(asked, setup),
                *_guards(asked, setup),
            )
        )
    )


def _callers(asked: Setup, setup: Setup) -> Iterator[str]:
    accounts = [one for one in setup.source.account_ids if one not in asked.source.account_ids]
    if accounts:
        yield _("more source accounts: {names}").format(names=_few(accounts))
    if asked.source.whole_account:
        return
    added = [one for one in setup.source.principals if one not in asked.source.principals]
    if any(one.kind == "root" for one in added):
        yield _("the whole source account, in place of named principals")
    elif added:
        yield _("more principals: {names}").format(names=_few(map(str, added)))


def _buckets(asked: Setup, setup: Setup) -> Iterator[str]:
    known = {bucket.name: bucket for bucket in asked.buckets}
    for bucket in setup.buckets:
        before = known.get(bucket.name)
        if before is None:
            yield _("another bucket: {bucket}").format(bucket=bucket.name)
        elif bucket.region != before.region:
            yield _("another region of {bucket}: {region}").format(bucket=bucket.name, region=bucket.region)
        elif not bucket.prefix.startswith(before.prefix):
            yield (
                _("the prefix {prefix} in place of {asked}").format(prefix=bucket.prefix, asked=before.prefix)
                if bucket.prefix
                else _("the whole bucket {bucket}, in place of {asked}").format(bucket=bucket.name, asked=before.prefix)
            )


def _actions(asked: Setup, setup: Setup) -> Iterator[str]:
    before, after = asked.access, setup.access
    full = before.level == levels.FULL_ACCESS
    if after.level == levels.FULL_ACCESS and not full:
        yield _("AmazonS3FullAccess: every action on every bucket")
        return
    # The managed policy stands on the identity; a bucket policy grants beside it what read-write-delete does.
    if not full or setup.method == "bucket-policy":
        added = sorted(levels.reached_by(after) - levels.reached_by(before))
        if added:
            yield _("more actions: {names}").format(names=_few(added))
        else:
            wild = [one for one in levels.actions_of(after) if _passes(one, before)]
            if wild:
                yield _("wildcards, which reach what AWS adds as well: {names}").format(names=_few(wild))
    if after.list_all_buckets and not before.list_all_buckets and not full:
        yield _("the names of all buckets")
    if before.resource_account and not after.resource_account and setup.method == "bucket-policy":
        yield _("without the condition aws:ResourceAccount")


def _passes(action: str, before: Access) -> bool:
    """Whether a wildcard reaches actions of the future that none of those before reaches."""
    if "*" not in action and "?" not in action:
        return False
    return not any(_covers(known, action) for known in levels.actions_of(before))


def _covers(known: str, action: str) -> bool:
    """Whether every text that the pattern `action` matches, `known` matches too (sound, not complete)."""
    parts = (".*" if char == "*" else "[^*]" if char == "?" else re.escape(char) for char in known)
    return re.fullmatch("".join(parts), action, re.IGNORECASE) is not None


def _keys(asked: Setup, setup: Setup) -> Iterator[str]:
    known = {bucket.kms_key_arn: bucket for bucket in asked.buckets}
    uses = levels.kms_actions(setup.access)
    for bucket in setup.buckets:
        if not bucket.customer_key or not uses:
            continue
        before = known.get(bucket.kms_key_arn)
        if before is None or before.region != bucket.region:
            yield _("the KMS key {key}").format(key=bucket.kms_key_arn)
        elif asked.access.level == levels.FULL_ACCESS != setup.access.level:
            # AmazonS3FullAccess has no KMS permissions: for a key of a third account that decides.
            yield _("the KMS key {key}, which AmazonS3FullAccess doesn't reach").format(key=bucket.kms_key_arn)
        elif added := set(uses) - set(levels.kms_actions(asked.access)):
            yield _("more of the KMS key: {names}").format(names=_few(sorted(added)))


def _identity(asked: Setup, setup: Setup) -> Iterator[str]:
    before, after = asked.own, setup.own
    if isinstance(before, Role) and isinstance(after, Role):
        if after.name != before.name:
            yield _("another role: {name}").format(name=after.name)
        if after.session_seconds > before.session_seconds:
            yield _("longer sessions: {seconds} seconds in place of {asked}").format(
                seconds=after.session_seconds, asked=before.session_seconds
            )
        if before.external_id and not after.external_id:
            yield _("without the external id")
        elif before.external_id != after.external_id and before.external_id:
            yield _("another external id")
        if before.require_mfa and not after.require_mfa:
            yield _("without MFA")
    if isinstance(before, User) and isinstance(after, User):
        if after.name != before.name:
            yield _("another user: {name}").format(name=after.name)
        if after.in_bucket_policy and not before.in_bucket_policy:
            yield _("the bucket policy names the user as well")


def _guards(asked: Setup, setup: Setup) -> Iterator[str]:
    before, after = asked.guards, setup.guards
    if before.require_tls and not after.require_tls:
        yield _("without the guard: TLS only")
    if before.vpc_endpoint_ids:
        added = [one for one in after.vpc_endpoint_ids if one not in before.vpc_endpoint_ids]
        if not after.vpc_endpoint_ids:
            yield _("without the guard: VPC endpoint only")
        elif added:
            yield _("more VPC endpoints: {names}").format(names=_few(added))
    if before.organization_id and after.organization_id != before.organization_id:
        yield (
            _("another organization: {id}").format(id=after.organization_id)
            if after.organization_id
            else _("without the guard: organization only")
        )
    if before.can_lock_out and after.can_lock_out:
        spared = [one for one in after.exempt_principals if one not in before.exempt_principals]
        if spared:
            yield _("more exempt principals: {names}").format(names=_few(spared))


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) <= _SHOWN + 1:
        return ", ".join(listed)
    return _("{first} and {count} more").format(first=", ".join(listed[:_SHOWN]), count=len(listed) - _SHOWN)


def standing(asked: Mapping[str, Any], raw: Mapping[str, Any], key: str) -> str:
    """Return how one answer stands to the file's: "" (the same, or nothing of access), `narrowed` or `wider`.

    The answer is judged by itself, the others as the file has them; one that can't stand alone, with all of them.
    """
    if key not in LABELS or key.partition(".")[0] in {"profile", "name"} or key == "role.session_name":
        return ""
    if asked.get(key) == raw.get(key):
        return ""
    before = build(asked)
    if key == "method":  # with another one alone nothing is whole, and nothing can be compared
        return "wider"
    alone = build({**{one: value for one, value in asked.items() if one != key}, **_only(raw, key)})
    together = build(raw)
    if before.values.get(key) == together.values.get(key) or (alone.problems and together.problems):
        return ""
    return "wider" if wider(before.setup, (together if alone.problems else alone).setup) else "narrowed"


def _only(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {key: raw[key]} if key in raw else {}
