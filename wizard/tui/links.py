"""The links of an access path, and the states that they keep while answers change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.access_path import AccessPath, PathHop, PathLink


def links_of(path: AccessPath) -> list[PathLink]:
    """Return every link of a path."""
    return [link for hop in path.hops for link in hop.links]


def carried(hop: PathHop, known: Mapping[str, PathLink]) -> PathHop:
    """Return a hop with the states that its links had before."""
    links = tuple(
        replace(link, state=known[link.link.id].state, evidence=known[link.link.id].evidence)
        if link.link.id in known
        else link
        for link in hop.links
    )
    return replace(hop, links=links)
