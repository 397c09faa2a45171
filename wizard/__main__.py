"""The program's entry: errors that a person can act on, cancellation, and bugs all end here."""

from __future__ import annotations

import errno
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from wizard.errors import WizardError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO


# What a write to standard output ends with where it can't be written; a pipe whose reader left is no failure.
_UNWRITABLE = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF))


def main(argv: list[str] | None = None) -> int:
    """Run the program and return its exit status; no traceback ever reaches a person.

    It is 2 where standard output can't be written (a full disk), whatever the command itself ended with: nobody
    may take what came out for the whole.
    """
    if argv is None:  # a process of its own, whose hooks and streams are ours to set
        _hook(sys.argv[1:])
        _open_streams()
    try:
        status = _flushed(_run(argv))
    except SystemExit as ended:  # argparse's, after the help, the version or a usage error
        if _flushed(0):
            raise SystemExit(2) from None
        raise ended from None
    log = sys.modules.get("wizard.state.log")
    if log is not None:  # else nothing called AWS or went wrong: it isn't even loaded
        log.ended(status)
    return status


def _run(argv: list[str] | None) -> int:
    arguments = sys.argv[1:] if argv is None else argv
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that can't show 接続元 gets escapes, no error
    try:
        from wizard.cli import dispatch

        return dispatch(arguments)
    except WizardError as error:
        from wizard.text import visible

        _tell(visible(str(error)))
        _logged(f"{type(error).__name__}: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        from wizard.text import _

        _tell("\n" + _("Cancelled: nothing was changed."))
        return 130
    except BrokenPipeError:
        # Whoever read our output (head, less) has left: leave too, without Python's own complaint at exit.
        _let_go_of(sys.stdout)
        return 0
    except OSError as error:
        return _unwritten(error) or _bug(error, arguments)
    except Exception as error:  # noqa: BLE001 -- a bug: the person gets a report file, not a traceback
        return _bug(error, arguments)


def _open_streams() -> None:
    """Give a closed standard output (`>&-`) something that can't be written: what is lost is told, like a full disk.

    A closed standard error gets something that takes everything: `print` would take standard output instead.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- for good
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- for good


def _tell(said: str) -> None:
    """Tell an error; the exit status says the rest where standard error can't be written either."""
    with suppress(OSError):
        print(said, file=sys.stderr)  # noqa: T201 -- this is the one place that tells errors
    _flush_errors()


def _flushed(status: int) -> int:
    """Send off what is still buffered, before Python does so at exit and complains by itself."""
    _flush_errors()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of(sys.stdout)
    except OSError as error:
        return _unwritable(error)
    return status


def _flush_errors() -> None:
    try:
        sys.stderr.flush()
    except OSError:
        _let_go_of(sys.stderr)


def _unwritten(error: OSError) -> int:
    """Return 2 where standard output or standard error can't be written; 0 where it is something else."""
    if error.filename is not None or error.errno not in _UNWRITABLE:
        return 0
    if _fails_again(sys.stderr):
        return 2  # nobody can be told
    return _unwritable(error) if _fails_again(sys.stdout) else 0


def _fails_again(stream: TextIO) -> bool:
    """Whether it is this stream that can't be written: what raised may have been another file."""
    try:
        stream.write("\n")
        stream.flush()
    except OSError:
        return True
    return False


def _unwritable(error: OSError) -> int:
    from wizard.text import _

    _let_go_of(sys.stdout)
    _tell(_("standard output can't be written: {reason}").format(reason=error.strerror))
    return 2


def _let_go_of(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, so that Python's own flush at exit has nothing to complain about."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _logged(text: str) -> None:
    from wizard.state import log

    log.write(text)


def _hook(arguments: list[str]) -> None:
    """Let a bug in a thread or a finalizer write its report too; what writes it is loaded when there is one."""

    def install() -> None:
        from wizard.commands.crash import install_thread_hooks

        install_thread_hooks(arguments, folder=_folder(), tell=_tell)

    def in_thread(failed: threading.ExceptHookArgs) -> None:
        install()
        threading.excepthook(failed)

    def in_finalizer(failed: sys.UnraisableHookArgs) -> None:
        install()
        sys.unraisablehook(failed)

    threading.excepthook = in_thread
    sys.unraisablehook = in_finalizer


def _folder() -> Path | None:
    from wizard.state.folders import state_folder

    try:
        return state_folder()
    except WizardError:  # then it goes where the report itself finds room
        return None


def _bug(error: Exception, arguments: list[str]) -> int:
    from wizard.commands.crash import line, report

    path = report(error, arguments, folder=_folder())
    _logged(f"bug: {type(error).__name__}, report {path.name if path else 'not written'}")
    _tell(line(path))
    return 70  # EX_SOFTWARE


if __name__ == "__main__":
    sys.exit(main())
