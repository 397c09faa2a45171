"""Why is it denied: collects what the credentials can read on both sides, makes the call, and decides.

    found = diagnose(Ask("s3-crossaccount-bucket01", "reports/summary.csv", profile="cliuser"))
    for cause in found.causes: ...

What is collected is frozen (`diagnose_evidence`), and the decision is a pure function of it (`diagnose_decide`).
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws.clients import Clients, Place
from wizard.aws.diagnose import bucket as diagnose_bucket
from wizard.aws.diagnose import call as diagnose_call
from wizard.aws.diagnose import identity as diagnose_identity
from wizard.aws.diagnose import ours as diagnose_ours
from wizard.aws.diagnose import roles as diagnose_roles
from wizard.aws.diagnose.assume import Known, assume
from wizard.aws.diagnose.call import answer_of
from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.evidence import BucketSeen, CallSeen, Evidence, ObjectSeen, Other, Paper, Start, Who
from wizard.aws.diagnose.layers import layers
from wizard.aws.diagnose.start import way
from wizard.aws.errors import UNREACHABLE, CallError
from wizard.errors import BadInputError, CancelledError
from wizard.plan.found import ABSENT, NOT_ASKED
from wizard.policy.evaluate import may_be_public
from wizard.profiles.read import read
from wizard.profiles.resolve import resolve
from wizard.state import journal
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.aws.diagnose.assume import Assumed
    from wizard.aws.diagnose.evidence import Assuming
    from wizard.aws.diagnose.result import Diagnosis
    from wizard.aws.diagnose.start import Way
    from wizard.profiles.read import Files

_MOST_PROFILES = 8  # whose owner is asked for, where the caller seems to be the wrong one


def _never() -> bool:
    return False


def _silent(_what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is denied to whom. `destination_profile` and `source_profile` read the policies of their accounts.

    `tell` hears what is being looked at. `ask_mfa(prompt)` returns a code where a profile needs one.
    """

    bucket: str
    key: str
    profile: str = ""
    destination_profile: str = ""
    source_profile: str = ""
    action: str = ""
    region: str = ""
    endpoint_url: str = ""
    ask_mfa: Callable[[str], str] | None = None
    tell: Callable[[str], None] = _silent
    stop: Callable[[], bool] = _never


def diagnose(ask: Ask) -> Diagnosis:
    """Collect and decide. Raises BadInputError (no such profile, no such action) and AwsError (AWS out of reach)."""
    return decide(collect(ask))


def collect(ask: Ask) -> Evidence:
    """Return the evidence: only reads, and the one call, which destroys nothing."""
    action = diagnose_call.action_of(ask.action, ask.key)
    collector = _Collector(ask, action, read())
    try:
        evidence = diagnose_roles.by_documents(collector.run())
    finally:
        collector.close()
    with suppress(BadInputError):  # without a state folder nothing was applied from here
        return replace(evidence, repairs=diagnose_ours.repaired(evidence, journal.runs()))
    return evidence


class _Collector:
    """One collection: every caller that was found, by account, and what they saw."""

    def __init__(self, ask: Ask, action: str, files: Files) -> None:
        self._ask = ask
        self._action = action
        self._files = files
        self._way: Way = way(files, os.environ, profile=ask.profile, region=ask.region, endpoint_url=ask.endpoint_url)
        self._open: list[Clients] = []
        self._readers: dict[str, list[Clients]] = {}
        self._known = Known(self._readers, diagnose_roles.known(files, self._way.switches, os.environ))
        self._named: dict[str, str] = {}

    def run(self) -> Evidence:
        """Go the way of the call from its first credentials, then look at the bucket's side."""
        start = self._way.start
        self._reader(self._ask.destination_profile)
        self._reader(self._ask.source_profile)
        evidence = self._nothing(start)
        if start.problem:
            return evidence
        self._ask.tell(_("Who calls"))
        first = self._clients(self._way.first)
        try:
            told = first.call("sts", "get_caller_identity")
        except CallError as error:
            if error.code == UNREACHABLE:
                raise
            return self._refused_at_start(evidence, first, error)
        self._add(str(told["Account"]), first)
        done: tuple[Assuming, ...] = ()
        acting: Assumed | None = None
        for switch in self._way.switches[1:] if self._way.by_botocore else self._way.switches:
            self._ask.tell(_("Switching to {role}").format(role=switch.role_arn))
            caller = acting.clients if acting and acting.clients else first
            who = acting.who if acting else self._who(told, first)
            acting = assume(switch, who, caller, self._known, start.region, self._ask.ask_mfa)
            done = (*done, acting.seen)
            if acting.clients is None:
                break
            self._open.append(acting.clients)
            self._add(acting.who.account_id, acting.clients)
        who = acting.who if acting else self._who(told, first)
        return self._with_bucket(replace(evidence, assuming=done, who=who), acting.clients if acting else first)

    def close(self) -> None:
        """Close the connections."""
        for one in self._open:
            one.close()

    def _nothing(self, start: Start) -> Evidence:
        bucket = BucketSeen(self._ask.bucket)
        return Evidence(start, self._action, bucket, ObjectSeen(self._ask.key), readers=self._named)

    def _who(self, told: dict[str, Any], first: Clients) -> Who:
        """Return the first caller. A session that was handed to us may have a session policy that nobody shows."""
        own_session = ABSENT if ":user/" in str(told["Arn"]) or self._way.by_botocore else NOT_ASKED
        readers = self._readers.get(str(told["Account"]), [first])
        return diagnose_identity.who(told, readers, session=own_session, mfa=None, roles=self._known.roles)

    def _refused_at_start(self, evidence: Evidence, first: Clients, error: CallError) -> Evidence:
        """Keep that there are no credentials; where a role's profile has them, that the role was refused."""
        answer = answer_of(error)
        if not self._way.by_botocore or not error.denied:
            return replace(evidence, start=self._with_others(replace(evidence.start, answer=answer)))
        refused = assume(self._way.switches[0], None, first, self._known, evidence.start.region, None, answer=answer)
        return self._with_bucket(replace(evidence, assuming=(refused.seen,), who=refused.who), None)

    def _with_bucket(self, evidence: Evidence, acting: Clients | None) -> Evidence:
        """Look at the bucket, make the call, and look at what only matters where it was refused."""
        ask, who = self._ask, evidence.who
        self._ask.tell(_("The bucket {bucket}").format(bucket=ask.bucket))
        region, missing = self._bucket_region(acting)
        everybody = [one for some in self._readers.values() for one in some]
        if missing:
            bucket = diagnose_bucket.missing_bucket(ask.bucket, everybody)
        else:
            bucket = diagnose_bucket.bucket(ask.bucket, self._readers, region)
            if bucket.region is NOT_ASKED and region:
                bucket = replace(bucket, region=region)
        owners = self._readers.get(bucket.owner, []) if isinstance(bucket.owner, str) else []
        lookers = [*owners, *([acting] if acting else [])]
        thing = diagnose_bucket.thing(ask.key, bucket, lookers, region)
        writes = self._action == diagnose_call.PUT
        arn = who.arn if who else ""
        key = diagnose_bucket.key_of(bucket, thing, writes=writes, readers=self._readers, who_arn=arn)
        call = CallSeen(self._action, "", made=False, why=_("The way to the bucket was cut off before."))
        if acting is not None:
            self._ask.tell(_("The call for {action}").format(action=self._action))
            call = diagnose_call.make(acting, ask.bucket, ask.key, self._action, thing.version, region, owners)
        found = replace(evidence, bucket=bucket, thing=thing, key=key, call=call)
        if call.passed:
            return found
        policy = bucket.policy.document if isinstance(bucket.policy, Paper) else None
        if owners and isinstance(policy, dict) and may_be_public(policy):  # only a public one is narrowed by it
            block = diagnose_bucket.account_block(owners, found.destination_account)
            found = replace(found, bucket=replace(bucket, account_block=block))
        over = layers(self._readers, *_accounts(found), region)
        return replace(found, layers=over, start=self._with_others(found.start))

    def _bucket_region(self, acting: Clients | None) -> tuple[str, bool]:
        """Return the bucket's region and whether S3 says that there is no such bucket.

        HeadBucket tells the region also to whom it refuses. What it answers in another region is a redirect.
        """
        is_missing = False
        for one in [*([acting] if acting else []), *(each for some in self._readers.values() for each in some)]:
            try:
                told = one.call("s3", "head_bucket", Bucket=self._ask.bucket)
            except CallError as error:
                if error.code in {"404", "NoSuchBucket"}:
                    is_missing = True  # in this partition: another profile may be of the bucket's
                elif error.bucket_region:
                    return error.bucket_region, False
                continue
            return str(told.get("BucketRegion") or self._way.start.region), False
        return self._way.start.region, is_missing

    def _with_others(self, start: Start) -> Start:
        """Add whose the other profiles are, and who the profile is that the environment's keys come before."""
        used = {self._way.first, start.profile, *(switch.profile for switch in self._way.switches)}
        others = []
        for name in [one for one in self._files.names if one not in used or start.overriding][:_MOST_PROFILES]:
            steps = resolve(self._files, name).steps
            arn = steps[0].detail if steps and steps[0].kind == "assume-role" else ""
            if steps and steps[0].kind == "keys":
                arn = self._owner_of(name)
            if arn:
                others.append(Other(name, arn))
        instead = next((one.principal_arn for one in others if one.profile == start.profile), "")
        return replace(start, others=tuple(others), instead=instead if start.overriding else "")

    def _owner_of(self, profile: str) -> str:
        """Return who a profile's access key belongs to; it needs no permission to ask that."""
        try:
            return str(self._clients(profile).call("sts", "get_caller_identity")["Arn"])
        except CallError:
            return ""

    def _reader(self, profile: str) -> None:
        if profile:
            one = self._clients(profile)
            account = str(one.call("sts", "get_caller_identity")["Account"])
            self._add(account, one)
            self._named[account] = profile

    def _add(self, account: str, one: Clients) -> None:
        self._readers.setdefault(account, []).append(one)

    def _clients(self, profile: str) -> Clients:
        one = Clients(
            Place(profile, self._ask.region, self._ask.endpoint_url),
            label=profile,
            region=self._way.start.region,
            ask_mfa=self._ask.ask_mfa,
            check=self._check,
        )
        self._open.append(one)
        return one

    def _check(self) -> None:
        if self._ask.stop():
            raise CancelledError(_("Diagnosing was stopped."))


def _accounts(found: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the accounts of everybody who calls on the way, the first caller's first, and of what is called."""
    who, key = found.who, found.key
    callers = [*(hop.who.account_id for hop in found.assuming), *([who.account_id] if who else [])]
    roles = [hop.role_arn.split(":")[4] for hop in found.assuming]
    owners = [*roles, found.destination_account, *([key.account_id] if key else [])]
    return tuple(filter(None, callers)), tuple(filter(None, owners))
