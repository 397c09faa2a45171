"""Applies what a diagnosis offers by the hands of `apply`: journalled, one by one, read back; and diagnoses again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.aws.accounts import Accounts, new_clients, wrong_account
from wizard.aws.clients import Place, label_of
from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.ours import METHOD
from wizard.aws.diagnose.run import collect
from wizard.aws.diagnose.split import split
from wizard.aws.ending import ended
from wizard.aws.look import caller
from wizard.aws.making import Maker, MovedError
from wizard.aws.watch import Began, Clock, Moved, StoppedError
from wizard.errors import AwsError, BadInputError
from wizard.state import journal
from wizard.state.run import Event
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wizard.aws.clients import Clients
    from wizard.aws.diagnose.evidence import Evidence
    from wizard.aws.diagnose.result import Cause, Diagnosis
    from wizard.aws.diagnose.run import Ask
    from wizard.aws.diagnose.split import Mend
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.plan.found import Caller

# How often it is diagnosed again because somebody else keeps changing the same things.
_AGAIN = 5


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is shown and confirmed before anything changes."""

    evidence: Evidence
    mend: Mend
    accounts: Accounts

    @property
    def diagnosis(self) -> Diagnosis:
        """The diagnosis that is mended."""
        return self.mend.diagnosis


@dataclass(frozen=True, slots=True)
class Done:
    """What a run made."""

    run_id: str
    made: tuple[Change, ...]


def prepare(ask: Ask, watch: Watch) -> Prepared:
    """Diagnose, and work out what is applied; nothing is changed.

    Credentials come from the profiles that are named for the two sides, each checked to be of an account on the way:
    raises BadInputError where one isn't.
    """
    evidence = collect(ask)
    found = decide(evidence)
    accounts = _enter(ask, evidence, watch)
    return Prepared(evidence, split(evidence, found, _sides(ask, accounts)), accounts)


def _enter(ask: Ask, evidence: Evidence, watch: Watch) -> Accounts:
    clients: dict[str, Clients] = {}
    callers: dict[str, Caller] = {}
    places: dict[str, Place] = {}
    for side, profile, expected in _wanted(ask, evidence):
        place = Place(profile, ask.region, ask.endpoint_url)
        region = evidence.bucket.region if isinstance(evidence.bucket.region, str) else evidence.start.region
        one = new_clients(place, label_of(side, ", ".join(expected)), region, watch, ask.ask_mfa)
        told = caller(one)
        if told.account_id not in expected:
            raise wrong_account(side, expected, place, told) if expected else _not_the_owner(evidence, place, told)
        clients[told.account_id], callers[told.account_id], places[told.account_id] = one, told, place
    return Accounts(clients, callers, places)


def _wanted(ask: Ask, evidence: Evidence) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the sides that a profile was named for, with the accounts that it may be of."""
    if ask.source_profile and evidence.source_account:
        yield "source", ask.source_profile, (evidence.source_account,)
    theirs = [hop.role_arn.split(":")[4] for hop in evidence.assuming]
    theirs += [evidence.destination_account, evidence.key.account_id if evidence.key else ""]
    expected = tuple(dict.fromkeys(filter(None, theirs)))
    if ask.destination_profile and evidence.bucket.exists is not False:
        yield "destination", ask.destination_profile, expected


def _not_the_owner(evidence: Evidence, place: Place, told: Caller) -> BadInputError:
    return BadInputError(
        _("The profile {profile} is in the account {account}, which doesn't own {bucket}.").format(
            profile=place.profile, account=told.account_id, bucket=evidence.bucket.name
        ),
        why=_("It calls as {arn}. Nothing was changed.").format(arn=told.arn),
        mend=_("Name a profile of the bucket's account with {option}.").format(option=how(Way.DESTINATION_PROFILE)),
    )


def _sides(ask: Ask, accounts: Accounts) -> dict[str, str]:
    return {
        account: "source" if place.profile == ask.source_profile else "destination"
        for account, place in accounts.places.items()
    }


def apply(prepared: Prepared, ask: Ask, watch: Watch, *, again: Callable[[Prepared], bool]) -> Done:
    """Make the changes, as a run of the journal.

    `again` is asked where somebody changed what was confirmed, and it was diagnosed anew. Raises CancelledError when
    it was stopped, AwsError where AWS refused: both say what is done, and how it is put back.
    """
    about = {
        "setup": prepared.mend.name,
        "method": METHOD,
        "buckets": [prepared.evidence.bucket.name],
        "region": next((one.region for one in prepared.mend.made if one.region), ""),
        "target": prepared.diagnosis.target,
        "action": prepared.diagnosis.action,
    }
    made: list[Change] = []
    with journal.new_run(**about, accounts=prepared.accounts.to_json()) as opened, ended(opened, made):
        _make_all(prepared, ask, Maker(opened, watch, prepared.mend.name), made, again)
        run_id = opened.id
    return Done(run_id, tuple(made))


def _make_all(
    prepared: Prepared, ask: Ask, maker: Maker, made: list[Change], again: Callable[[Prepared], bool]
) -> None:
    queue, watch, rounds = _planned(maker, prepared), maker.watch, 0
    while queue:
        change = queue[0]
        watch.check()
        watch.tell(Began(change, len(made) + 1, len(made) + len(queue)))
        try:
            if maker.make(prepared.accounts.clients[change.account_id], change):
                made.append(change)
            queue.pop(0)
        except MovedError:
            watch.tell(Moved(change))
            rounds += 1
            if rounds > _AGAIN:
                raise AwsError(
                    _("What is there keeps changing while it is read."),
                    mend=_("Find out who else changes it, then do it again."),
                ) from None
            prepared = _diagnosed_again(prepared, ask)
            if prepared.mend.made and not again(prepared):
                raise StoppedError from None
            queue = _planned(maker, prepared)


def _planned(maker: Maker, prepared: Prepared) -> list[Change]:
    for change in prepared.mend.made:
        maker.journal.write(Event.PLAN, change=change.to_json())
    return list(prepared.mend.made)


def _diagnosed_again(prepared: Prepared, ask: Ask) -> Prepared:
    # The run has its name: a statement that is made in it carries no other.
    evidence = replace(collect(ask), repairs=prepared.mend.name)
    return replace(prepared, evidence=evidence, mend=split(evidence, decide(evidence), _sides(ask, prepared.accounts)))


def settled(ask: Ask, watch: Watch, before: Diagnosis, made: Sequence[Change]) -> Diagnosis:
    """Diagnose again: until the call works, or a reason shows that waiting won't change; at most the watch's patience.

    A change of a policy is in force everywhere within seconds, mostly.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
    """
    found = decide(collect(ask))
    if not made:
        return found
    clock = Clock(watch, made[-1])
    try:
        while _may_pass(found, before, made) and clock.wait(_("The change isn't in force everywhere yet.")):
            found = decide(collect(ask))
    except StoppedError:
        return found
    return found


def _may_pass(found: Diagnosis, before: Diagnosis, made: Sequence[Change]) -> bool:
    """Whether a refusal may pass by itself: nothing is against the call but what was just changed, or nothing at all.

    A code of an MFA device is taken once: who has to type one isn't asked again and again.
    """
    if found.works is not False or any(hop.mfa_serial for hop in found.switches):
        return False
    if before.mended is not True:  # more was needed than what was made
        return any(_is_of(cause, made) for cause in found.causes)
    known = {_key(cause) for cause in before.causes if not _is_of(cause, made)}
    return not any(_key(cause) in known or (cause.certain and not _is_of(cause, made)) for cause in found.causes)


def _key(cause: Cause) -> tuple[str, str, str]:
    return cause.kind, cause.link, cause.side


def _is_of(cause: Cause, made: Sequence[Change]) -> bool:
    """Whether a cause is mended by what was changed."""
    return any(change.target == one.target for change in cause.changes for one in made)
