"""Verifies a setup with real calls, as a caller that it names: what must be possible, then what must not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.aws import look
from wizard.aws.clients import Clients, Place, label_of
from wizard.aws.verify.bucket import Scene, try_allowed
from wizard.aws.verify.caller import not_tried_as, part
from wizard.aws.verify.plan import allowed
from wizard.aws.verify.probe import Calling, Clock, Left, Prober, Waiting, What
from wizard.aws.verify.refused import try_refused
from wizard.aws.verify.result import Verification, lit
from wizard.aws.verify.session import assume, assume_what, identity
from wizard.aws.verify.write import try_writes
from wizard.errors import BadInputError
from wizard.methods import levels
from wizard.methods.registry import METHODS
from wizard.profiles.read import read
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.verify.probe import Event
    from wizard.setup import Setup

__all__ = ["Calling", "Clock", "Left", "Options", "Waiting", "verify"]


def _silent(_event: Event) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Options:
    """How to verify: the profiles of each side ("": what the setup leads to), the consent to write, the patience.

    `tell` hears every call, waiting and result. `ask_mfa(prompt)` returns a code; without it nothing that needs
    one is tried.
    """

    source_profile: str = ""
    destination_profile: str = ""
    write_test: bool = False
    region: str = ""
    endpoint_url: str = ""
    clock: Clock = field(default_factory=Clock)
    tell: Callable[[Event], None] = _silent
    stop: Callable[[], bool] = _never
    ask_mfa: Callable[[str], str] | None = None


def verify(setup: Setup, options: Options) -> Verification:
    """Make the calls and return what came of them; a caller outside of the setup is told, and tries nothing.

    Raises BadInputError (no such profile; a destination profile of another account) and AwsError (no
    credentials, expired, out of reach). Test objects are cleaned up however it ends.
    """
    run = _Run(setup, options, _profiles())
    try:
        return run.run()
    finally:
        run.close()


def _profiles() -> Mapping[str, Mapping[str, str]]:
    """Return the settings of the files' profiles; none where they can't be read: botocore says why at a call."""
    try:
        files = read()
    except BadInputError:
        return {}
    return {name: files.settings(name) or {} for name in files.names}


class _Run:
    """One verification while it runs."""

    def __init__(self, setup: Setup, options: Options, profiles: Mapping[str, Mapping[str, str]]) -> None:
        self._setup = setup
        self._options = options
        self._profiles = profiles
        self._part = part(setup, options.source_profile, profiles)
        self._prober = Prober(setup, options.clock, options.tell, options.stop)
        self._open: list[Clients] = []
        self._caller_arn = ""
        self._others: tuple[str, ...] = ()
        self._left_behind: list[str] = []

    def run(self) -> Verification:
        """Say who calls, become the role where there is one, and try the buckets."""
        setup = self._setup
        source = self._clients(self._part.profile or "", "source", setup.source.account_ids[0])
        destination = self._destination()
        self._caller_arn, account, why = identity(self._prober, source, self._part.shown)
        self._others = () if why else not_tried_as(setup, account, self._caller_arn)
        if why:
            self._nothing(why)
            return self._result()
        caller = source
        if setup.method == "assume-role":
            role = assume(self._prober, source, self._caller_arn, self._options.ask_mfa)
            if role is None:
                self._nothing(_("The role was not assumed."), assumed=True)
                return self._result()
            self._open.append(role)
            self._written_profile()
            caller = role
        self._try([self._scene(number, caller, destination) for number in range(len(setup.buckets))])
        return self._result()

    def close(self) -> None:
        """Close the connections."""
        for one in self._open:
            one.close()

    def _written_profile(self) -> None:
        """Switch by the profile that was written as well, as the AWS CLI does: it may say something else."""
        setup = self._setup
        written = self._profiles.get(setup.profile.name, {})
        if "role_arn" not in written:
            return
        what = What("sts:GetCallerIdentity", "GetCallerIdentity", setup.profile.name)
        if written.get("mfa_serial"):
            self._prober.skip(what, _("The profile asks for an MFA code of its own, and a code works once."))
            return
        by_profile = self._clients(setup.profile.name, "source", setup.source.account_ids[0])
        self._prober.must_pass(
            what,
            lambda: by_profile.call("sts", "get_caller_identity"),
            reading=lambda response: str(response["Arn"]),
        )

    def _try(self, scenes: list[Scene]) -> None:
        setup, word = self._setup, secrets.token_hex(6)
        for scene in scenes:
            try_allowed(scene)
            try_writes(scene, consent=self._options.write_test, word=word)
        if setup.access.list_all_buckets:
            _list_all(scenes[0])
        for scene in scenes:
            if self._result().holds:
                try_refused(scene, word=word)
            else:
                why = _("Only after what is allowed was seen to work.")
                self._prober.skip(What("s3:*", "", scene.target()), why, expected="denied")

    def _result(self) -> Verification:
        tried = tuple(self._prober.tried)
        path = lit(self._setup, tried)
        left_behind = tuple(self._left_behind)
        return Verification(self._part.shown, self._part.why, self._caller_arn, self._others, tried, path, left_behind)

    def _clients(self, profile: str, side: str, account_id: str) -> Clients:
        clients = Clients(
            Place(profile, self._options.region, self._options.endpoint_url),
            label=label_of(side, account_id),
            region=self._setup.bucket.region,
            ask_mfa=self._options.ask_mfa,
        )
        self._open.append(clients)
        return clients

    def _scene(self, number: int, caller: Clients, destination: Clients | None) -> Scene:
        links = tuple(link.id for link in METHODS[self._setup.method].hops(self._setup)[-1].links)
        bucket = self._setup.buckets[number]
        return Scene(self._setup, bucket, caller, destination, self._prober, links, left_behind=self._left_behind)

    def _destination(self) -> Clients | None:
        """Return the bucket's owner's clients, where a profile was named. Raises BadInputError for another account."""
        profile, owner = self._options.destination_profile, self._setup.destination_account
        if not profile:
            return None
        clients = self._clients(profile, "destination", owner)
        found = look.caller(clients)
        if found.account_id != owner:
            raise BadInputError(
                _("The profile {profile} is of the account {found}.").format(profile=profile, found=found.account_id),
                where=label_of("destination", owner),
                why=_("The setup's destination account is {account}.").format(account=owner),
                mend=_("Name a profile of that account, or leave it out."),
            )
        return clients

    def _nothing(self, why: str, *, assumed: bool = False) -> None:
        """Keep that nothing of the setup was tried, and why; `assumed`: but for the role, which is told already."""
        setup = self._setup
        if setup.method == "assume-role" and not assumed:
            self._prober.skip(assume_what(setup), why)
        links = tuple(link.id for link in METHODS[setup.method].hops(setup)[-1].links)
        for bucket in setup.buckets:
            target = f"s3://{bucket.name}/{bucket.prefix}"
            for probe in allowed(setup):
                self._prober.skip(What(probe.action, probe.call, target, links), why)


def _list_all(scene: Scene) -> None:
    """List the account's buckets, which an IAM policy alone allows."""
    links = tuple(link for link in scene.links if link in {"source-identity", "destination-identity"})
    what = What(levels.LIST_ALL, "ListBuckets", "s3://", links)
    scene.prober.must_pass(what, lambda: scene.caller.call("s3", "list_buckets", region=scene.bucket.region))
