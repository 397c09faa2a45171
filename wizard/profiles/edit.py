"""Changes one profile of a file as a splice of whole lines; every other byte stays, or nothing is changed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.profiles import lines, writable
from wizard.profiles.ini import Ini, Kind, parse
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wizard.profiles.lines import Key, Layout, Section

_HEAD = re.compile(r"\s*.*?\s*[=:]\s*")
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class _Splice:
    """Lines `first` up to `end` (not included) become `text`."""

    first: int
    end: int
    text: bytes


def put(before: Ini, profile: str, values: Mapping[str, str], drop: Collection[str] = (), *, where: str) -> Ini:
    """Set `values` in a profile and take the keys of `drop` away; the profile is added when it isn't there.

    Other keys of it stay. Returns the file as it will be, read back. Raises BadInputError when a name or value
    can't be written, or when another profile would change too.
    """
    writable.require_name(profile)
    for key, value in values.items():
        writable.require_setting(key, value, secret="secret" in key or "token" in key)
    leaked = sorted(set(drop) & set(before.defaults))
    if leaked:
        raise BadInputError(
            _("[DEFAULT] gives {keys} to every profile.").format(keys=", ".join(leaked)),
            where=where,
            why=_("This profile must not have it."),
            mend=_("Move it from [DEFAULT] into the profiles that need it."),
        )
    raw = before.profiles.get(profile)
    if raw is None:
        data = before.data + _new_section(before, profile, values)
        expected = {**before.defaults, **values}
    else:
        data = _spliced(before.layout, _changes(before, raw, values, drop))
        expected = {**before.sections[raw], **values}
        expected = {key: value for key, value in expected.items() if key not in drop}
    return _verified(before, data, profile, expected, where)


def take_away(before: Ini, profile: str, *, where: str) -> Ini:
    """Remove a profile: each section that stands for it, with its keys; comments after them stay.

    The blank line that `put` adds before a new section goes too, where the section still stands as it was added.
    Returns the file as it will be, read back. Raises BadInputError when another profile would change too.
    """
    wanted = set(before.sections_of(profile))
    splices = [
        _Splice(_beginning(before, section, profile), section.last + 1, b"")
        for section in before.layout.sections
        if section.name in wanted
    ]
    return _verified(before, _spliced(before.layout, splices), profile, None, where)


def section_text(kind: Kind, profile: str, values: Mapping[str, str]) -> str:
    """Return a profile's section as it would be added to a file: what a person can add by hand."""
    body = "".join(f"{key} = {value}\n" for key, value in values.items())
    return f"{writable.header(kind, profile)}\n{body}"


def _beginning(before: Ini, section: Section, profile: str) -> int:
    """Return the first line that goes with a section: its header, or the blank line that `_new_section` put there.

    That is certain enough only at the file's end, and where every byte of the section is as we write it.
    """
    blank = section.header - 1
    every = before.layout.lines
    end = every[blank] if blank > 0 else b""
    if end not in {b"\r\n", b"\n", b"\r"} or section.last + 1 < len(every):
        return section.header
    values = {key.name: before.sections[section.name][key.name] for key in section.keys}
    written = section_text(before.kind, profile, values).encode().replace(b"\n", end)
    return blank if b"".join(every[section.header :]) == written else section.header


def _new_section(before: Ini, profile: str, values: Mapping[str, str]) -> bytes:
    """Return what is appended: the last line's missing end, a blank line, the section.

    The blank line also comes after another one: so the one that `take_away` finds there is always ours.
    """
    last = lines.split(before.data)[-1] if before.data else b"\n"
    # After a bare CR a line feed would only make a CRLF of it.
    end = b"\r" if _end_of(last) == b"\r" else _usual_end(before.data)
    text = section_text(before.kind, profile, values).encode().replace(b"\n", end)
    if before.data:
        text = end + text
    return text if _end_of(last) else end + text


def _changes(before: Ini, raw: str, values: Mapping[str, str], drop: Collection[str]) -> list[_Splice]:
    layout = before.layout
    section = layout.by_name[raw]
    splices = [_Splice(key.first, key.last + 1, b"") for key in section.keys if key.name in drop]
    added = []
    for name, value in values.items():
        key = section.key(name)
        if key is None:
            added.append((name, value))
        elif before.sections[raw][name] != value:
            splices.append(_Splice(key.first, key.last + 1, _with_value(layout, key, value)))
    if added:
        splices.append(_insertion(layout, section, added, drop))
    return splices


def _with_value(layout: Layout, key: Key, value: str) -> bytes:
    """Return a key's line with another value; its indentation, its delimiter and its line end stay."""
    line = layout.lines[key.first].decode()
    match = _HEAD.match(line.rstrip("\r\n"))
    head = match[0] if match else f"{key.name} = "
    if re.search(r"\s[=:]$", head):
        head += " "
    return (head + value).encode() + _end_of(layout.lines[key.last])


def _insertion(layout: Layout, section: Section, added: Sequence[tuple[str, str]], drop: Collection[str]) -> _Splice:
    """Return the lines of new keys, after the section's last one and indented like it."""
    at = section.last + 1
    kept = [key for key in section.keys if key.name not in drop]
    model = layout.lines[(kept or section.keys)[-1].first] if section.keys else layout.lines[section.header]
    indent = lines.indent_of(model)
    if not section.keys:
        # Indented less, our key would swallow a header that follows it further in.
        following = next((line for line in layout.lines[at:] if lines.is_significant(line)), b"")
        indent = max(indent, lines.indent_of(following), key=lambda blanks: len(blanks.decode()))
    # At the end of a file its last line may have no end; a line that is dropped needs none.
    complete = _end_of(layout.lines[section.last]) or (section.keys and section.keys[-1].name in drop)
    end = _end_of(layout.lines[section.last]) or _usual_end(b"".join(layout.lines))
    head = _HEAD.match(model.decode()) if section.keys else None
    equals = b"=" if head and re.search(r"\S=$", head[0]) else b" = "
    text = b"".join(indent + name.encode() + equals + value.encode() + end for name, value in added)
    return _Splice(at, at, text if complete else end + text)


def _spliced(layout: Layout, splices: Sequence[_Splice]) -> bytes:
    out: list[bytes] = []
    done = 0
    for splice in sorted(splices, key=lambda each: (each.first, each.end)):
        out.extend(layout.lines[done : splice.first])
        out.append(splice.text)
        done = splice.end
    out.extend(layout.lines[done:])
    return b"".join(out)


def _verified(before: Ini, data: bytes, profile: str, expected: Mapping[str, str] | None, where: str) -> Ini:
    """Read the result as botocore will, and refuse it unless the one profile is all that changed."""
    try:
        after = parse(data, before.kind, where=where)
    except BadInputError:
        raise _entangled(before, profile, where) from None
    own = set(before.sections_of(profile)) | set(after.sections_of(profile))
    others = [(name, values) for name, values in before.sections.items() if name not in own]
    still = [(name, values) for name, values in after.sections.items() if name not in own]
    if others != still or before.defaults != after.defaults or after.profile(profile) != expected:
        raise _entangled(before, profile, where)
    return after


def _entangled(before: Ini, profile: str, where: str) -> BadInputError:
    section = before.layout.by_name.get(before.profiles.get(profile, ""))
    if section is not None:
        where = _("{file}, line {line}").format(file=where, line=section.header + 1)
    return BadInputError(
        _("The profile {name} can't be changed without changing what stands around it.").format(name=profile),
        where=where,
        why=_("The way its lines are indented binds them to the lines before or after."),
        mend=_("Take the indentation of the section headers away, then try again. Nothing was changed."),
    )


def _end_of(line: bytes) -> bytes:
    for end in (b"\r\n", b"\n", b"\r"):
        if line.endswith(end):
            return end
    return b""


def _usual_end(data: bytes) -> bytes:
    """Return the line end that a file uses most; a new line feed's when it has none."""
    counted = Counter(_LINE_END.findall(data))
    return counted.most_common(1)[0][0] if counted else b"\n"
