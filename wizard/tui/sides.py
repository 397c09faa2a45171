"""The two sides: whose credentials look into each account, what was found there, and what of it is suggested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.questions.catalogue import QUESTIONS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.clients import Place
    from wizard.aws.discover.run import Discovery, Wish
    from wizard.aws.discover.snapshot import Snapshot
    from wizard.tui.session import Session

SIDES = ("source", "destination")
# What is asked about the callers and their way is in their account; all else about the bucket's.
_OF_THE_SOURCE = ("source.", "guards.vpc_endpoint_ids", "guards.organization_id")


def side_of(key: str) -> str:
    """Return the side in whose account a question's answer can be found."""
    return "source" if key.startswith(_OF_THE_SOURCE) else "destination"


@dataclass(slots=True)
class Side:
    """One side. `profile` None: nobody chose yet; `others`: somebody else administers the account."""

    name: str
    profile: str | None = None
    others: bool = False
    snapshot: Snapshot | None = None
    wish: Wish | None = None
    discovery: Discovery | None = None

    @property
    def ours(self) -> bool:
        """Whether the person has credentials for it."""
        return self.profile is not None and not self.others


class Sides:
    """Both sides, and what goes on in the background for them.

    `found` is called on the app's own thread whenever there is more; `from_thread` gets it there;
    `ask_mfa` is called from the thread of a discovery.
    """

    def __init__(
        self,
        session: Session,
        found: Callable[[Side], None],
        from_thread: Callable[[Callable[[], None]], None],
        ask_mfa: Callable[[str], str],
    ) -> None:
        self._session = session
        self._found = found
        self._from_thread = from_thread
        self._ask_mfa = ask_mfa
        self.known: Mapping[str, str] = {}
        self.all = {name: Side(name) for name in SIDES}

    @property
    def chosen(self) -> bool:
        """Whether the person said something of both sides."""
        return all(side.ours or side.others for side in self.all.values())

    def places(self) -> dict[str, Place]:
        """Return where the calls of each side go that the person has credentials for."""
        from wizard.aws.clients import Place

        return {side.name: Place(side.profile or "") for side in self.all.values() if side.ours}

    def choose(self, name: str, profile: str | None) -> None:
        """Take a profile for a side ("": AWS's default); None: somebody else administers the account."""
        side = self.all[name]
        self._stop(side)
        side.profile, side.others, side.snapshot, side.wish = profile, profile is None, None, None
        self.follow()

    def follow(self) -> None:
        """Look again where the answers ask for something else by now; nothing where nobody chose a profile."""
        for side in self.all.values():
            if side.ours:
                wish = self._wish(side)
                if wish != side.wish:
                    self._start(side, wish)

    def stop(self) -> None:
        """End what goes on; nobody waits for it."""
        for side in self.all.values():
            self._stop(side)

    def _wish(self, side: Side) -> Wish:
        from wizard.aws.discover.run import Wish

        values = self._session.built.values
        account = str(values.get(f"{side.name}.account_id", ""))
        region = str(values.get("bucket.region", ""))
        bucket = str(values.get("bucket.name", "")) if side.name == "destination" else ""
        return Wish(side.name, side.profile or "", account, bucket, region)

    def _start(self, side: Side, wish: Wish) -> None:
        from wizard.aws.discover.run import start

        self._stop(side)
        side.wish = wish

        def publish(snapshot: Snapshot) -> None:
            self._from_thread(lambda: self._take(side, wish, snapshot))

        side.discovery = start(wish, publish, self._ask_mfa)

    def _take(self, side: Side, wish: Wish, snapshot: Snapshot) -> None:
        if side.wish is not wish:
            return
        # A second look shows less than the first one until it is done: what is known stays till then.
        before = side.snapshot
        if before is None or snapshot.done or snapshot.mismatch or not before.done:
            side.snapshot = snapshot
            self._session.found = self._suggestions()
            self._found(side)

    def _stop(self, side: Side) -> None:
        if side.discovery is not None:
            side.discovery.stop()
            side.discovery = None

    def know(self, values: Mapping[str, str]) -> None:
        """Take values that are known without looking: the practice accounts' own."""
        self.known = values
        self._session.found = self._suggestions()

    def _suggestions(self) -> dict[str, tuple[str, ...]]:
        out: dict[str, tuple[str, ...]] = {}
        for question in QUESTIONS:
            own = (self.known[question.key],) if question.key in self.known else ()
            snapshot = self.all[side_of(question.key)].snapshot
            found: tuple[str, ...] = ()
            if question.found and question.found != "profiles" and snapshot is not None:
                from wizard.aws.discover.snapshot import suggestions

                found = suggestions(snapshot, question.found)
            if own or found:
                out[question.key] = tuple(dict.fromkeys((*own, *found)))
        return out

    def mismatches(self) -> list[str]:
        """Return what doesn't fit: a profile of another account than the one that was named."""
        return [side.snapshot.problem for side in self.all.values() if side.snapshot and side.snapshot.mismatch]


def state_of(side: Side) -> list[tuple[str, str]]:
    """Return what is known of a side as lines with their looks."""
    if side.others:
        said = _("Somebody else administers this account: its half is handed over.")
        return [(said, "text")]
    if side.profile is None:
        return [(_("Nobody looks into this account yet."), "dim")]
    snapshot = side.snapshot
    if snapshot is None:
        return [(_("… asking AWS who this is"), "dim")]
    if snapshot.problem:
        return [(f"✗ {snapshot.problem}", "bad")]
    who = snapshot.caller_arn.rpartition(":")[2]
    lines = [(_("✓ {who} in {account}").format(who=who, account=snapshot.account_id), "good")]
    counted = (
        (_("buckets: {n}"), len(snapshot.buckets)),
        (_("roles: {n}"), len(snapshot.roles)),
        (_("users: {n}"), len(snapshot.users)),
        (_("KMS keys: {n}"), len(snapshot.kms_keys)),
        (_("VPC endpoints: {n}"), len(snapshot.vpc_endpoints)),
    )
    found = [text.format(n=count) for text, count in counted if count]
    if snapshot.organization_id:
        found.append(snapshot.organization_id)
    lines.append((_(", ").join(found) or _("nothing found"), "text"))
    if not snapshot.done:
        lines.append((_("… looking further"), "dim"))
    if snapshot.denied:
        lines.append((_("Denied: {n} (d lists them)").format(n=len(snapshot.denied)), "dim"))
    return lines
