"""One boto3 Session with its clients for one side: short time-outs, few retries, errors in words."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from wizard.aws import calls_logged, endpoints, read_only
from wizard.aws.errors import explained
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 10, 3

# Tests put a function here that gets every new botocore session, to inject faults by its events.
on_session: Callable[[Any], None] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side's calls go: a profile ("": botocore's default), a region and an endpoint ("": the profile's)."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as the journal keeps it; there is no secret in it."""
        return {"profile": self.profile, "region": self.region, "endpoint_url": self.endpoint_url}


class Clients:
    """The clients of one side, made when they are needed. One thread uses one Clients: sessions aren't thread-safe.

    `label` says in errors whose calls these are. `on_retry(operation, attempt)` is told when botocore sends a
    request again. `check()` runs before each call, and may raise to stop. `ask_mfa(prompt)` returns an MFA code
    where the profile needs one; without it botocore asks in the terminal.
    """

    def __init__(
        self,
        place: Place,
        *,
        label: str = "",
        region: str = "",
        on_retry: Callable[[str, int], None] | None = None,
        check: Callable[[], None] | None = None,
        ask_mfa: Callable[[str], str] | None = None,
    ) -> None:
        self.place = place
        self.label = label
        self._fallback_region = region
        self._on_retry = on_retry
        self._check = check
        self._ask_mfa = ask_mfa
        self._session: Any = None
        self._clients: dict[tuple[str, str, bool], Any] = {}

    def call(self, service: str, operation: str, *, region: str = "", once: bool = False, **parameters: Any) -> Any:
        """Make one call (`iam`, `get_role`) and return botocore's answer. Raises CallError or BadInputError.

        `region` is the bucket's or key's; `once` sends the request a single time, whatever happens.
        """
        if self._check is not None:
            self._check()
        with self._explained(operation):
            return getattr(self._client(service, region, once=once), operation)(**parameters)

    def pages(self, service: str, operation: str, key: str, *, region: str = "", **parameters: Any) -> list[Any]:
        """Return what all pages of a call list under `key`; `check` runs before every page."""
        found: list[Any] = []
        with self._explained(operation):
            for page in self._client(service, region).get_paginator(operation).paginate(**parameters):
                found += page.get(key, [])
                if self._check is not None:
                    self._check()
        return found

    def unknown_region(self, service: str) -> str:
        """Return the region that a service is called in, where botocore doesn't know the service there; else ""."""
        from botocore.exceptions import UnknownRegionError

        region = str(self._client(service, "").meta.region_name)
        try:
            partition = self._session.get_partition_for_region(region)
        except UnknownRegionError:
            return region
        return "" if region in self._session.get_available_regions(service, partition_name=partition) else region

    def with_keys(self, access_key_id: str, secret: str, region: str, token: str = "") -> Clients:
        """Return clients that call with an access key of their own at the same place (to see a new key work).

        `token` makes it a session's temporary key (to call as a role that was assumed).
        """
        other = Clients(self.place, label=self.label, region=region, on_retry=self._on_retry, check=self._check)
        with self._explained("session"):
            keys = {"aws_access_key_id": access_key_id, "aws_secret_access_key": secret}
            other._session = self._new_session(**keys, **({"aws_session_token": token} if token else {}))
        return other

    def endpoint(self, service: str) -> str:
        """Return the URL that a service's calls go to, without asking anybody."""
        with self._explained("endpoint"):
            return str(self._client(service, "").meta.endpoint_url)

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    @contextmanager
    def _explained(self, operation: str) -> Iterator[None]:
        words = "".join(word.capitalize() for word in operation.split("_"))
        with explained(words, where=self.label, profile=self.place.profile):
            try:
                yield
            except ValueError as error:
                endpoint = endpoints.told_by(error)
                if endpoint is None:
                    raise
                raise endpoints.unusable(endpoint, self.place) from None

    def _client(self, service: str, region: str, *, once: bool = False) -> Any:
        from botocore.config import Config

        if self._session is None:
            self._session = self._new_session()
        chosen = region or self.place.region or self._session.region_name or self._fallback_region or "us-east-1"
        made = (service, chosen, once)
        if made not in self._clients:
            config = Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": 1 if once else ATTEMPTS},
                user_agent_extra="s3-crossaccount",
            )
            endpoint = self.place.endpoint_url or None
            client = self._session.client(service, region_name=chosen, endpoint_url=endpoint, config=config)
            endpoints.require_url(str(client.meta.endpoint_url), self.place)
            self._clients[made] = client
        return self._clients[made]

    def _new_session(self, **keys: str) -> Any:
        import boto3
        import botocore.session

        # The profile also with keys of one's own: it may say where the endpoint is.
        inner = botocore.session.Session(profile=self.place.profile or None)
        inner.register_component("data_loader", _loader(inner.get_config_variable("data_path")))
        if not inner.get_config_variable("region"):
            # A profile that switches to a role asks STS by this region, and its own may be missing.
            inner.set_config_variable("region", self.place.region or self._fallback_region or "us-east-1")
        if self._on_retry is not None:
            inner.register("before-send.*", self._sending)
        calls_logged.listen(inner)
        read_only.keep(inner)
        if on_session is not None:
            on_session(inner)
        if self._ask_mfa is not None and not keys:
            provider = inner.get_component("credential_provider").get_provider("assume-role")
            provider._prompter = self._ask_mfa  # noqa: SLF001 -- botocore has no public way to ask elsewhere than in the terminal
        return boto3.Session(botocore_session=inner, **keys)

    def _sending(self, **event: Any) -> None:
        attempt = _attempt(event["request"].headers)
        if attempt > 1 and self._on_retry is not None:
            self._on_retry(event["event_name"].rpartition(".")[2], attempt)


@cache
def _loader(data_path: str | None) -> Any:
    """Return one loader for all sessions: a service's model takes 100 ms to read, and never changes."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


def _attempt(headers: Mapping[str, Any]) -> int:
    """Return which attempt of botocore's a request is, from the header that it sets (`attempt=2; max=3`)."""
    told = headers.get("amz-sdk-request", b"")
    text = told.decode() if isinstance(told, bytes) else str(told)
    number = text.partition("attempt=")[2].partition(";")[0]
    return int(number) if number.isdigit() else 1


def label_of(side: str, account_id: str) -> str:
    """Return how errors name a side."""
    names = {"source": _("source account {id}"), "destination": _("destination account {id}")}
    return names.get(side, _("account {id}")).format(id=account_id)
