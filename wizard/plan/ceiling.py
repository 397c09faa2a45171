"""The setup that a hand-over asks for, kept as the ceiling of the answers: what passes it needs a yes of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wizard.answers import ASKED, HANDOVER
from wizard.answers.build import build
from wizard.plan.asked import asked
from wizard.plan.made import plan
from wizard.plan.wider import standing, wider
from wizard.text import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.answers.build import Built
    from wizard.plan.asked import Asked
    from wizard.setup import Setup

STANDING_WORDS = {"narrowed": mark("narrowed"), "wider": mark("more than asked")}


@dataclass
class Ceiling:
    """What was asked of a side: the file's raw answers, and which sentences of `wider` were said yes to."""

    side: str
    raw: Mapping[str, Any]
    confirmed: set[str] = field(default_factory=set)

    @cached_property
    def setup(self) -> Setup:
        """The setup as the file asks for it."""
        return build(self.raw).setup

    @property
    def other(self) -> str:
        """The side that asks."""
        return "destination" if self.side == "source" else "source"

    def asked(self) -> Asked:
        """Return what the file asks, for one screen."""
        return asked(plan(self.setup), self.side)

    def over(self, built: Built) -> tuple[str, ...]:
        """Return in which ways answers pass the ceiling without a yes.

        While one of them isn't valid that is another method alone: nothing else can be compared.
        """
        if built.problems and built.values.get("method", self.setup.method) == self.setup.method:
            return ()
        return tuple(one for one in wider(self.setup, built.setup) if one not in self.confirmed)

    def confirm(self, built: Built) -> None:
        """Take a yes to all of that."""
        self.confirmed |= set(self.over(built))

    def standing(self, raw: Mapping[str, Any], key: str) -> str:
        """Return how an answer stands to the file's: "", `narrowed` or `wider`."""
        return standing(self.raw, raw, key)

    def widened(self, within: Mapping[str, Any], raw: Mapping[str, Any]) -> list[str]:
        """Return the keys of answers that made `raw` wider than `within`; all that changed where none did alone."""
        keys = dict.fromkeys((*within, *raw))
        changed = [key for key in keys if key not in {HANDOVER, ASKED} and within.get(key) != raw.get(key)]
        return [key for key in changed if self.standing(raw, key) == "wider"] or changed

    def as_asked(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the file's own answers, for answers that came with them."""
        return {**self.raw, **{key: raw[key] for key in (HANDOVER, ASKED) if key in raw}}


def ceiling_of(raw: Mapping[str, Any]) -> Ceiling | None:
    """Return the ceiling of answers that came with a hand-over (`wizard.answers.file.read_raw`), or None."""
    side, given = raw.get(HANDOVER), raw.get(ASKED)
    return Ceiling(str(side), given) if side and isinstance(given, dict) and not build(given).problems else None
