"""Bug reports: a bug writes a report file without secrets; nobody is shown a traceback."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import __version__, redact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

# What a report must name for somebody else to see the same: the program's own dependencies.
_PACKAGES = (
    "textual",
    "rich",
    "boto3",
    "botocore",
    "questionary",
    "prompt_toolkit",
    "pyperclip",
    "platformdirs",
    "filelock",
    "tomli-w",
    "argcomplete",
    "ministack",
)
_VARIABLES = (
    "TERM",
    "TERM_PROGRAM",
    "COLORTERM",
    "LANG",
    "LC_ALL",
    "COLORFGBG",
    "NO_COLOR",
    "ACCESSIBLE",
    "AWS_REGION",
)
# Only whether they are set: their values are nobody's business.
_SET_OR_NOT = (
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ENDPOINT_URL",
    "SSH_CONNECTION",
    "TMUX",
    "WSL_DISTRO_NAME",
)


def report(exc: BaseException, argv: Sequence[str], *, folder: Path | None) -> Path | None:
    """Write a bug report (mode 0600) and return its path; None when no place could be written.

    `folder` is the state folder, made with mode 0700 when it isn't there; where it can't be written the
    report goes into the system's temporary folder. `argv` is the command line as it was typed; secrets
    in it and in the traceback are masked, and values of variables are never in it. It never raises.
    """
    text = _text_of(exc, argv)
    for place in (folder, Path(tempfile.gettempdir())):
        if place is None:
            continue
        path = _written(text, place)
        if path is not None:
            return path
    return None


def line(path: Path | None) -> str:
    """Return what the person is told: one sentence, with the place of the report."""
    if path is None:
        return _("This is a bug in s3-crossaccount, and its report could not be written to any folder.")
    return _(
        "This is a bug in s3-crossaccount. A report without secrets is in {path}: "
        "please send it with what you were doing."
    ).format(path=path)


def install_thread_hooks(argv: Sequence[str], *, folder: Path | None, tell: Callable[[str], None]) -> None:
    """Let errors that nobody catches write a report too: in threads, in finalizers, at the very top.

    `tell` gets the line for the person, in the thread where it happened; errors in finalizers are only
    written down, because nothing that the person asked for failed.
    """

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            tell(line(report(args.exc_value, argv, folder=folder)))

    def in_finalizer(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            report(args.exc_value, argv, folder=folder)

    def at_top(_kind: type[BaseException], exc: BaseException, _trace: TracebackType | None) -> None:
        if not isinstance(exc, KeyboardInterrupt):
            tell(line(report(exc, argv, folder=folder)))

    threading.excepthook = in_thread
    sys.unraisablehook = in_finalizer
    sys.excepthook = at_top


def _written(text: str, folder: Path) -> Path | None:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made anew with mode 0600 under a name that nobody can have put there, a link least of all.
        handle, name = tempfile.mkstemp(prefix=f"bug-{stamp}-", suffix=".txt", dir=folder)
    except OSError:
        return None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError:  # a full disk: no half of a report stays
        Path(name).unlink(missing_ok=True)
        return None
    return Path(name)


def _text_of(exc: BaseException, argv: Sequence[str]) -> str:
    head = (
        f"s3-crossaccount {__version__}: a bug report\n"
        "Secrets are masked, values of variables are left out. Please read it before you send it.\n\n"
    )
    try:
        return head + without_home(redact.redact("\n".join(_lines(exc, argv))))
    # The error's own text may do anything to us; what could not be redacted is never written.
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError):
        return head + without_home("".join(traceback.format_tb(exc.__traceback__)) + type(exc).__name__ + "\n")


def _lines(exc: BaseException, argv: Sequence[str]) -> Iterator[str]:
    yield from facts()
    yield f"command: {redact.arguments(argv)}"
    yield f"thread: {threading.current_thread().name}"
    yield ""
    yield "".join(traceback.TracebackException.from_exception(exc, capture_locals=False).format())


def facts() -> Iterator[str]:
    """Yield a line for each thing that makes one machine differ from another; no secret, no value of AWS's."""
    yield f"time: {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    yield f"python: {platform.python_implementation()} {platform.python_version()}"
    yield f"platform: {platform.platform()}"
    yield f"encoding: {sys.getfilesystemencoding()}, output {getattr(sys.stdout, 'encoding', None)}"
    yield f"terminal: {_terminal()}"
    for name in _VARIABLES:
        if name in os.environ:
            yield f"{name}: {os.environ[name]!r}"
    yield f"set: {', '.join(name for name in _SET_OR_NOT if name in os.environ) or 'none of AWS_*'}"
    yield f"packages: {', '.join(_packages())}"


def _terminal() -> str:
    try:
        size = os.get_terminal_size()
    except (OSError, ValueError):
        return "none"
    return f"{size.columns}x{size.lines}"


def _packages() -> Iterator[str]:
    from importlib import metadata

    for name in _PACKAGES:
        try:
            yield f"{name} {metadata.version(name)}"
        except (metadata.PackageNotFoundError, OSError, TypeError):
            continue


def without_home(text: str) -> str:
    """Write the home folder as `~`: its name is often a person's."""
    home = os.path.expanduser("~")  # noqa: PTH111 -- Path.home() raises where there is none
    return text.replace(home + os.sep, "~" + os.sep) if len(home) > 1 else text
