"""Looks round in one account with a person's own profile, in the background: every look optional, and none waited for.

A call that hangs can't be taken back, so nothing ever waits for the thread: `start` makes it a daemon, and after
`stop` it publishes nothing more and ends at its next call (a time-out is at most CONNECT_SECONDS or READ_SECONDS).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws import look
from wizard.aws.clients import Clients, Place, label_of
from wizard.aws.discover.snapshot import DESTINATION, Denied, NamedBucket, Snapshot
from wizard.aws.errors import CallError
from wizard.errors import WizardError
from wizard.plan.found import NotKnown
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# More than anybody reads through; the rest can still be typed.
MOST = 1000
_MOST_KEYS = 50
_MOST_PREFIXES = 200
# The actions by which the pieces of a bucket are read.
_BUCKET_ACTIONS = {
    "policy": "s3:GetBucketPolicy",
    "public_access_block": "s3:GetBucketPublicAccessBlock",
    "ownership": "s3:GetBucketOwnershipControls",
    "encryption": "s3:GetEncryptionConfiguration",
    "region": "s3:GetBucketLocation",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked at: a side, with a profile ("": AWS's default), and what was answered already.

    `account_id` is compared with the caller's; `bucket` (destination) is looked at closely; `region` is where
    keys and VPC endpoints are looked for ("": the profile's own).
    """

    side: str
    profile: str
    account_id: str = ""
    bucket: str = ""
    region: str = ""
    endpoint_url: str = ""


class Discovery:
    """A discovery that goes on in a thread of its own, which nobody waits for."""

    def __init__(self, thread: threading.Thread, stopped: threading.Event) -> None:
        self._thread = thread
        self._stopped = stopped

    def stop(self) -> None:
        """End it: nothing is published from here on. Returns at once, whatever hangs."""
        self._stopped.set()

    @property
    def running(self) -> bool:
        """Whether its thread still lives."""
        return self._thread.is_alive()


def start(wish: Wish, publish: Callable[[Snapshot], None], ask_mfa: Callable[[str], str] | None = None) -> Discovery:
    """Discover in a daemon thread; `publish` is called from there with each growing snapshot, the last one `done`."""
    stopped = threading.Event()
    thread = threading.Thread(
        target=discover, args=(wish, publish, stopped.is_set, ask_mfa), name=f"discover-{wish.side}", daemon=True
    )
    discovery = Discovery(thread, stopped)
    thread.start()
    return discovery


def profile_names() -> tuple[str, ...]:
    """Return the profiles of the config and credentials files; none where the files can't be read."""
    from wizard.profiles.read import read

    try:
        return read().names
    except WizardError:
        return ()


class _StoppedError(Exception):
    """Somebody asked to stop; nothing is published any more."""


def discover(
    wish: Wish,
    publish: Callable[[Snapshot], None],
    stop: Callable[[], bool],
    ask_mfa: Callable[[str], str] | None = None,
) -> None:
    """Look at one side, and publish what is known after each look. Never raises for what AWS or a file says.

    `stop` is asked before every call, and before a call is sent again; `ask_mfa(prompt)` returns a code where the
    profile needs one.
    """
    looker = _Looker(wish, publish, stop, ask_mfa)
    try:
        looker.run()
    except _StoppedError:
        pass
    finally:
        looker.close()


class _Looker:
    """One discovery."""

    def __init__(
        self,
        wish: Wish,
        publish: Callable[[Snapshot], None],
        stop: Callable[[], bool],
        ask_mfa: Callable[[str], str] | None,
    ) -> None:
        self._wish = wish
        self._publish = publish
        self._stop = stop
        self._now = Snapshot(wish.side, wish.profile, bucket_name=wish.bucket)
        self._clients = Clients(
            Place(wish.profile, "", wish.endpoint_url),
            label=label_of(wish.side, wish.account_id) if wish.account_id else "",
            region=wish.region,
            check=self._check,
            on_retry=lambda _operation, _attempt: self._check(),
            ask_mfa=ask_mfa,
        )

    def run(self) -> None:
        self._add(profiles=profile_names())
        try:
            caller = self._clients.call("sts", "get_caller_identity")
        except WizardError as error:
            self._add(problem=str(error), done=True)
            return
        self._identity(str(caller["Account"]), str(caller["Arn"]))
        if not self._now.mismatch:
            for action, ask in self._looks():
                self._look(action, ask)
        self._add(done=True)

    def close(self) -> None:
        """Close the connections."""
        self._clients.close()

    def _looks(self) -> Iterator[tuple[str, Callable[[], Mapping[str, Any]]]]:
        """Yield what is looked at, in the order in which the questions need it."""
        if self._wish.side == DESTINATION:
            yield "s3:ListAllMyBuckets", self._buckets
            if self._wish.bucket:
                yield "s3:GetBucketLocation", self._bucket
                yield "s3:GetBucketVersioning", self._versioning
                yield "s3:ListBucket", self._prefixes
                yield "s3:GetAccountPublicAccessBlock", self._account_block
        yield "iam:ListRoles", lambda: self._named("roles", "Roles")
        yield "iam:ListUsers", lambda: self._named("users", "Users")
        if self._wish.side == DESTINATION:
            yield "kms:ListKeys", self._keys
        else:
            yield "ec2:DescribeVpcEndpoints", self._endpoints
        yield "organizations:DescribeOrganization", self._organization

    def _look(self, action: str, ask: Callable[[], Mapping[str, Any]]) -> None:
        """Make one look; what it can't see is noted, and the next one is made."""
        try:
            found = ask()
        except CallError as error:
            if not error.missing:  # that there is none is an answer
                self._deny(action, error.what)
            return
        except WizardError as error:
            self._deny(action, error.what)
            return
        self._add(**found)

    def _identity(self, account_id: str, arn: str) -> None:
        typed = self._wish.account_id
        if typed and typed != account_id:
            said = _("The profile {profile} is in the account {found}, and not in {typed}.")
            problem = said.format(profile=self._wish.profile or "default", found=account_id, typed=typed)
            self._add(account_id=account_id, caller_arn=arn, mismatch=True, problem=problem)
        else:
            self._add(account_id=account_id, caller_arn=arn)

    def _buckets(self) -> Mapping[str, Any]:
        told = self._clients.call("s3", "list_buckets")["Buckets"][:MOST]
        return {"buckets": tuple(NamedBucket(one["Name"], one.get("BucketRegion", "")) for one in told)}

    def _bucket(self) -> Mapping[str, Any]:
        found = look.bucket(self._clients, self._wish.bucket, self._now.account_id, self._wish.region)
        for piece, action in _BUCKET_ACTIONS.items():
            value = getattr(found, piece)
            if isinstance(value, NotKnown):
                self._deny(action, value.reason)
        return {"bucket": found}

    def _account_block(self) -> Mapping[str, Any]:
        """Look at what counts beside the bucket's own settings; one that can't be had is listed, and no more."""
        block = look.account_block(self._clients, self._now.account_id)
        if isinstance(block, NotKnown) and block.reason:
            self._deny("s3:GetAccountPublicAccessBlock", block.reason)
        here = self._now.bucket
        return {} if here is None else {"bucket": replace(here, account_block=block)}

    def _versioning(self) -> Mapping[str, Any]:
        told = self._on_the_bucket("get_bucket_versioning")
        return {"versioning": str(told.get("Status", "")) or "Disabled"}

    def _prefixes(self) -> Mapping[str, Any]:
        told = self._on_the_bucket("list_objects_v2", Delimiter="/", MaxKeys=_MOST_PREFIXES)
        return {"prefixes": tuple(str(one["Prefix"]) for one in told.get("CommonPrefixes", ()))}

    def _on_the_bucket(self, operation: str, **parameters: Any) -> Any:
        return self._clients.call(
            "s3",
            operation,
            region=self._region(),
            Bucket=self._wish.bucket,
            ExpectedBucketOwner=self._now.account_id,
            **parameters,
        )

    def _region(self) -> str:
        """Return the region that the bucket is in, as far as that is known by now."""
        found = self._now.bucket.region if self._now.bucket else ""
        return found if isinstance(found, str) and found else self._wish.region

    def _named(self, kind: str, key: str) -> Mapping[str, Any]:
        told = self._clients.pages("iam", f"list_{kind}", key, PaginationConfig={"MaxItems": MOST})
        return {kind: tuple(str(one["Arn"]) for one in told)}

    def _endpoints(self) -> Mapping[str, Any]:
        told = self._clients.pages(
            "ec2",
            "describe_vpc_endpoints",
            "VpcEndpoints",
            region=self._wish.region,
            PaginationConfig={"MaxItems": MOST},
        )
        mine = [one for one in told if str(one.get("ServiceName", "")).endswith(".s3")]
        return {"vpc_endpoints": tuple(str(one["VpcEndpointId"]) for one in mine)}

    def _keys(self) -> Mapping[str, Any]:
        region = self._region()
        listed = self._clients.pages(
            "kms", "list_keys", "Keys", region=region, PaginationConfig={"MaxItems": _MOST_KEYS}
        )
        return {"kms_keys": tuple(str(one["KeyArn"]) for one in listed if self._serves(str(one["KeyArn"]), region))}

    def _serves(self, arn: str, region: str) -> bool:
        """Whether a key can encrypt a bucket for others: a customer managed, symmetric one that is enabled."""
        try:
            key = self._clients.call("kms", "describe_key", region=region, KeyId=arn)["KeyMetadata"]
        except CallError as error:
            if error.denied or error.missing:
                return False  # one that can't be seen is no suggestion
            raise
        is_symmetric = key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        return bool(key.get("KeyManager") == "CUSTOMER" and key.get("Enabled") and is_symmetric)

    def _organization(self) -> Mapping[str, Any]:
        told = self._clients.call("organizations", "describe_organization")["Organization"]
        return {"organization_id": str(told["Id"])}

    def _check(self) -> None:
        if self._stop():
            raise _StoppedError

    def _deny(self, action: str, said: str) -> None:
        self._add(denied=(*self._now.denied, Denied(action, said)))

    def _add(self, **found: Any) -> None:
        """Publish a snapshot that has more."""
        self._check()
        self._now = replace(self._now, **found)
        self._publish(self._now)
