"""A role or user that changes are about, and whether it is this setup's to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.names import arns
from wizard.plan.change import Change, Kind
from wizard.plan.found import Identity, NotKnown
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from wizard.plan.found import Json, Piece
    from wizard.plan.scope import Scope


@dataclass(frozen=True, slots=True)
class Target:
    """A role or user that changes are about; `problem` holds for each of them. `make`: it isn't there yet."""

    scope: Scope
    arn: str
    account: str
    piece: Piece[Identity]
    problem: str
    make: bool = False

    @property
    def kind(self) -> str:
        """`role` or `user`."""
        parsed = arns.parse(self.arn)
        return parsed.resource.partition("/")[0] if parsed else ""

    @property
    def label(self) -> str:
        """What is shown for it: `role/wizard/RoleA`."""
        parsed = arns.parse(self.arn)
        return parsed.resource if parsed else self.arn

    def change(  # noqa: PLR0913 -- the members of a change that differ
        self,
        kind: Kind,
        what: str,
        now: Json | NotKnown,
        then: Json,
        put_back: str,
        *,
        name: str = "",
        problem: str = "",
        notes: tuple[str, ...] = (),
        session_seconds: int = 0,
    ) -> Change:
        """Return a change of it."""
        return Change(
            id=f"{kind}:{self.arn}" + (f":{name}" if name else ""),
            kind=kind,
            account_id=self.account,
            side=self.scope.side(self.account),
            target=self.arn,
            name=name,
            region="",
            what=what,
            now=now,
            then=then,
            put_back=put_back,
            by=self.scope.by(self.account),
            problem=problem,
            notes=notes,
            session_seconds=session_seconds,
        )


def not_ours(scope: Scope, arn: str, piece: Piece[Identity]) -> str:
    """Say why an existing role or user gets nothing: it isn't this setup's, and nobody confirmed it."""
    if not isinstance(piece, Identity) or piece.is_of(scope.setup.name):
        return ""
    unread = [
        part for part in (piece.inline, piece.attached, piece.groups, piece.policies) if isinstance(part, NotKnown)
    ]
    if unread:
        return _("{arn} is there already, isn't this setup's, and not all of its policies can be read: {why}").format(
            arn=arn, why=unread[0].reason
        )
    if arn in scope.choices.existing:
        return ""
    return _(
        "{arn} is there already, and this setup didn't make it: whoever is let in could do everything that it can do. "
        "Choose another name, or confirm it after reading its policies ({how})."
    ).format(arn=arn, how=how(Way.USE_EXISTING, arn=arn))
