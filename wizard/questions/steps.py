"""The steps of the rail: light to import, because the first question is shown before the catalogue is there."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.text import mark


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the rail; its title is a marked message."""

    id: str
    title: str


STEPS = (
    Step("method", mark("Method")),
    Step("accounts", mark("Accounts")),
    Step("callers", mark("Callers")),
    Step("bucket", mark("Bucket")),
    Step("access", mark("Access")),
    Step("guards", mark("Guards")),
    Step("profile", mark("Profile")),
    Step("review", mark("Review")),
)
