"""Fixtures for everybody: the practice accounts, which are the tests' AWS."""

from __future__ import annotations

import os
import signal
import threading
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Any

import pytest

from wizard import demo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wizard.demo import Practice


def pytest_configure() -> None:
    """Let Ctrl+C reach the programs that tests start, also where a shell runs the tests in its background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: a third of the tests' time is waiting for other processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test away from the home, the state, the AWS settings and the language of whoever runs them."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")] + [
            "LC_MESSAGES",
            "ACCESSIBLE",
            "NO_COLOR",
        ]:
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(home))
        patch.setenv("S3_CROSSACCOUNT_STATE", str(home / "state"))
        patch.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(scope="session")
def practice() -> Iterator[Practice]:
    """The practice accounts, one emulator for each xdist worker; who changes them asks for a fresh one."""
    with demo.start() as accounts:
        assert accounts.wait_ready(30)
        yield accounts


@pytest.fixture
def fresh_practice(practice: Practice) -> Practice:
    """The practice accounts as at their start, for this one test (10 ms)."""
    practice.reset()
    return practice


@pytest.fixture(scope="module")
def module_practice(practice: Practice) -> Practice:
    """The practice accounts as at their start, for this module's tests together."""
    practice.reset()
    return practice


@pytest.fixture
def practice_environment(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The practice accounts in os.environ, and no other AWS setting; what `demo -- COMMAND` runs in."""
    for name in demo.conflicting(os.environ):
        monkeypatch.delenv(name)
    for name, value in practice.environment.items():
        monkeypatch.setenv(name, value)
    return practice.environment


@pytest.fixture(scope="session")
def clients(practice: Practice) -> Iterator[Callable[[str, str], Any]]:
    """Give the boto3 client for a practice profile and a service, each made once."""
    import boto3
    from botocore.config import Config

    once = Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=10)
    known = RawConfigParser()
    known.read(practice.folder / "credentials")
    session = boto3.Session(region_name=practice.region)  # one: it reads each service's model once
    made: dict[tuple[str, str], Any] = {}

    def client(profile: str, service: str) -> Any:
        if (profile, service) not in made:
            keys = dict(known[profile])
            made[profile, service] = session.client(  # type: ignore[call-overload] # any service
                service, endpoint_url=practice.endpoint_url, config=once, **keys
            )
        return made[profile, service]

    yield client
    for one in made.values():
        one.close()
