"""The risks of what a plan asks of one side, heaviest first; each is read out of the documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from wizard.methods import guards
from wizard.names import arns
from wizard.plan import asked_grants as granted
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.plan.made import Plan


class Weight(IntEnum):
    """How heavy a risk is."""

    HIGH = 3
    MIDDLE = 2
    LOW = 1


SIGNS = {Weight.HIGH: "!!!", Weight.MIDDLE: "!!", Weight.LOW: "!"}


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk: a stable `id`, its weight, and a sentence."""

    id: str
    weight: Weight
    text: str

    @property
    def shown(self) -> str:
        """The sentence after its weight as a sign, which needs no colour."""
        return f"{SIGNS[self.weight]} {self.text}"


def risks(plan: Plan, side: str, found: Sequence[granted.Grant]) -> tuple[Risk, ...]:
    """Return the risks for a side, heaviest first; those of one weight in the order of what they can cost."""
    out = [*_full_access(found)]
    out += _of_source(plan, found) if side == "source" else _of_destination(plan, found)
    return tuple(sorted(out, key=lambda risk: -risk.weight))


def _full_access(found: Sequence[granted.Grant]) -> Iterator[Risk]:
    for grant in found:
        if grant.everywhere and grant.document.id != "key":
            yield Risk(
                "every-bucket",
                Weight.HIGH,
                _("AmazonS3FullAccess: every action on EVERY bucket of {account}, not on this one alone.").format(
                    account=grant.document.account_id
                ),
            )
            return


def _of_destination(plan: Plan, found: Sequence[granted.Grant]) -> Iterator[Risk]:
    groups = granted.what(found)
    if "open" in groups:
        yield Risk(
            "open",
            Weight.HIGH,
            _("They can let others in, or send data elsewhere: {actions}.").format(
                actions=granted.shortened(groups["open"])
            ),
        )
    if plan.setup.guards.can_lock_out:
        said = " ".join((_("A guard can lock out."), *guards.shut_out(plan.setup)))
        yield Risk("lock-out", Weight.HIGH, said)
    yield from _who(plan)
    yield from _data(groups)
    for action, count in granted.wildcards(found):
        yield Risk(
            f"wildcard:{action}",
            Weight.HIGH if action.partition(":")[2] == "*" else Weight.MIDDLE,
            _("{action} reaches {count} actions, and whatever AWS adds.").format(action=action, count=count),
        )
    yield from _reach(plan, found)


def _who(plan: Plan) -> Iterator[Risk]:
    whole = granted.whole_accounts(plan)
    if whole:
        yield Risk(
            "whole-account",
            Weight.HIGH,
            _("The whole account {accounts} is trusted: its administrators decide who comes, today and later.").format(
                accounts=granted.shortened(whole)
            ),
        )
    if plan.method.id == "iam-user":
        yield Risk(
            "long-lived-key",
            Weight.HIGH,
            _("A long-lived access key leaves your account: whoever gets hold of it has this access, from anywhere."),
        )
    if plan.method.id == "assume-role":
        conditions = [statement.condition or {} for statement in granted.entrances(plan)]
        bare = [one for one in conditions if not _asks(one)]
        if bare:
            yield Risk(
                "no-second-factor",
                Weight.LOW,
                _("Neither an external id nor MFA is asked for: whoever is one of the principals may come."),
            )


def _asks(condition: object) -> bool:
    text = str(condition)
    return "sts:ExternalId" in text or "aws:MultiFactorAuthPresent" in text


def _data(groups: dict[str, tuple[str, ...]]) -> Iterator[Risk]:
    if "delete" in groups:
        yield Risk(
            "delete",
            Weight.HIGH,
            _("They can delete: {actions}. Versioning is what brings objects back.").format(
                actions=granted.shortened(groups["delete"])
            ),
        )
    if "s3:PutObject" in groups.get("write", ()):
        yield Risk(
            "overwrite",
            Weight.MIDDLE,
            _("They can overwrite objects that are there, and upload as much as they like: your account pays."),
        )
    if "settings" in groups:
        yield Risk(
            "settings",
            Weight.MIDDLE,
            _("They can change the bucket's settings: {actions}.").format(
                actions=granted.shortened(groups["settings"])
            ),
        )


def _reach(plan: Plan, found: Sequence[granted.Grant]) -> Iterator[Risk]:
    whole = dict.fromkeys(
        parsed.resource.removesuffix("/*")
        for grant in found
        for parsed in map(arns.parse, grant.resources)
        if parsed and parsed.service == "s3" and parsed.resource.endswith("/*") and parsed.resource.count("/") == 1
    )
    if whole:
        yield Risk(
            "whole-bucket",
            Weight.MIDDLE,
            _("No prefix: every object of {buckets}, today's and later ones.").format(
                buckets=granted.shortened(list(whole))
            ),
        )
    keys = dict.fromkeys(document.attach_to or "" for document in plan.of("key") if document.needed)
    if keys:
        yield Risk(
            "kms-key",
            Weight.MIDDLE,
            _("The KMS key is shared: {keys}. By way of S3 it opens whatever else it encrypts for them.").format(
                keys=granted.shortened(list(keys))
            ),
        )
    if any(action == "s3:ListAllMyBuckets" for grant in found for action in grant.statement.actions):
        yield Risk("bucket-names", Weight.LOW, _("They see the names of all your buckets."))


def _of_source(plan: Plan, found: Sequence[granted.Grant]) -> Iterator[Risk]:
    other = plan.setup.destination_account
    if "write" in granted.what(found):
        yield Risk(
            "data-out",
            Weight.MIDDLE,
            _("Your callers can write data of yours into {account}, which isn't yours.").format(account=other),
        )
    if plan.method.id == "assume-role":
        yield Risk(
            "their-role",
            Weight.LOW,
            _("What the role may do is decided in {account}, today and later.").format(account=other),
        )
    elif plan.method.id == "iam-user":
        yield Risk(
            "secret",
            Weight.MIDDLE,
            _("You get a long-lived secret to keep: rotate it, and give it to nobody else."),
        )
    if granted.whole_accounts(plan):
        yield Risk(
            "whole-account",
            Weight.LOW,
            _("Your whole account is named: whoever may attach policies in it decides who has access."),
        )
    for document in granted.sides_documents(plan, "source"):
        if document.attach_to is None:
            yield Risk("by-hand", Weight.LOW, _("A part of it no program can do for you: see your part."))
            return
