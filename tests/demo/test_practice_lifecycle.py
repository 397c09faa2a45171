"""However the practice accounts end, no process, port or file is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wizard import demo
from wizard.demo import server
from wizard.errors import AwsError, BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wizard.demo import Practice

linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into Linux's /proc")

PARENT = """
import json, sys, time
from wizard import demo
practice = demo.start()
if "ready" in sys.argv:
    practice.wait_ready()
print(json.dumps({"pid": practice.pid, "port": practice.port, "folder": str(practice.folder)}), flush=True)
if "exit" not in sys.argv:
    time.sleep(60)
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    return state != "Z"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def left_behind(started: dict[str, Any], seconds: float = 5) -> list[str]:
    """Return what is still there of a practice, after waiting for it to go."""
    checks: dict[str, Callable[[], bool]] = {
        "process": lambda: alive(started["pid"]),
        "port": lambda: answers(started["port"]),
        "folder": lambda: Path(started["folder"]).exists(),
    }
    until = time.monotonic() + seconds
    while (left := [name for name, there in checks.items() if there()]) and time.monotonic() < until:
        time.sleep(0.01)
    return left


@contextmanager
def parent(*words: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A program of its own that has started the practice accounts."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_when_the_wizard_is_killed(number: signal.Signals) -> None:
    with parent("ready") as (process, started):
        assert answers(started["port"])
        process.send_signal(number)
        process.wait()

        assert left_behind(started) == []


def test_nothing_is_left_when_the_wizard_is_killed_while_they_start() -> None:
    with parent() as (process, started):
        process.kill()
        process.wait()

        assert left_behind(started) == []


def test_nothing_is_left_when_the_program_ends_without_stopping_them() -> None:
    with parent("ready", "exit") as (process, started):
        process.wait()

        assert left_behind(started, 0) == []


def test_stopping_leaves_nothing_and_may_be_done_twice() -> None:
    practice = demo.start()
    started = {"pid": practice.pid, "port": practice.port, "folder": practice.folder}
    begun = time.monotonic()

    practice.stop()
    practice.stop()

    assert left_behind(started, 0) == []
    assert time.monotonic() - begun < 1
    with pytest.raises(AwsError, match="ended"):
        practice.wait_ready(1)


def test_no_folder_is_left_when_the_child_can_not_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))

    with pytest.raises(FileNotFoundError):
        demo.start()

    assert list(tmp_path.iterdir()) == []


def test_a_killed_emulator_is_said_and_its_folder_goes() -> None:
    with demo.start() as practice:
        assert practice.wait_ready(30)
        os.kill(practice.pid, signal.SIGKILL)
        practice.wait_ended()
        with pytest.raises(AwsError, match="ended unexpectedly"):
            practice.reset()

    assert not practice.folder.exists()


def test_two_at_once_do_not_disturb_each_other(practice: Practice) -> None:
    with demo.start() as other:
        assert other.wait_ready(30)
        assert other.port != practice.port
        assert other.folder != practice.folder
    assert answers(practice.port)


def test_only_its_owner_can_read_the_files(practice: Practice) -> None:
    assert stat.S_IMODE(practice.folder.stat().st_mode) == 0o700
    for name in ("config", "credentials"):
        assert stat.S_IMODE((practice.folder / name).stat().st_mode) == 0o600


@linux
def test_it_listens_on_one_port_of_this_machine_only(practice: Practice) -> None:
    links = Path(f"/proc/{practice.pid}/fd").iterdir()
    sockets = {str(link.readlink()) for link in links if link.is_symlink()}
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{practice.pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                listening.append(fields[1])

    assert listening == [f"0100007F:{practice.port:04X}"]


@linux
def test_the_emulator_learns_nothing_of_a_persons_aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    monkeypatch.setenv("AWS_PROFILE", "production")
    with demo.start() as practice:
        environment = Path(f"/proc/{practice.pid}/environ").read_bytes()

    assert b"AWS_" not in environment
    assert b"planted" not in environment


def test_what_needs_no_credentials_is_closed(practice: Practice) -> None:
    for path in ("/_ministack/reset", "/_ministack/health", "/_localstack/health"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(practice.endpoint_url + path, data=b"", timeout=5)  # noqa: S310 -- loopback
        assert refused.value.code == 404
        refused.value.close()


def test_another_version_of_the_emulator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _name: "1.5.34")

    with pytest.raises(BadInputError) as refused:
        demo.start()

    assert "1.5.33" in refused.value.what
    assert "1.5.34" in refused.value.what
    assert server._unusable() == {"reason": "version", "found": "1.5.34"}


def test_without_the_extra_the_way_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)

    with pytest.raises(BadInputError, match=r"pip install 's3-crossaccount\[demo\]'"):
        demo.start()
    assert server._unusable() == {"reason": "missing"}


def test_importing_it_loads_neither_an_sdk_nor_the_emulator() -> None:
    program = "import sys; import wizard.demo; print([n for n in ('boto3','botocore','ministack') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"


def test_a_programs_own_settings_are_kept_and_those_that_mislead_are_not(practice: Practice) -> None:
    environment = {
        "HOME": "/home/taro",
        "AWS_PAGER": "less",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
        "https_proxy": "http://proxy:3128",
        "NO_PROXY": "example.com",
    }

    practice.enter(environment)

    assert environment == {
        "HOME": "/home/taro",
        "AWS_PAGER": "less",
        "https_proxy": "http://proxy:3128",
        "NO_PROXY": "example.com,127.0.0.1",
        "no_proxy": "127.0.0.1",
        **practice.environment,
    }


def test_the_known_gaps_are_told_in_the_language_in_use(practice: Practice) -> None:
    assert len(practice.known_gaps) == len(set(practice.known_gaps)) > 5
    assert any("NotPrincipal" in gap for gap in practice.known_gaps)
