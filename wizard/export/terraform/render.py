"""The format terraform: one module a side, and a root that calls them, with import blocks for what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.export.files import ExportFile
from wizard.export.hcl import Block, Code, document, text
from wizard.export.templates import template
from wizard.export.terraform.modules import Module
from wizard.plan.sizes import compact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.export.handover import Handover


def render(handover: Handover) -> tuple[ExportFile, ...]:
    """Return the modules of the sides that were asked for, and the root module. Raises BadInputError."""
    if any("&{" in compact(change.then) for change in handover.changes):
        raise BadInputError(
            _("aws_iam_policy_document reads &{ as ${, a variable: the prefix would mean something else."),
            mend=_("Choose another prefix, or export shell or cloudformation."),
        )
    modules = [Module(handover, side, accounts, changes) for side, accounts, changes in handover.parts()]
    out = [file for module in modules for file in module.files()]
    return (ExportFile("main.tf", _root(modules)), *_imports(modules), *out)


def _root(modules: Sequence[Module]) -> str:
    header = template("terraform/header.txt").rstrip()
    settings = Block("terraform").set("required_version", ">= 1.7.0")
    required = Block("required_providers")
    required.items.append(("aws", Code('{\n  source  = "hashicorp/aws"\n  version = ">= 6.0"\n}')))
    blocks: list[Block | str] = [header, settings.add(required)]
    blocks += [_provider(module, account) for module in modules for account in module.accounts]
    for name, kind, said in _passed(modules):
        blocks.append(_variable(name, kind, said))
    blocks += {block.header: block for module in modules for block in module.required()}.values()
    blocks += [_call(module, account, modules) for module in modules for account in module.accounts]
    return document(*blocks)


def _provider(module: Module, account: str) -> Block:
    region = module.handover.plan.setup.bucket.region
    return (
        Block('provider "aws"')
        .set("alias", module.alias_for(account))
        .set("region", region)
        .set("allowed_account_ids", [account])
        .comment('profile = "…" # ' + _("credentials of the account {account}").format(account=account))
    )


def _passed(modules: Sequence[Module]) -> list[tuple[str, str, str]]:
    """Return the variables that the root hands on: what is there already."""
    out = {name: (name, kind, said) for module in modules for name, kind, said in module.existing()}
    return list(out.values())


def _variable(name: str, kind: str, said: str) -> Block:
    return Block(f'variable "{name}"').set("type", Code(kind)).set("default", Code("{}")).set("description", said)


def _call(module: Module, account: str, modules: Sequence[Module]) -> Block:
    call = Block(f'module "{module.name_for(account)}"').set("source", f"./modules/{module.folder}")
    call.items.append(
        ("providers", Code(f"{{\n  aws.{module.alias} = aws.{module.alias_for(account)}\n}}")),
    )
    for name, _kind, _said in module.existing():
        call.set(name, Code(f"var.{name}"))
    for block in module.required():
        name = block.header.split('"')[1]
        call.set(name, Code(f"var.{name}"))
    destination = next((other for other in modules if other.side == "destination" and other.makes_role), None)
    if module.side == "source" and module.uses_role and destination:
        call.set("role_arn", Code(f"module.{destination.name_for(destination.accounts[0])}.role_arn"))
    return call


def _imports(modules: Sequence[Module]) -> tuple[ExportFile, ...]:
    """Return import blocks for bucket policies that are there, and for what this setup made by another way."""
    blocks: list[Block | str] = []
    groups = [(module, number, names) for module in modules for number, names in module.bucket_groups()]
    if groups:
        said = _(
            "Buckets whose policy is there: it is taken over. Give its statements in existing_bucket_policies too."
        )
        variable = Block('variable "import_bucket_policies"').set("type", Code("set(string)"))
        blocks.append(variable.set("default", Code("[]")).set("description", said))
    for module, number, names in groups:
        chosen = f"setintersection(var.import_bucket_policies, [{', '.join(map(text, names))}])"
        where = f"module.{module.name_for(module.accounts[0])}.aws_s3_bucket_policy.buckets_{number}[each.value]"
        blocks.append(
            Block("import").set("for_each", Code(chosen)).set("to", Code(where)).set("id", Code("each.value"))
        )
    made = [(to, identity) for module in modules for to, identity in module.importable()]
    if made:
        lines = [_("What this setup made by another way (the shell script, apply) is taken over by:")]
        lines += [f"\nimport {{\n  to = {to}\n  id = {text(identity)}\n}}" for to, identity in made]
        blocks.append("\n".join(lines))
    return (ExportFile("imports.tf", document(*blocks)),) if blocks else ()
