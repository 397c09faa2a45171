"""The proof and the findings of the documents: worked out in a thread a moment after the last keystroke."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from wizard.policy.document import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.access_path.explained import Proof
    from wizard.plan import Plan
    from wizard.plan.found import BucketFound
    from wizard.policy.check import Context, DocumentType, Finding, Report
    from wizard.policy.document import Document
    from wizard.tui.sides import Side
    from wizard.tui.wizard_app import WizardApp

# Shorter than what a person takes for a pause; long enough that a fast typist's next key comes first.
_MOMENT_SECONDS = 0.03
# What is not answered yet is marked in the panes already.
_SAID_ELSEWHERE = "placeholder"


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy with what check says of it: one of the plan's documents, or one that was found in the account.

    `side` is whose account it is in.
    """

    name: str
    text: str
    document_type: DocumentType
    report: Report
    is_ours: bool = True
    side: str = "destination"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one plan: its proof, and its documents' findings by their text.

    `merged`: the proof is over the bucket policy that was found, merged with this plan's.
    """

    plan: Plan
    proof: Proof
    checked: tuple[Checked, ...] = ()
    merged: bool = False
    by_text: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many errors and warnings there are."""
        return sum(finding.counts for one in self.checked for finding in one.report.findings)


@dataclass(frozen=True, slots=True)
class There:
    """What discovery knows of the destination's bucket, if anything."""

    name: str = ""
    bucket: BucketFound | None = None

    def policies(self) -> tuple[tuple[str, str], ...]:
        """Return the policies that were read, each with its name, as text."""
        if self.bucket is None or not isinstance(self.bucket.policy, dict):
            return ()
        import json

        return ((self.name, json.dumps(self.bucket.policy, indent=2, ensure_ascii=False)),)


NOTHING_THERE = There()


class Proving:
    """Keeps the evidence of the newest plan; `arrived` is called on the app's thread."""

    def __init__(self, app: WizardApp, arrived: Callable[[Evidence], None]) -> None:
        self._app = app
        self._arrived = arrived
        self._plan: Plan | None = None
        self._there = NOTHING_THERE
        self._busy = False
        self._timer: Any = None
        self.ready = False

    def want(self, plan: Plan, side: Side) -> None:
        """Ask for the evidence of a plan, and of the policies that are there already."""
        there = there_in(side)
        if not self.ready or (plan is self._plan and there == self._there):
            return
        self._plan, self._there = plan, there
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(_MOMENT_SECONDS, self._begin)

    def _begin(self) -> None:
        if self._busy or self._plan is None:
            return  # the one that runs looks for a newer plan at its end
        self._busy = True
        plan, there = self._plan, self._there
        self._app.run_worker(lambda: self._work(plan, there), thread=True, group="proof")

    def _work(self, plan: Plan, there: There) -> None:
        made = evidence(plan, there)
        self._app.from_thread(lambda: self._take(made, there))

    def _take(self, made: Evidence, there: There) -> None:
        self._busy = False
        if made.plan is self._plan and there == self._there:
            self._arrived(made)
        else:
            self._begin()


def there_in(side: Side) -> There:
    """Return what is known of the destination's bucket."""
    snapshot = side.snapshot
    if snapshot is None or snapshot.bucket is None:
        return NOTHING_THERE
    return There(snapshot.bucket_name, snapshot.bucket)


def evidence(plan: Plan, there: There = NOTHING_THERE) -> Evidence:
    """Prove a plan and check its documents and the policies that are there (5 to 40 ms)."""
    from wizard.access_path.explained import prove

    context = context_of(plan)
    checked = [_checked(document, context) for document in plan.documents if isinstance(document.policy, Policy)]
    checked += [
        Checked(name, text, "bucket", report_of(text, "bucket", context), False) for name, text in there.policies()
    ]
    by_text = {one.text: shown_of(one.report) for one in checked}
    merged = _merged(plan, there)
    policies, blocks = merged or (None, None)
    return Evidence(plan, prove(plan, policies, blocks), tuple(checked), merged is not None, by_text)


def _merged(plan: Plan, there: There) -> tuple[dict[str, Any], dict[str, dict[str, bool]]] | None:
    """Return the bucket policy as it will be, and Block Public Access; None where what is there isn't known."""
    setup = plan.setup
    if there.bucket is None or setup.unanswered or there.name not in {bucket.name for bucket in setup.buckets}:
        return None
    from wizard.methods.grants import bucket_arn
    from wizard.plan import Found, NotKnown, changes
    from wizard.plan import merged as merging

    if isinstance(there.bucket.policy, NotKnown):
        return None
    found = Found(buckets={there.name: there.bucket})
    policies = merging.there(plan, found, changes(plan, found))
    arns = {bucket_arn(setup, bucket) for bucket in setup.buckets}
    return {arn: policy for arn, policy in policies.items() if arn in arns}, merging.blocks(plan, found)


def _checked(document: Document, context: Context) -> Checked:
    from wizard.tui.sheets import attached

    assert document.policy is not None  # noqa: S101 -- asked by the caller
    kind = cast("DocumentType", "identity" if document.id.endswith("identity") else document.id)
    text = document.policy.text()
    side = "source" if document.id.startswith("source") else "destination"
    name = attached(document) or document.account_id
    return Checked(name, text, kind, report_of(text, kind, context), side=side)


def shown_of(report: Report) -> tuple[Finding, ...]:
    """Return the findings that are shown: not those about open values, which have marks of their own."""
    return tuple(one for one in report.findings if one.kind != _SAID_ELSEWHERE)


@lru_cache(maxsize=256)
def report_of(text: str, document_type: DocumentType | None, context: Context) -> Report:
    """Check a text; the same one is checked once."""
    from wizard.policy.check import check

    return check(text, document_type=document_type, context=context)


def context_of(plan: Plan) -> Context:
    """Return what check may know beside a text."""
    from wizard.policy.check import Context

    setup = plan.setup
    known = {
        "source_account": setup.source.account_ids[0] if setup.source.account_ids else "",
        "destination_account": setup.destination_account,
        "bucket": setup.bucket.name,
        "partition": setup.partition,
        "region": setup.bucket.region,
        "bucket_kms_key": setup.bucket.kms_key_arn,
    }
    # A placeholder is no account: what isn't answered isn't known.
    return Context.read({key: value for key, value in known.items() if "<" not in value})
