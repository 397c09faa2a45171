"""A runbook as values: sections of paragraphs, lists, facts, steps and texts to copy, for each form to render."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.access_path import AccessPath

# Nobody compares or prints these: without those methods the classes are made twice as fast, at every start.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Paragraph:
    """A paragraph; `kind` is empty, or `note` or `warning`."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Listing:
    """A list, with a line that leads to it."""

    lead: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts:
    """Names and values in rows."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Copyable:
    """A text to copy: a document or commands. `language`: json, shell or ini."""

    title: str
    text: str
    language: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Picture:
    """The access path, drawn."""

    path: AccessPath


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step:
    """One step: its number over all sides, what is done and by whom, and how."""

    number: int
    title: str
    who: str
    parts: tuple[Part, ...]


Part = Paragraph | Listing | Facts | Copyable | Picture | Step


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Section:
    """A section with its heading; `id` is the anchor."""

    id: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Page:
    """The whole runbook. `language`: en or ja."""

    language: str
    title: str
    lead: str
    sections: tuple[Section, ...]
