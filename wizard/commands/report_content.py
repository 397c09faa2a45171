"""What a bug report holds: the machine, the settings' names, the state folder, runs, reports of bugs and the log."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from typing import TYPE_CHECKING

from wizard.commands.crash import facts, without_home
from wizard.errors import WizardError
from wizard.redact import MASK, redact, remember
from wizard.state import journal, log
from wizard.state.folders import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from wizard.profiles.read import Files
    from wizard.state.run import Run

# In English whatever the language: whoever mends a bug reads it.
HEAD = """\
s3-crossaccount: a report for a bug
Please read it before you send it, and take out what is nobody's business.

It contains: versions of the system, of Python and of the packages; the names of variables and of profiles, and which
settings they have; the names of files in the state folder; the newest runs; the newest reports of bugs; the log.
Masked: secrets, passwords and tokens; account ids (11******1111) and access key ids (AKIA************ABCD), each the
same wherever it stands; the home folder (~). Left out: policies, answers, parameters of calls.
Not masked: names of buckets, roles, users, profiles and files, Regions, request ids.
"""

_RUNS, _REPORTS, _FILES, _LINES, _CHARACTERS = 5, 3, 200, 400, 65536
# Values that say how AWS is asked, and nothing of who asks. Of all others only the name is told.
_SHOWN_VARIABLES = re.compile(
    r"AWS_(?:(?:DEFAULT_)?(?:REGION|PROFILE)|DEFAULT_OUTPUT|CA_BUNDLE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|SDK_LOAD_CONFIG|"
    r"ENDPOINT_URL(?:_[A-Z0-9]+)?|IGNORE_CONFIGURED_ENDPOINT_URLS|STS_REGIONAL_ENDPOINTS|USE_\w+_ENDPOINT|MAX_ATTEMPTS|"
    r"RETRY_MODE|EC2_METADATA_DISABLED)|S3_CROSSACCOUNT_(?:STATE|READ_ONLY)"
)
_SHOWN_SETTINGS = re.compile(
    r"region|output|source_profile|credential_source|duration_seconds|sso_session|sso_region|services"
)
_OURS = re.compile(r"(?:AWS|S3_CROSSACCOUNT)_\w+")
_SECRET = re.compile(r"SECRET|TOKEN|PASSWORD|KEY(?!_ID)")
_ACCOUNT = re.compile(r"(?<!\d)(\d{2})(?:\d{6}|\d{2}([- ])\d{4}\2)(\d{4})(?!\d)")
_KEY_ID = re.compile(r"(?<![A-Z0-9])((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]*)([A-Z0-9]{4})(?![A-Z0-9])")
_USER_OF_URL = re.compile(r"(?<=://)[^/\s@]+(?=@)")


def text() -> str:
    """Return the whole report, masked. It never raises for what can't be read: that is said in its place."""
    parts = [HEAD]
    for title, lines in _SECTIONS.items():
        try:
            told = "\n".join(lines())
        except (WizardError, OSError, ValueError) as error:
            told = f"can't be told: {type(error).__name__}: {error}"
        parts.append(f"== {title}\n{told or 'none'}\n")
    return masked("\n".join(parts))  # at the end: by now the secrets of variables and profiles are known


def masked(text: str) -> str:
    """Return a text with secrets, account ids and access key ids masked, the same ones always alike."""
    text = without_home(redact(text))
    text = _USER_OF_URL.sub(MASK, text)
    # An access key id tells its account: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
    text = _KEY_ID.sub(lambda found: found[1][:4] + "*" * (len(found[1]) - 4) + found[2], text)
    text = _ACCOUNT.sub(r"\1******\3", text)
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text)


def _machine() -> Iterator[str]:
    import locale

    yield from facts()
    yield f"locale: {locale.setlocale(locale.LC_CTYPE)}, encoding {locale.getencoding()}"


def _variables() -> Iterator[str]:
    for name in sorted(filter(_OURS.fullmatch, os.environ)):
        value = os.environ[name]
        if _SHOWN_VARIABLES.fullmatch(name):
            yield f"{name}={value}"
            continue
        if _SECRET.search(name):
            remember(value)  # and so it is masked wherever else it stands
        yield f"{name} is set"


def _profiles() -> Iterator[str]:
    from wizard.profiles.read import read

    files = read()
    for path in (files.paths.config, files.paths.credentials):
        yield f"{path}: {_size_and_mode(path)}"
    for name in files.names:
        yield f"[{name}] {', '.join(_settings(files, name)) or 'nothing in it'}"
        yield from (f"  {remark}" for remark in files.remarks(name))


def _settings(files: Files, name: str) -> Iterator[str]:
    from wizard.profiles.read import is_secret

    for key, value in (files.settings(name) or {}).items():
        if is_secret(key):
            remember(value)
        yield f"{key} = {value.strip()}" if _SHOWN_SETTINGS.fullmatch(key) and "\n" not in value else key


def _state() -> Iterator[str]:
    folder = state_folder()
    yield f"{folder}: {_size_and_mode(folder)}"
    found = sorted(folder.rglob("*"))
    for path in found[:_FILES]:
        yield f"  {path.relative_to(folder)}: {_size_and_mode(path)}"
    if len(found) > _FILES:
        yield f"  and {len(found) - _FILES} more"


def _runs() -> Iterator[str]:
    for run in journal.runs()[:_RUNS]:
        yield from _run(run)


def _run(run: Run) -> Iterator[str]:
    about: Mapping[str, object] = run.about
    yield f"{run.id}: {run.state}, method {about.get('method', '?')}, changes: {len(run.steps)}"
    for step in run.steps:
        change = step.change
        words = [f"  {step.number}. {change.get('kind', change['id'])}", str(change.get("side", "")), step.stage.value]
        words += [str(step.told[key]) for key in ("code", "why") if step.told.get(key)]
        yield " ".join(word for word in words if word)


def _bugs() -> Iterator[str]:
    # Where the state folder can't be used they are in the temporary one.
    from pathlib import Path

    found: list[Path] = []
    for folder in (_folder_or_none(), Path(tempfile.gettempdir())):
        found += [path for path in folder.glob("bug-*.txt") if _is_ours(path)] if folder is not None else []
    for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:_REPORTS]:
        yield f"-- {path}"
        yield _end_of(path)


def _folder_or_none() -> Path | None:
    try:
        return state_folder()
    except WizardError:
        return None


def _log() -> Iterator[str]:
    path = log.path_of()
    for part in (path.with_name(f"{path.name}.1"), path):
        if _is_ours(part):
            yield _end_of(part)


def _end_of(path: Path) -> str:
    """Return the last part of a file, in whole lines."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _CHARACTERS))
        said = file.read(_CHARACTERS).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    lines = said.splitlines()[1:] if size > _CHARACTERS else said.splitlines()
    return "\n".join(lines[-_LINES:])


def _is_ours(path: Path) -> bool:
    """Whether it is a file of this person's own: in the temporary folder anybody could have put one."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def _size_and_mode(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as error:
        return error.strerror or type(error).__name__
    changed = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(found.st_mtime))
    kind = "folder, " if stat.S_ISDIR(found.st_mode) else f"{found.st_size} bytes, "
    return f"{kind}mode {stat.S_IMODE(found.st_mode):04o}, {changed}"


_SECTIONS: Mapping[str, Callable[[], Iterable[str]]] = {
    "machine": _machine,
    "variables": _variables,
    "profiles and which settings they have": _profiles,
    "state folder": _state,
    "newest runs": _runs,
    "newest reports of bugs": _bugs,
    "log": _log,
}
