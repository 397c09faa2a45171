"""Reads the config and credentials files together, as botocore does, and keeps where each value comes from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.profiles.ini import Ini, Kind, config_profile, parse, sso_session
from wizard.redact import MASK, redact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET_KEY = re.compile(r"secret|password|(?:^|_)token$")


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the two files are; neither needs to exist."""

    config: Path
    credentials: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Paths:
        """Return the paths that botocore uses: AWS's own variables, else the files in `~/.aws`.

        https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
        """
        return cls(
            _expanded(environ.get("AWS_CONFIG_FILE", "~/.aws/config")),
            _expanded(environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A line (from 1) of a file, and the raw name of the section it stands in."""

    file: Path
    line: int | None
    section: str

    def __str__(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a profile: where it stands, and the place in the config file that it overrides."""

    key: str
    text: str = field(repr=False)
    place: Place
    overrides: Place | None = None

    @property
    def is_secret(self) -> bool:
        """Whether the value is never shown."""
        return is_secret(self.key)

    @property
    def shown(self) -> str:
        """The value as it may be shown: secrets masked."""
        return MASK if self.is_secret else redact(self.text)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as botocore resolves it: the values of both files, the credentials file's before the other's."""

    name: str
    values: tuple[Value, ...]

    def get(self, key: str) -> Value | None:
        """Return a value by its key."""
        return next((value for value in self.values if value.key == key), None)


@dataclass(frozen=True, slots=True)
class Files:
    """Both files, read."""

    paths: Paths
    config: Ini
    credentials: Ini

    @property
    def names(self) -> tuple[str, ...]:
        """Every profile, in the order of the files: the config file's first."""
        return tuple(dict.fromkeys((*self.config.profiles, *self.credentials.profiles)))

    @property
    def sso_sessions(self) -> Mapping[str, str]:
        """The config file's sso-sessions and the raw names of their sections."""
        named = ((sso_session(section), section) for section in self.config.sections)
        return {name: section for name, section in named if name is not None}

    def ini(self, kind: Kind) -> Ini:
        """Return one of the two files."""
        return self.config if kind is Kind.CONFIG else self.credentials

    def path(self, kind: Kind) -> Path:
        """Return the path of one of the two files."""
        return self.paths.config if kind is Kind.CONFIG else self.paths.credentials

    def settings(self, name: str) -> Mapping[str, str] | None:
        """Return a profile's values by their keys, or None: quicker than `profile`, without the places."""
        config, credentials = self.config.profile(name), self.credentials.profile(name)
        if config is None and credentials is None:
            return None
        return {**(config or {}), **(credentials or {})}

    def profile(self, name: str) -> Profile | None:
        """Return a profile with the place of each value, or None."""
        config, credentials = self.config.profile(name), self.credentials.profile(name)
        if config is None and credentials is None:
            return None
        values = []
        for key, text in (self.settings(name) or {}).items():
            overridden = self._place(Kind.CONFIG, name, key) if key in (config or {}) else None
            if key in (credentials or {}):
                values.append(Value(key, text, self._place(Kind.CREDENTIALS, name, key), overridden))
            elif overridden is not None:
                values.append(Value(key, text, overridden))
        return Profile(name, tuple(values))

    def using(self, name: str) -> tuple[str, ...]:
        """Return the profiles that take their credentials from another one (`source_profile`)."""
        return tuple(
            other
            for other in self.names
            if other != name and (self.settings(other) or {}).get("source_profile") == name
        )

    def remarks(self, name: str) -> tuple[str, ...]:
        """Return what surprises about how a profile is read."""
        *dead, read_last = self.config.sections_of(name) or ("",)
        out = [
            _("[{dead}] is replaced whole by [{section}]: botocore reads the later one.").format(
                dead=section, section=read_last
            )
            for section in dead
        ]
        if name in self.config.sections and config_profile(name) is None:
            out.append(
                _("[{name}] in {file} is no profile: it must be [profile {name}] there.").format(
                    name=name, file=self.paths.config
                )
            )
        out.extend(
            _("[DEFAULT] in {file} gives {keys} to every profile.").format(
                file=self.path(kind), keys=", ".join(self.ini(kind).defaults)
            )
            for kind in Kind
            if self.ini(kind).defaults and self.ini(kind).profile(name) is not None
        )
        return tuple(out)

    def _place(self, kind: Kind, name: str, key: str) -> Place:
        ini = self.ini(kind)
        section = ini.profiles[name]
        return Place(self.path(kind), ini.layout.line_of(section, key), section)


def read(paths: Paths | None = None) -> Files:
    """Read both files. A missing one is empty. Raises BadInputError when botocore can't read one, or we can't."""
    paths = paths or Paths.from_environment()
    return Files(paths, load(paths.config, Kind.CONFIG), load(paths.credentials, Kind.CREDENTIALS))


def load(path: Path, kind: Kind) -> Ini:
    """Read one file; what is no regular file counts as missing, as it does for botocore."""
    try:
        data = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise BadInputError(
            _("This file can't be read."),
            where=str(path),
            why=error.strerror or "",
            mend=_("Give yourself the right to read it. botocore reads it as if it were empty."),
        ) from None
    return parse(data, kind, where=str(path))


def is_secret(key: str) -> bool:
    """Whether a key's value is a secret: it is never shown."""
    return _SECRET_KEY.search(key) is not None


def has_secrets(ini: Ini) -> bool:
    """Whether any section of a file holds a secret."""
    return any(map(is_secret, ini.keys))


def _expanded(text: str) -> Path:
    # The order is botocore's (configloader.raw_config_parse).
    return Path(os.path.expandvars(text)).expanduser()
