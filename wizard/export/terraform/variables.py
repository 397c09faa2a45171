"""The variables of a Terraform module: the fleet, what is there already, what has to be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.export.hcl import Block, Code, text
from wizard.methods.assume_role import Role, role_arn
from wizard.methods.guards import needs_typed_confirmation
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.setup import Setup


def variables(setup: Setup, prefixes: Sequence[str], main: str) -> list[Block | str]:
    """Return the variables with a default that a module's text uses."""
    out: list[Block | str] = []
    if "var.source_account_ids" in main:
        rule = 'alltrue([for id in var.source_account_ids : can(regex("^[0-9]{12}$", id))])'
        block = _variable("source_account_ids", "list(string)", list(setup.source.account_ids))
        block.set("description", _("The accounts whose callers are let in."))
        out.append(block.add(_validation(rule, _("Each is an account id of 12 digits."))))
    if "var.buckets" in main:
        listed = ", ".join(text(prefix) for prefix in prefixes)
        pairs = "".join(
            f"\n  {text(one.name)} = {text(one.prefix)}" for one in sorted(setup.buckets, key=lambda one: one.name)
        )
        block = Block('variable "buckets"').set("type", Code("map(string)"))
        block.set("default", Code("{" + _padded(pairs) + "\n}"))
        block.set("description", _("The buckets, each with its prefix."))
        rule = f"alltrue([for prefix in values(var.buckets) : contains([{listed}], prefix)])"
        out.append(block.add(_validation(rule, _("For another prefix export the setup again."))))
    if "var.external_id" in main and isinstance(setup.own, Role):
        block = _variable("external_id", "string", setup.own.external_id)
        out.append(block.set("description", _("What the callers must send when they assume the role.")))
    if "var.role_arn" in main:
        block = _variable("role_arn", "string", role_arn(setup))
        out.append(block.set("description", _("The role that the callers may assume.")))
    return out


def existing(told: tuple[str, str, str]) -> Block:
    """Return the variable (name, type, description) that says what is there already."""
    name, kind, said = told
    return Block(f'variable "{name}"').set("type", Code(kind)).set("default", Code("{}")).set("description", said)


def required(setup: Setup, *, asks_organization: bool, guards: bool) -> list[Block]:
    """Return the variables without a default: an organisation that isn't known, a lock-out to be confirmed."""
    out = []
    if asks_organization:
        rule = 'can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))'
        said = _("The organization of the source accounts (aws organizations describe-organization).")
        out.append(_required("organization_id", said, rule, _("It is o- and 10 to 32 letters and digits.")))
    if guards and needs_typed_confirmation(setup):
        name = setup.bucket.name
        said = _(
            "The guards can lock everybody out, and nobody of this account is exempt: type {bucket} if that is meant"
        ).format(bucket=name)
        rule = f"var.confirm_lockout == {text(name)}"
        out.append(_required("confirm_lockout", f"{said}.", rule, _("That is not the bucket's name.")))
    return out


def _required(name: str, description: str, rule: str, refused: str) -> Block:
    block = Block(f'variable "{name}"').set("type", Code("string")).set("description", description)
    return block.add(_validation(rule, refused))


def _variable(name: str, kind: str, default: str | list[str]) -> Block:
    return Block(f'variable "{name}"').set("type", Code(kind)).set("default", default)


def _validation(rule: str, said: str) -> Block:
    return Block("validation").set("condition", Code(rule)).set("error_message", said)


def _padded(pairs: str) -> str:
    """Align the `=` of a map's lines."""
    rows = [line.split(" = ", 1) for line in pairs.split("\n")[1:]]
    width = max(len(name) for name, _value in rows)
    return "".join(f"\n{name:<{width}} = {value}" for name, value in rows)
