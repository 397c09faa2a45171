"""Measures apply of assume-role on the practice accounts against the same calls replayed bare.

    python tests/bench/apply.py

The journal's waits for the disk are taken out of apply's time, and shown. Medians of 15 pairs.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
import time
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from wizard import demo
from wizard.answers.build import build
from wizard.answers.file import flatten
from wizard.aws import accounts, apply, clients, preparing
from wizard.aws.clients import Place
from wizard.aws.sinks import CredentialsFile
from wizard.aws.watch import Watch
from wizard.plan import Choices, Plan, plan
from wizard.state.journal import Journal

PAIRS = 15
PLACES = {"source": Place("source-admin"), "destination": Place("destination-admin")}
ANSWERS: dict[str, Any] = {
    "name": "bench",
    "method": "assume-role",
    "source": {"account_id": "111111111111", "principals": ["role/app-ec2"]},
    "destination": {"account_id": "222222222222"},
    "bucket": {"name": "s3-crossaccount-bucket01", "region": "ap-northeast-1"},
    "role": {"name": "RoleA"},
}


class Recorder:
    """Notes every call with its parameters, by the session that makes it."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, str, str, dict[str, Any]]] = []
        self._sessions = 0

    def listen(self, session: Any) -> None:
        """Listen to a new session."""
        number = self._sessions
        self._sessions += 1

        def called(**event: Any) -> None:
            model = event["model"]
            parameters = dict(event["params"])
            self.calls.append((number, model.service_model.service_name, model.name, parameters))

        session.register("provide-client-params.*", called)


def applied(made: Plan) -> float:
    """Apply once, and return the seconds that it took."""
    begun = time.perf_counter()
    watch = Watch()
    entered = accounts.enter(made.setup, PLACES, watch)
    with contextlib.closing(entered):
        prepared = preparing.prepare(made, entered, Choices())
        assert made.profile is not None
        apply.apply(prepared, watch, CredentialsFile(made.profile))
    return time.perf_counter() - begun


def _session(profile: str) -> boto3.Session:
    """Return a session that shares the services' models, as ours do: reading them is no part of the question."""
    inner = botocore.session.Session(profile=profile)
    inner.register_component("data_loader", clients._loader(inner.get_config_variable("data_path")))
    return boto3.Session(botocore_session=inner)


def replayed(calls: list[tuple[int, str, str, dict[str, Any]]]) -> float:
    """Make the same calls with plain boto3, one session a side; return the seconds."""
    from botocore import xform_name

    begun = time.perf_counter()
    sessions = [_session(place.profile) for place in PLACES.values()]
    config = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10)
    made: dict[tuple[int, str], Any] = {}
    for number, service, operation, parameters in calls:
        if (number, service) not in made:
            made[number, service] = sessions[number].client(service, config=config)  # type: ignore[call-overload] # any
        one = made[number, service]
        with contextlib.suppress(one.exceptions.ClientError):
            getattr(one, xform_name(operation))(**parameters)
    for one in made.values():
        one.close()
    return time.perf_counter() - begun


def main() -> None:
    """Print the medians and their ratio."""
    waited = 0.0
    write = Journal.write

    def timed(self: Journal, *arguments: Any, **told: Any) -> None:
        nonlocal waited
        begun = time.perf_counter()
        write(self, *arguments, **told)
        waited += time.perf_counter() - begun

    setup = build(flatten(ANSWERS, "", "bench")).setup
    made = plan(setup)
    with demo.start() as practice, tempfile.TemporaryDirectory() as state:
        practice.wait_ready()
        practice.enter(os.environ)
        os.environ["S3_CROSSACCOUNT_STATE"] = state
        Journal.write = timed  # type: ignore[method-assign] # measured, and otherwise the same
        recorder = Recorder()
        clients.on_session = recorder.listen
        applied(made)
        clients.on_session = None
        ours, bare, journal = [], [], []
        for _pair in range(PAIRS):
            practice.reset()
            waited = 0.0
            ours.append(applied(made) - waited)
            journal.append(waited)
            practice.reset()
            bare.append(replayed(recorder.calls))
    mine, theirs = statistics.median(ours), statistics.median(bare)
    print(f"apply {mine * 1000:.0f} ms, {len(recorder.calls)} calls bare {theirs * 1000:.0f} ms: {mine / theirs:.2f}")
    print(f"journal, not counted: {statistics.median(journal) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
