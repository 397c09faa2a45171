"""Where a new access key goes: the credentials file, or a hand-over file that only its owner may read."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.plan.found import Identity
from wizard.profiles import edit
from wizard.profiles.ini import Kind, parse
from wizard.profiles.read import Paths, read
from wizard.profiles.write import ProfileEntry, apply, plan, plan_removal
from wizard.state import update as files
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from wizard.aws.keys import Sink
    from wizard.methods.method import ProfileSettings
    from wizard.plan import Found, Plan
    from wizard.profiles.keys import AccessKey

_KEY_ID, _SECRET = "aws_access_key_id", "aws_secret_access_key"


@dataclass(frozen=True, slots=True)
class CredentialsFile:
    """Writes the key into the setup's profile; one that holds another key already is refused."""

    profile: ProfileSettings

    def check(self, known: Container[str] = ()) -> None:
        """Raise BadInputError where the profile can't be written, or would lose a key that it holds.

        `known` are the ids of keys that are about to be deleted: those may be there.
        """
        now = read().settings(self.profile.name) or {}
        if _KEY_ID in now and now[_KEY_ID] not in known:
            raise BadInputError(
                _("The profile {name} holds the access key {id} already.").format(
                    name=self.profile.name, id=now[_KEY_ID]
                ),
                where=str(Paths.from_environment().credentials),
                why=_("A new key would take its place, and nobody could have it back."),
                mend=_("Choose another profile.name, remove the profile, or write the key to a file: {how}.").format(
                    how=how(Way.KEYS_TO)
                ),
            )
        for change in plan(ProfileEntry(self.profile.name, self.profile.settings)).changes:
            files.check(change.path)
        files.check(Paths.from_environment().credentials)

    def place(self) -> dict[str, Any]:
        """Return the profile's name, and whether it is there already."""
        where = f"{Paths.from_environment().credentials} [{self.profile.name}]"
        existed = read().settings(self.profile.name) is not None
        return {"place": where, "profile": self.profile.name, "existed": existed}

    def write(self, key: AccessKey) -> None:
        """Write the profile with its key."""
        apply(plan(ProfileEntry(self.profile.name, self.profile.settings, key)))


@dataclass(frozen=True, slots=True)
class HandOverFile:
    """Writes the key into a new file of mode 0600, as the console's CSV, to be handed over."""

    path: Path

    def check(self, known: Container[str] = ()) -> None:  # noqa: ARG002 -- a file is never written over
        """Raise BadInputError where the file is there already, or can't be."""
        if self.path.exists() or self.path.is_symlink():
            raise BadInputError(
                _("The file is there already, and nothing is written over it."),
                where=str(self.path),
                mend=_("Name another one for the access key."),
            )
        if not os.access(self.path.absolute().parent, os.W_OK):
            raise BadInputError(_("The file for the access key can't be written."), where=str(self.path))

    def place(self) -> dict[str, Any]:
        """Return the file's path."""
        return {"place": str(self.path), "file": str(self.path.absolute())}

    def write(self, key: AccessKey) -> None:
        """Write the file; half a key is of no use to anybody, and is taken away."""
        content = f"Access key ID,Secret access key\r\n{key.id},{key.secret.reveal()}\r\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise self._refused(error) from None
        try:
            with os.fdopen(descriptor, "w", encoding="ascii", newline="") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:  # Ctrl-C too
            with suppress(OSError):
                self.path.unlink()
            if isinstance(error, OSError):
                raise self._refused(error) from None
            raise

    def _refused(self, error: OSError) -> BadInputError:
        return BadInputError(
            _("The file for the access key can't be written."), where=str(self.path), why=error.strerror or ""
        )


def sink(profile: ProfileSettings | None, keys_to: str = "") -> Sink | None:
    """Return where a new access key goes: the file that was asked for, or the setup's profile (None: no key)."""
    if keys_to:
        return HandOverFile(Path(keys_to))
    return CredentialsFile(profile) if profile is not None else None


def no_key_made(plan: Plan, found: Found, keys_to: str = "") -> str:
    """Say that a user has access keys, so that none is made and none comes into the place asked for; "" else.

    Where the setup's profile holds one of them, and no file was asked for, nothing is missing.
    """
    if plan.profile is None or not plan.profile.needs_keys:
        return ""
    for document in plan.of("destination-identity"):
        user = found.identity(document.attach_to or "")
        ids = user.access_keys if isinstance(user, Identity) else ()
        if not isinstance(ids, tuple) or not ids:
            continue
        held = (read().settings(plan.profile.name) or {}).get(_KEY_ID)
        if not keys_to and held in ids:
            continue
        return _(
            "{user} has access keys already ({ids}): none is made, and nothing is written to {place}. A secret can't "
            "be had again: where it is lost, delete that key, then apply again."
        ).format(user=document.attach_to, ids=", ".join(ids), place=keys_to or plan.profile.name)
    return ""


def take_back(kept: Mapping[str, Any], key_id: str) -> str:
    """Take a deleted key out of where it was written, if it still is there; say what was done, or is left."""
    if "file" in kept:
        path = Path(str(kept["file"]))
        with suppress(OSError, UnicodeDecodeError):
            if key_id in path.read_text(encoding="ascii"):
                path.unlink()
                return _("{file} is deleted: its key is.").format(file=path)
        return ""
    name = str(kept.get("profile", ""))
    if not name or (read().settings(name) or {}).get(_KEY_ID) != key_id:
        return ""
    if not kept.get("existed"):
        apply(plan_removal(name))
        return _("The profile {name} is taken away.").format(name=name)
    path = Paths.from_environment().credentials

    def without(data: bytes) -> bytes:
        ini = parse(data, Kind.CREDENTIALS, where=str(path))
        return edit.put(ini, name, {}, (_KEY_ID, _SECRET), where=str(path)).data

    files.update(path, without, backup=False)
    return _("The key is taken out of the profile {name}.").format(name=name)
