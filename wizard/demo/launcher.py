"""Start the practice accounts as a child process, and see to it that nothing of them is left behind."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from wizard.demo import metadata
from wizard.demo.gaps import GAPS, LIMITS
from wizard.errors import AwsError, BadInputError, WizardError
from wizard.state.folders import PRACTICE
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

SOURCE_ACCOUNT = "111111111111"
DESTINATION_ACCOUNT = "222222222222"
REGION = "ap-northeast-1"
BUCKET = "s3-crossaccount-bucket01"

_START_SECONDS = 30.0
_STOP_SECONDS = 3.0
_BOOT = "import sys; sys.path.append(sys.argv.pop(1)); from wizard.demo.server import main; main()"
_SERVICES = "account,cloudformation,ec2,iam,kms,organizations,s3,sts"
# What the child may know of this process's environment: how to find Python and its packages, and no more.
_HANDED_ON = frozenset(
    ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV")
)
# AWS_* variables that shape only how a client behaves; every other one names an account, a key or a place.
_HARMLESS = ("AWS_CLI_", "AWS_PAGER", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")

MISLEADING = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""The variables that most often lead an AWS call elsewhere: what a shell has to unset."""


class Practice:
    """The practice accounts of one child process; `start` makes one.

    `folder` (0700) holds the config and credentials files; `endpoint_url` answers for every service, once the
    accounts are ready. Use as a context manager, or call `stop`; both may be done from any thread.
    """

    source_account = SOURCE_ACCOUNT
    destination_account = DESTINATION_ACCOUNT
    source_profile = "source-admin"
    destination_profile = "destination-admin"
    caller_profile = "default"  # a session of the source's role/app-ec2
    region = REGION
    bucket = BUCKET

    def __init__(self) -> None:
        _require_the_emulator()
        self.folder = Path(tempfile.mkdtemp(prefix=PRACTICE))
        self._lock = threading.Lock()
        self._answered = threading.Condition()
        self._ready = False
        self._resets = 0
        self._failure: dict[str, str] | None = None
        self._ended = threading.Event()
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
                # Bound here and handed to the child: no other process can take the port in between, and a call
                # that comes before the accounts are ready waits in the queue instead of being refused.
                listener.bind(("127.0.0.1", 0))
                listener.listen(128)
                self.port: int = listener.getsockname()[1]
                self.endpoint_url = f"http://127.0.0.1:{self.port}"
                self._child = self._spawn(listener)
        except BaseException:  # Ctrl-C too: nothing that was begun stays
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        atexit.register(self.stop)
        threading.Thread(target=self._listen, name="practice-accounts", daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which botocore, the AWS CLI and this program find the practice accounts."""
        return {
            "AWS_CONFIG_FILE": str(self.folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials"),
            "AWS_ENDPOINT_URL": self.endpoint_url,
            **metadata.environment(self.endpoint_url),
            # Drafts and runs that mean accounts which are gone tomorrow: they go with them.
            "S3_CROSSACCOUNT_STATE": str(self.folder / "state"),
        }

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def caller_profiles(self) -> tuple[str, ...]:
        """The profiles that are no administrator's: users and roles of both accounts, as callers of a setup."""
        world = json.loads(Path(__file__).with_name("world.json").read_text(encoding="utf-8"))
        names: list[str] = []
        for account in world["accounts"]:
            names += [user["profile"] for user in account.get("users", ())]
            names += [name for role in account.get("roles", ()) for name in role["profiles"]]
        return tuple(name for name in names if name not in {self.source_profile, self.destination_profile})

    @property
    def known_gaps(self) -> tuple[str, ...]:
        """What the emulator is known to get wrong, in the language in use: to be shown on the screen."""
        return tuple(_(text) for text in (*GAPS.values(), *LIMITS))

    def wait_ready(self, timeout: float = _START_SECONDS) -> bool:
        """Wait until both accounts are there; False when `timeout` seconds have passed first.

        Raises BadInputError when they could not be started, AwsError when they ended by a fault.
        """
        with self._answered:
            self._answered.wait_for(lambda: self._ready or self._failure is not None, timeout)
            if self._failure is not None:
                raise _explained(self._failure)
            return self._ready

    def reset(self, timeout: float = _START_SECONDS) -> None:
        """Make the world anew: accounts and files as at the start, with the same credentials."""
        self.wait_ready(timeout)
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        with self._answered:
            wanted = self._resets + 1
            assert self._child.stdin is not None  # noqa: S101 -- it was opened as a pipe
            self._child.stdin.write("reset\n")
            self._child.stdin.flush()
            self._answered.wait_for(lambda: self._resets >= wanted or self._failure is not None, timeout)
            if self._resets < wanted:
                raise _explained(self._failure or {"reason": "ended", "said": ""})

    def enter(self, environment: MutableMapping[str, str]) -> None:
        """Change `environment` (such as os.environ) so that every AWS call made with it stays in here."""
        for name in conflicting(environment):
            del environment[name]
        environment.update(self.environment)
        if any(environment.get(name) or environment.get(name.upper()) for name in _PROXIES):
            for name in ("no_proxy", "NO_PROXY"):
                listed = environment.get(name, "")
                environment[name] = f"{listed},127.0.0.1" if listed else "127.0.0.1"

    def wait_ended(self) -> None:
        """Wait until the child has ended, which it does only after `stop` or by a fault."""
        self._ended.wait()

    def stop(self) -> None:
        """End the child and remove its folder; again: nothing. Takes some milliseconds, at most 3 seconds."""
        with self._lock:
            atexit.unregister(self.stop)
            if self._child.stdin is not None and not self._child.stdin.closed:
                with contextlib.suppress(BrokenPipeError):
                    self._child.stdin.close()
            try:
                self._child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _spawn(self, listener: socket.socket) -> subprocess.Popen[str]:
        root = str(Path(__file__).resolve().parents[2])
        number = listener.fileno()
        arguments = [root, str(self.folder), str(number), self.endpoint_url]
        temporary = self.folder / "tmp"
        temporary.mkdir(0o700)
        with (self.folder / "log").open("w", encoding="utf-8") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, *arguments],
                cwd=self.folder,
                env=_child_environment(self.port, temporary),
                stdin=subprocess.PIPE,  # its end tells the child that this process is gone
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=(number,),
                start_new_session=True,  # Ctrl-C in the terminal is this process's business
                encoding="utf-8",
            )

    def _listen(self) -> None:
        assert self._child.stdout is not None  # noqa: S101 -- it was opened as a pipe
        with self._child.stdout as events:
            for line in events:
                event = json.loads(line)
                with self._answered:
                    self._ready = self._ready or "ready" in event
                    self._resets += "reset" in event
                    self._failure = event.get("failed", self._failure)
                    self._answered.notify_all()
        with self._answered:
            if self._failure is None:
                self._failure = {"reason": "ended", "said": self._last_words()}
            self._answered.notify_all()
        self._ended.set()

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return lines[-1] if lines else ""


def start() -> Practice:
    """Start the practice accounts and return at once; `Practice.wait_ready` waits for them.

    Raises BadInputError when the extra `demo` is not installed, or another version of its emulator is.
    """
    return Practice()


def conflicting(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that would lead an AWS call elsewhere than to the practice accounts."""
    return [name for name in environment if name.startswith("AWS_") and not name.startswith(_HARMLESS)]


def _child_environment(port: int, temporary: Path) -> dict[str, str]:
    handed_on = {name: value for name, value in os.environ.items() if name in _HANDED_ON or name.startswith("PYTHON")}
    return handed_on | {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": "000000000000",
        "SERVICES": _SERVICES,
        "LOG_LEVEL": "ERROR",
        "TMPDIR": str(temporary),
        "STATE_DIR": str(temporary / "state"),
        "S3_DATA_DIR": str(temporary / "s3"),
        # Nothing but the one socket is to be opened, and no container touched.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{temporary / 'no-docker'}",
        "PYTHONUTF8": "1",
    }


def _require_the_emulator() -> None:
    """Say before anything starts what is missing: the child would say it half a second later."""
    from importlib import metadata as packages

    from wizard.demo.repairs import PINNED

    try:
        found = packages.version("ministack")
    except packages.PackageNotFoundError:
        raise _explained({"reason": "missing"}) from None
    if found != PINNED:
        raise _explained({"reason": "version", "found": found})


def _explained(failure: Mapping[str, str]) -> WizardError:
    from wizard.demo.repairs import PINNED

    install = _("Install it: pip install 's3-crossaccount[demo]'")
    if failure["reason"] == "missing":
        return BadInputError(_("The practice accounts need the extra 'demo', which is not installed."), mend=install)
    if failure["reason"] == "version":
        return BadInputError(
            _("The practice accounts need ministack {wanted}; {found} is installed.").format(
                wanted=PINNED, found=failure["found"]
            ),
            why=_("Its mistakes about two accounts are mended from outside, and that fits this version only."),
            mend=install,
        )
    return AwsError(_("The practice accounts ended unexpectedly."), why=failure.get("said", ""))
