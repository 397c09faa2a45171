"""A bug leaves a report without secrets, and no traceback on the screen."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard import redact
from wizard.commands import crash

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ARGV = ["s3-crossaccount", "documents", "file.toml"]


@pytest.fixture(autouse=True)
def _hooks() -> Iterator[None]:
    before = threading.excepthook, sys.unraisablehook, sys.excepthook
    yield
    threading.excepthook, sys.unraisablehook, sys.excepthook = before


def _broken(a_local_value: str) -> None:
    inner = a_local_value * 2
    assert inner
    try:
        os.environ["MISSING"]
    except KeyError as error:
        raise RuntimeError("it broke with aws_secret_access_key = " + SECRET) from error


def _bug() -> Exception:
    try:
        _broken("local-" + "value")
    except RuntimeError as error:
        return error
    raise AssertionError


def test_the_report_says_what_is_needed_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "s3-crossaccount"
    path = crash.report(_bug(), ARGV, folder=folder)
    assert path is not None
    assert path.parent == folder
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    text = path.read_text()
    for wanted in (
        "s3-crossaccount 0",
        "python: ",
        "platform: ",
        "boto3 1.",
        "documents",
        "KeyError: 'MISSING'",
    ):
        assert wanted in text
    assert "RuntimeError: it broke with" in text
    assert "in _broken" in text


def test_no_secret_and_no_value_of_a_variable_is_in_it(tmp_path: Path) -> None:
    redact.remember("hunter22")
    try:
        argv = [*ARGV, "--token", "abc", f"--x={SECRET}", "hunter22"]
        path = crash.report(_bug(), argv, folder=tmp_path)
    finally:
        redact.forget_all()
    assert path is not None
    text = path.read_text()
    for unwanted in (SECRET, "local-value", "abc'", "hunter22"):
        assert unwanted not in text


def test_the_home_folder_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/taro")
    path = crash.report(ValueError("/home/taro/.aws/config"), ARGV, folder=tmp_path)
    assert path is not None
    assert "ValueError: ~/.aws/config" in path.read_text()
    assert "taro" not in path.read_text()


def test_two_bugs_are_two_reports(tmp_path: Path) -> None:
    paths = {crash.report(_bug(), ARGV, folder=tmp_path) for _ in range(3)}
    assert len(paths) == len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("kind", ["a file is in its place", "none is known"])
def test_without_a_state_folder_it_goes_to_the_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    spare = tmp_path / "tmp"
    spare.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spare))
    (tmp_path / "state").write_text("in the way")
    folder = None if kind == "none is known" else tmp_path / "state" / "reports"
    path = crash.report(_bug(), ARGV, folder=folder)
    assert path is not None
    assert path.parent == spare


def test_nowhere_to_write_is_said_and_not_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file" / "x"))
    path = crash.report(_bug(), ARGV, folder=tmp_path / "file")
    assert path is None
    assert "could not be written" in crash.line(path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_no_half_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen

    def full(handle: int, *args: object, **options: object) -> object:
        os.dup2(os.open("/dev/full", os.O_WRONLY), handle)
        return real(handle, *args, **options)  # type: ignore[call-overload]  # passed on as it came

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "fdopen", full)
    assert crash.report(_bug(), ARGV, folder=tmp_path / "state") is None
    assert list(tmp_path.rglob("*.txt")) == []


class _Awkward(Exception):  # noqa: N818 -- it stands for other people's exceptions
    def __str__(self) -> str:
        raise ZeroDivisionError


def test_an_error_that_can_not_be_printed_is_reported_all_the_same(tmp_path: Path) -> None:
    path = crash.report(_Awkward(), ARGV, folder=tmp_path)
    assert path is not None
    assert "_Awkward" in path.read_text()


def test_an_error_whose_text_can_not_be_redacted_is_reported_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_text: str) -> str:
        raise RecursionError

    bug = _bug()
    monkeypatch.setattr(redact, "redact", failing)
    path = crash.report(bug, ARGV, folder=tmp_path)
    assert path is not None
    text = path.read_text()
    assert SECRET not in text
    assert text.rstrip().endswith("RuntimeError")


def test_a_deep_recursion_and_odd_characters_are_reported(tmp_path: Path) -> None:
    def deep() -> None:
        deep()

    with pytest.raises(RecursionError) as caught:
        deep()
    assert crash.report(caught.value, ["\udcff"], folder=tmp_path) is not None
    path = crash.report(ValueError("\ud800 接続先"), ARGV, folder=tmp_path)
    assert path is not None
    assert "接続先" in path.read_text(encoding="utf-8")


def test_the_line_for_the_person_names_the_file() -> None:
    said = crash.line(Path("/state/bug-1.txt"))
    assert "/state/bug-1.txt" in said
    assert "\n" not in said


def test_an_error_in_a_thread_writes_a_report_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    crash.install_thread_hooks(ARGV, folder=tmp_path, tell=told.append)
    thread = threading.Thread(target=_broken, args=("x",), name="discoverer")
    thread.start()
    thread.join()
    (path,) = tmp_path.iterdir()
    assert told == [crash.line(path)]
    assert "thread: discoverer" in path.read_text()
    assert capsys.readouterr() == ("", "")


def test_a_thread_that_ends_itself_is_no_bug(tmp_path: Path) -> None:
    told: list[str] = []
    crash.install_thread_hooks(ARGV, folder=tmp_path, tell=told.append)
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert told == []


SCRIPT = """
import sys
from pathlib import Path
from wizard.commands import crash
crash.install_thread_hooks(["x"], folder=Path(sys.argv[1]), tell=lambda said: print(said, file=sys.stderr))
class Finalized:
    def __del__(self):
        raise RuntimeError("in a finalizer")
Finalized()
raise {error}
"""


@pytest.mark.parametrize(("error", "reports"), [("RuntimeError('at the top')", 2), ("KeyboardInterrupt", 1)])
def test_whatever_nobody_caught_no_traceback_reaches_the_screen(tmp_path: Path, error: str, reports: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(error=error), str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) == reports - 1
    assert len(list(tmp_path.iterdir())) == reports


THREAD = """
import sys, threading
from wizard import cli
from wizard.__main__ import main
def dispatch(arguments):
    thread = threading.Thread(target=lambda: 1 / 0, name="listener")
    thread.start()
    thread.join()
    return 0
cli.dispatch = dispatch
sys.exit(main())
"""


def test_a_bug_in_a_thread_of_a_command_is_a_report_and_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", THREAD, "runs"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "S3_CROSSACCOUNT_STATE": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr
    (report,) = tmp_path.rglob("*.txt")
    assert str(report) in done.stderr
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")
