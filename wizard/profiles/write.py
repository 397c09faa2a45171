"""Plans what a profile changes in both files, shows it, and writes it: both files or neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.profiles import advice, edit, preview, writable
from wizard.profiles.ini import Ini, Kind, parse
from wizard.profiles.read import Files, Paths, has_secrets, read
from wizard.state import update as files
from wizard.state.folders import subfolder
from wizard.state.targets import RefusedError, resolve
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from wizard.profiles.keys import AccessKey

# What decides whose credentials a profile gets: an old value beside a new one would contradict it.
# Anything else in a profile (output, s3, other tools' keys) stays.
ROLE_KEYS = (
    "role_arn",
    "source_profile",
    "credential_source",
    "external_id",
    "mfa_serial",
    "duration_seconds",
    "role_session_name",
)
_TOKENS = ("aws_session_token", "aws_security_token")


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """A profile as it is wanted: settings for the config file, and an access key for the credentials file."""

    name: str
    config: tuple[tuple[str, str], ...]
    keys: AccessKey | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one file. `redo` makes the same change to another state of it."""

    path: Path
    before: Ini
    after: Ini
    redo: Callable[[Ini], Ini] = field(repr=False)

    @property
    def changed(self) -> bool:
        """Whether the file changes at all."""
        return self.before.data != self.after.data

    @property
    def diff(self) -> str:
        """The difference as `diff -u` writes it, secrets masked."""
        return preview.unified(self.before, self.after, self.path)


@dataclass(frozen=True, slots=True)
class Planned:
    """Everything that will change, before anything does. `existed`: a profile of that name is there already."""

    name: str
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    existed: bool
    by_hand: str

    @property
    def changed(self) -> bool:
        """Whether anything changes."""
        return any(change.changed for change in self.changes)

    @property
    def diff(self) -> str:
        """The differences of all files, secrets masked."""
        return "".join(change.diff for change in self.changes)


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written, and what there is to say about it."""

    written: tuple[files.Written, ...]
    notes: tuple[str, ...]


def plan(entry: ProfileEntry, paths: Paths | None = None) -> Planned:
    """Work out what writing a profile changes. Raises BadInputError, with the text to add by hand, if it can't.

    An existing profile of that name is updated: its other keys stay, those that contradict the new ones go.
    """
    paths = paths or Paths.from_environment()
    writable.require_name(entry.name)
    settings = dict(entry.config)
    stale = tuple(key for key in ROLE_KEYS if key not in settings)
    by_hand = _to_add(entry, paths)
    changes = []
    try:
        now = read(paths)
        if entry.keys:
            pair = {"aws_access_key_id": entry.keys.id, "aws_secret_access_key": entry.keys.secret.reveal()}
            changes.append(_put(now, Kind.CREDENTIALS, entry.name, pair, (*_TOKENS, *stale)))
        if settings:
            changes.append(_put(now, Kind.CONFIG, entry.name, settings, stale))
    except BadInputError as error:
        raise _with(error, by_hand) from None
    warnings = advice.for_writing(
        entry.name, settings, _after(now, changes), rules=ROLE_KEYS, writes_keys=entry.keys is not None
    )
    return Planned(entry.name, tuple(changes), warnings, now.settings(entry.name) is not None, by_hand)


def plan_removal(name: str, paths: Paths | None = None) -> Planned:
    """Work out what taking a profile away from both files changes, whoever wrote it. Raises BadInputError."""
    now = read(paths)
    changes = []
    for kind in (Kind.CONFIG, Kind.CREDENTIALS):
        if now.ini(kind).sections_of(name):
            redo = partial(edit.take_away, profile=name, where=str(now.path(kind)))
            changes.append(_change(now, kind, redo))
    return Planned(name, tuple(changes), advice.for_removing(name, now), bool(changes), _to_remove(name, now))


def apply(planned: Planned, *, back_up_secrets: bool = False) -> Applied:
    """Write a plan. Everything is as it was when it raises, also at Ctrl-C: BadInputError says why.

    A file that holds secrets is backed up only if `back_up_secrets`: a backup would outlive the key in it.
    """
    todo = [change for change in planned.changes if change.changed]
    begun: list[files.Written] = []
    written, notes = [], []
    try:
        for change in todo:
            files.check(change.path)
        for change in todo:
            backup = back_up_secrets or not has_secrets(change.before)
            written.append(files.update(change.path, partial(_redone, planned.name, change, begun), backup=backup))
            if not backup and change.before.data:
                notes.append(_("No backup was made of {file}: it holds secret keys.").format(file=change.path))
    except BaseException as error:  # Ctrl-C too: both files or neither
        _put_back(begun)
        if isinstance(error, RefusedError):
            raise _with(error, planned.by_hand) from None
        raise
    notes.extend(_("As it was: {path}").format(path=each.backup_path) for each in written if each.backup_path)
    return Applied(tuple(written), tuple(notes))


def _put(now: Files, kind: Kind, name: str, values: dict[str, str], drop: tuple[str, ...]) -> Change:
    redo = partial(edit.put, profile=name, values=values, drop=drop, where=str(now.path(kind)))
    return _change(now, kind, redo)


def _change(now: Files, kind: Kind, redo: Callable[[Ini], Ini]) -> Change:
    path = now.path(kind)
    if not path.name:
        variable = "AWS_CONFIG_FILE" if kind is Kind.CONFIG else "AWS_SHARED_CREDENTIALS_FILE"
        raise BadInputError(
            _("{variable} is empty: there is no file to write.").format(variable=variable),
            mend=_("Unset it, or give it a path."),
        )
    return Change(path, now.ini(kind), redo(now.ini(kind)), redo)


def _redone(name: str, change: Change, begun: list[files.Written], data: bytes) -> bytes:
    """Make the change to what is in the file now, and note what it will be, so that it can be put back."""
    target = resolve(change.path)
    after = change.after.data
    if data != change.before.data:
        now = parse(data, change.before.kind, where=str(change.path))
        if now.profile(name) != change.before.profile(name):
            raise BadInputError(
                _("Somebody else changed the profile {name} meanwhile.").format(name=name),
                where=str(change.path),
                mend=_("Try again, and look at the new difference. Nothing was changed."),
            )
        after = change.redo(now).data
    begun.append(files.Written(change.path, target, data, after, not target.exists(), None))
    return after


def _put_back(begun: Iterable[files.Written]) -> None:
    """Undo what was written of a plan that did not end; what was only begun is left alone."""
    for each in reversed(list(begun)):
        if not each.changed:
            continue
        try:
            files.undo(each)
        except BadInputError as error:
            raise BadInputError(
                _("This file was changed already, and can't be put back."),
                where=str(each.path),
                why=str(error),
                mend=_("Its backup, if it has one, is in {folder}.").format(folder=subfolder("backups")),
            ) from None


def _after(now: Files, changes: Iterable[Change]) -> Files:
    by_kind = {change.before.kind: change.after for change in changes}
    return Files(now.paths, by_kind.get(Kind.CONFIG, now.config), by_kind.get(Kind.CREDENTIALS, now.credentials))


def _to_add(entry: ProfileEntry, paths: Paths) -> str:
    """Return what a person can add by hand; the secret stays out of it."""
    parts = []
    if entry.config:
        parts.append((paths.config, edit.section_text(Kind.CONFIG, entry.name, dict(entry.config))))
    if entry.keys:
        pair = {
            "aws_access_key_id": entry.keys.id,
            "aws_secret_access_key": _("(the secret access key)"),
        }
        parts.append((paths.credentials, edit.section_text(Kind.CREDENTIALS, entry.name, pair)))
    return "\n".join(
        _("To add by hand to {file}:\n\n{text}").format(file=file, text=text)
        for file, text in parts
        if file.name  # an empty variable names none
    )


def _to_remove(name: str, now: Files) -> str:
    return "\n".join(
        _("To remove by hand from {file}: [{section}], lines {first} to {last}.").format(
            file=now.path(kind), section=section.name, first=section.header + 1, last=section.last + 1
        )
        for kind in Kind
        if now.ini(kind).sections_of(name)
        for section in now.ini(kind).layout.sections
        if section.name in now.ini(kind).sections_of(name)
    )


def _with(error: BadInputError, by_hand: str) -> BadInputError:
    mend = "\n\n".join(part for part in (error.mend, by_hand) if part)
    return BadInputError(error.what, where=error.where, why=error.why, mend=mend)
