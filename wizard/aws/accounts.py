"""The accounts that a run may change: one side's clients each, and the check that they are what they should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.aws.clients import Clients, Place, label_of
from wizard.aws.look import caller
from wizard.aws.watch import Retrying
from wizard.errors import BadInputError
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.watch import Watch
    from wizard.plan.found import Caller
    from wizard.setup import Setup


@dataclass(frozen=True, slots=True)
class Accounts:
    """Clients, callers and places by account id, and each account's side."""

    clients: Mapping[str, Clients]
    callers: Mapping[str, Caller]
    places: Mapping[str, Place]

    def close(self) -> None:
        """Close every connection."""
        for one in self.clients.values():
            one.close()

    def to_json(self) -> dict[str, dict[str, str]]:
        """Return what the journal keeps: profiles, endpoints, and who called; never a credential."""
        return {
            account: {**place.to_json(), "caller": self.callers[account].arn} for account, place in self.places.items()
        }


def enter(
    setup: Setup,
    places: Mapping[str, Place],
    watch: Watch,
    *,
    ask_mfa: Callable[[str], str] | None = None,
) -> Accounts:
    """Return the accounts of the sides in `places` (`source`, `destination`), each checked to be that side's.

    Raises BadInputError where a profile's account is another one, CallError where AWS can't be asked.
    """
    clients: dict[str, Clients] = {}
    callers: dict[str, Caller] = {}
    chosen: dict[str, Place] = {}
    for side, place in places.items():
        expected = setup.source.account_ids if side == "source" else (setup.destination_account,)
        one = new_clients(place, label_of(side, ", ".join(expected)), setup.bucket.region, watch, ask_mfa)
        organized = side == "destination" and bool(setup.guards.organization_id)
        told = caller(one, with_organization=organized)
        if told.account_id not in expected:
            raise wrong_account(side, expected, place, told)
        clients[told.account_id], callers[told.account_id], chosen[told.account_id] = one, told, place
    return Accounts(clients, callers, chosen)


def new_clients(
    place: Place, label: str, region: str, watch: Watch, ask_mfa: Callable[[str], str] | None = None
) -> Clients:
    """Return clients that tell their retries to whoever watches."""
    return Clients(
        place,
        label=label,
        region=region,
        on_retry=lambda operation, attempt: watch.tell(Retrying(operation, attempt)),
        ask_mfa=ask_mfa,
    )


def wrong_account(side: str, expected: tuple[str, ...], place: Place, told: Caller) -> BadInputError:
    """Return the error of a caller who is in another account than the one that is to be changed."""
    option = how(Way.SOURCE_PROFILE if side == "source" else Way.DESTINATION_PROFILE)
    return BadInputError(
        _("The profile {profile} is in the account {account}.").format(
            profile=place.profile or "default", account=told.account_id
        ),
        where=label_of(side, ", ".join(expected)),
        why=_("It calls as {arn}. Nothing was changed.").format(arn=told.arn),
        mend=_("Name a profile of {expected} with {option}.").format(expected=", ".join(expected), option=option),
    )
