"""The access path: the chain of links from a caller to an object, each with its state and its evidence."""

from wizard.access_path.path import SIGNS, WORDS, AccessPath, PathHop, PathLink, State, planned

__all__ = ["SIGNS", "WORDS", "AccessPath", "PathHop", "PathLink", "State", "planned"]
