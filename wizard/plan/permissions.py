"""The permissions of a role or user: one inline policy named after the setup, or a managed policy attached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wizard.diff import same
from wizard.plan import sizes
from wizard.plan.change import Change, Kind
from wizard.plan.found import Identity, NotKnown
from wizard.plan.scope import not_readable
from wizard.setup import policy_name
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.plan.found import Json, Piece
    from wizard.plan.target import Target
    from wizard.policy.document import Document


def permissions(target: Target, document: Document) -> Iterator[Change]:
    """Yield what brings an identity's permissions to what the document says: an inline policy, or a managed one."""
    name = policy_name(target.scope.setup.name)
    managed = document.managed_policy_arn
    wanted = None if managed or document.policy is None else document.policy.to_json()
    piece = target.piece
    inline: Piece[Mapping[str, Json]] = piece.inline if isinstance(piece, Identity) else {}
    attached: Piece[tuple[str, ...]] = piece.attached if isinstance(piece, Identity) else ()
    if isinstance(piece, NotKnown):
        inline = attached = piece
    if managed and not (isinstance(attached, tuple) and managed in attached):
        yield _attach(target, managed, attached)
    unread = isinstance(inline, NotKnown)
    now = inline if isinstance(inline, NotKnown) else (inline.get(name) if isinstance(inline, Mapping) else None)
    in_place = not unread and bool(now and wanted) and same(now, wanted)
    if (unread and wanted is None) or (now is None and wanted is None) or in_place:
        return
    together = {**(inline if isinstance(inline, Mapping) else {}), name: wanted}
    by = target.scope.by(target.account)
    yield target.change(
        Kind.INLINE,
        _("Give {name} the inline policy {policy}.").format(name=target.label, policy=name)
        if wanted
        else _("Take the inline policy {policy} from {name}.").format(name=target.label, policy=name),
        now,
        wanted,
        _("The inline policy as it is now is put back.") if now else _("The inline policy is deleted."),
        name=name,
        problem=target.problem
        or not_readable(now, by)
        or sizes.too_long(together.values(), sizes.INLINE.get(target.kind, sizes.INLINE["user"])),
    )


def _attach(target: Target, managed: str, attached: Piece[tuple[str, ...]]) -> Change:
    now = attached if isinstance(attached, NotKnown) else None
    return target.change(
        Kind.ATTACHED,
        _("Attach {policy} to {name}: for a test only.").format(policy=managed, name=target.label),
        now,
        {"PolicyArn": managed},
        _("The policy is detached."),
        name=managed,
        problem=target.problem or not_readable(now, target.scope.by(target.account)),
    )
