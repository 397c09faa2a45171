"""Resolves a template's intrinsic functions as CloudFormation does, in one account and region."""

from __future__ import annotations

import re
from typing import Any

import yaml

from wizard.names.accounts import partition as partition_of


class Template:
    """A template with its parameters at their defaults, or as given."""

    def __init__(self, text: str, account: str, region: str, given: dict[str, str] | None = None) -> None:
        self.raw: dict[str, Any] = yaml.safe_load(text)
        declared = self.raw.get("Parameters", {})
        self.values: dict[str, Any] = {
            name: (given or {}).get(name, one.get("Default")) for name, one in declared.items()
        } | {"AWS::AccountId": account, "AWS::Region": region}
        for name, one in declared.items():
            if "AllowedPattern" in one and self.values[name] is not None:
                assert re.fullmatch(one["AllowedPattern"].strip("^$"), str(self.values[name])), name

    def resources(self) -> dict[str, Any]:
        """Return the resources that would be made, resolved."""
        made = {name: one for name, one in self.raw["Resources"].items() if self._holds(one.get("Condition"))}
        return {name: {**one, "Properties": self.resolved(one.get("Properties", {}))} for name, one in made.items()}

    def by_hand(self) -> list[dict[str, Any]]:
        """Return what is left to people."""
        return list(self.raw.get("Metadata", {}).get("ByHand", []))

    def _holds(self, name: str | None) -> bool:
        return name is None or bool(self.resolved(self.raw["Conditions"][name]))

    def resolved(self, value: Any) -> Any:
        """Return a value with its functions carried out."""
        if isinstance(value, list):
            return [self.resolved(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, inner = next(iter(value.items()))
            match name:
                case "Ref":
                    return self.values[inner]
                case "Fn::Sub":
                    return re.sub(r"\$\{(!?)([^}]*)\}", self._part, inner)
                case "Fn::Equals":
                    return self.resolved(inner[0]) == self.resolved(inner[1])
                case "Fn::And":
                    return all(self.resolved(one) for one in inner)
                case "Fn::If":
                    return self.resolved(inner[1] if self._holds(inner[0]) else inner[2])
                case "Fn::GetAtt":
                    own = self.raw["Resources"][inner[0]]
                    kind = own["Type"].rpartition("::")[2]
                    called = self.resolved(own["Properties"])
                    path = called.get("Path", "/")
                    partition = partition_of(self.values["AWS::Region"])
                    account, name = self.values["AWS::AccountId"], called[f"{kind}Name"]
                    return f"arn:{partition}:iam::{account}:{kind.lower()}{path}{name}"
        return {key: self.resolved(one) for key, one in value.items()}

    def _part(self, match: re.Match[str]) -> str:
        return f"${{{match[2]}}}" if match[1] else str(self.values[match[2]])
