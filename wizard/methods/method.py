"""What a method is: its questions, documents, profile and ways to try it, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.methods.question import Question, Values
    from wizard.policy.document import Document
    from wizard.setup import Own, Setup


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a method compares with the others, each a marked message of a line or two."""

    needs: str
    costs: str
    choose: str
    cannot: str


@dataclass(frozen=True, slots=True)
class ProfileSettings:
    """A profile as the method needs it: the config file's keys in order; `needs_keys`: an access key as well."""

    name: str
    settings: tuple[tuple[str, str], ...]
    needs_keys: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A command to try the access with, and what it answers with this method."""

    command: str
    answer: str


@dataclass(frozen=True, slots=True)
class Node:
    """One place of the access path: a caller, a role or user, a bucket; `account_id` is whose it is."""

    id: str
    label: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """What lets a call pass from one node to the next: `what` in words, whose side, and by which document."""

    id: str
    what: str
    account_id: str
    document_id: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the access path: every one of its links must hold."""

    start: Node
    end: Node
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """All of a method. `title` and `comparison` are marked messages."""

    id: str
    title: str
    recommended: bool
    warning: str
    comparison: Comparison
    questions: tuple[Question, ...]
    own: Callable[[Values], Own]
    documents: Callable[[Setup], tuple[Document, ...]]
    hops: Callable[[Setup], tuple[Hop, ...]]
    profile: Callable[[Setup], ProfileSettings | None]
    snippet: Callable[[Setup], str]
    trials: Callable[[Setup], tuple[Trial, ...]]
    copying: str
