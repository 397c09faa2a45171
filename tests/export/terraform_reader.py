"""Renders a Terraform module's documents and resources as the AWS provider would: what a plan would show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hcl2

from tests.export.hcl_values import unquoted, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wizard.export.files import ExportFile


def parsed(text: str) -> dict[str, Any]:
    """Parse a file with the library; its comments don't count."""
    return {key: one for key, one in hcl2.loads(text).items() if key != "__comments__"}


def module(files: Mapping[str, ExportFile], folder: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the resources of a module by address, each attribute evaluated, with the variables' defaults."""
    names: dict[str, Any] = {"var": {}, "local": {}, "data": {"aws_iam_policy_document": {}}}
    blocks = _blocks([file for path, file in files.items() if path.startswith(f"{folder}/")])
    for name, block in _named(blocks.get("variable", [])):
        names["var"][name] = (given or {}).get(name, value(block.get("default"), names))
        for rule in block.get("validation", []):
            assert value(rule["condition"], names) is True, name
    for block in blocks.get("locals", []):
        for name, raw in block.items():
            if name != "__is_block__":
                names["local"][name] = value(raw, names)
    for name, block in _typed(blocks.get("data", []), "aws_iam_policy_document"):
        names["data"]["aws_iam_policy_document"][name] = _instances(block, names, _document)
    out: dict[str, Any] = {}
    for kinds in blocks.get("resource", []):
        for kind, own in kinds.items():
            for name, block in own.items():
                made = _instances(block, names | _attributes(blocks, names), _plain)
                out[f"{unquoted(kind)}.{unquoted(name)}"] = made
    return out


def _blocks(files: list[ExportFile]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for file in files:
        for kind, found in parsed(file.text).items():
            out.setdefault(kind, []).extend(found)
    return out


def _attributes(blocks: dict[str, list[Any]], names: dict[str, Any]) -> dict[str, Any]:
    """Return what other resources are asked for: their names."""
    out: dict[str, Any] = {}
    for kinds in blocks.get("resource", []):
        for kind, own in kinds.items():
            for name, block in own.items():
                if "for_each" not in block and "name" in block:
                    called = value(block["name"], names)
                    out.setdefault(unquoted(kind), {})[unquoted(name)] = {"name": called, "arn": called}
    return out


def _instances(block: dict[str, Any], names: dict[str, Any], make: Any) -> Any:
    if "for_each" not in block:
        return make(block, names)
    each = value(block["for_each"], names)
    pairs = each.items() if isinstance(each, dict) else [(one, one) for one in each]
    return {key: make(block, names | {"each": {"key": key, "value": one}}) for key, one in pairs}


def _plain(block: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    skipped = {"provider", "for_each", "__is_block__"}
    return {name: value(raw, names) for name, raw in block.items() if name not in skipped}


def _document(block: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Render a document as aws_iam_policy_document does: source documents first, one value as a text."""
    statements = []
    for one in block.get("statement", []):
        out: dict[str, Any] = {}
        for name, element in (("sid", "Sid"), ("effect", "Effect")):
            if name in one:
                out[element] = value(one[name], names)
        for name, element in (("actions", "Action"), ("resources", "Resource")):
            if name in one:
                out[element] = _one_or_list(value(one[name], names))
        for principals in one.get("principals", []):
            kind, members = value(principals["type"], names), value(principals["identifiers"], names)
            out["Principal"] = "*" if kind == "*" else {kind: _one_or_list(members)}
        for condition in one.get("condition", []):
            keys = out.setdefault("Condition", {}).setdefault(value(condition["test"], names), {})
            keys[value(condition["variable"], names)] = _one_or_list(value(condition["values"], names))
        # The provider's own notation: &{ becomes ${.
        statements.append(out)
    return {"json": {"Version": "2012-10-17", "Statement": statements}}


def _one_or_list(values: list[str]) -> str | list[str]:
    assert not any("&{" in one for one in values)
    return values[0] if len(values) == 1 else values


def _named(blocks: list[Any]) -> Iterator[tuple[str, Any]]:
    for block in blocks:
        for name, inner in block.items():
            yield unquoted(name), inner


def _typed(blocks: list[Any], kind: str) -> Iterator[tuple[str, Any]]:
    for found, own in _named(blocks):
        if found == kind:
            for name, block in own.items():
                yield unquoted(name), block
