"""`demo`: the practice accounts for a shell or a command."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "wizard", "demo"]
CALLER = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
TOLD = """
import signal, sys, time
def told(number, frame):
    sys.exit(40 + number)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, told)
print("waiting", flush=True)
time.sleep(30)
"""

# Counts the Ctrl-C that it gets: one more than was typed would be the wizard's.
COUNTS = """
import signal, sys, time
told = 0
def count(number, frame):
    global told
    told += 1
signal.signal(signal.SIGINT, count)
print("waiting", flush=True)
until = time.monotonic() + 1
while time.monotonic() < until:
    time.sleep(0.02)
sys.exit(50 + told)
"""
# Gives its arguments a terminal of their own, types Ctrl-C into it, and says how they ended.
IN_A_TERMINAL = """
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
while b"waiting" not in seen:
    seen += os.read(terminal, 1000)
os.write(terminal, b"\x03")
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def run(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **(env or {})}
    return subprocess.run([*DEMO, *command], capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_a_command_runs_as_a_caller_of_the_source_whatever_the_person_had_set() -> None:
    done = run(
        "--",
        sys.executable,
        "-c",
        CALLER,
        env={"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_PROFILE": "mine"},
    )

    assert done.stdout == "arn:aws:sts::111111111111:assumed-role/app-ec2/i-0a1b2c3d4e5f60718\n"
    assert done.returncode == 0


def test_what_the_accounts_and_profiles_are_is_said_on_standard_error_alone() -> None:
    done = run("--", "sh", "-c", "cat $AWS_CONFIG_FILE")
    accounts, profiles, gaps = done.stderr.splitlines()

    assert accounts == "Practice accounts: 111111111111 (source) and 222222222222 (destination)."
    assert "s3-crossaccount demo, without a command" in gaps
    there = {name.removeprefix("profile ") for name in re.findall(r"^\[(.*)\]$", done.stdout, re.MULTILINE)}
    assert set(re.findall(r"[a-z-]+-admin|[\w-]+(?=[,.])", profiles)) == there


def test_it_ends_with_the_commands_exit_status_and_leaves_no_file() -> None:
    done = run("--", "sh", "-c", 'echo "$AWS_CONFIG_FILE"; test -r "$AWS_CONFIG_FILE" && exit 7')

    assert done.returncode == 7
    assert not Path(done.stdout.strip()).parent.exists()


def test_a_command_that_a_signal_killed_counts_as_in_a_shell() -> None:
    assert run("--", "sh", "-c", "kill -9 $$").returncode == 128 + signal.SIGKILL


def test_a_command_that_is_not_there_is_wrong_use() -> None:
    done = run("--", "no-such-command")

    assert done.returncode == 2
    assert "no-such-command" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command_and_its_status_comes_back(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*DEMO, "--", sys.executable, "-c", TOLD], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(number)

        assert process.wait(10) == 40 + number


@pytest.mark.terminal
def test_ctrl_c_in_a_terminal_reaches_the_command_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_TERMINAL, *DEMO, "--", sys.executable, "-c", COUNTS],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert done.stdout == "51\n"


def test_without_a_command_it_prints_lines_for_a_shell_and_stays_until_ctrl_c() -> None:
    with subprocess.Popen(
        DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _line in range(7)]
        folder = Path(re.findall(r"AWS_CONFIG_FILE=(\S+)/config", "".join(lines))[0])
        caller = subprocess.run(
            ["sh", "-c", f'{"".join(lines)}\n"$0" -c "$1"', sys.executable, CALLER],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "AWS_PROFILE": "mine"},
        )
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        status = process.wait(10)
        told = process.stderr.read()

    assert lines[0].startswith("unset AWS_ACCESS_KEY_ID ")
    assert all(line.startswith("export ") for line in lines[1:])
    assert "app-ec2" in caller.stdout
    assert status == 0
    assert time.monotonic() - begun < 1
    assert not folder.exists()
    assert "111111111111" in told
    assert "NotPrincipal" in told
    assert "Traceback" not in told
