"""A second evaluator, written from the same rules in the plainest way: for cases with nothing unknown.

It knows only what the strategies make (S3, one KMS key, AssumeRole; seven operators), has no speed, no reasons and
no third value, and shares no line with the real one.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Any


def glob(pattern: str, text: str) -> bool:
    parts = [re.escape(char) if char not in "*?" else {"*": ".*", "?": "."}[char] for char in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Reference:
    def __init__(self, case: dict[str, Any]) -> None:
        request = case["request"]
        self.case = case
        self.policies = case["policies"]
        self.principal = request["principal"]
        self.action = request["action"].lower()
        self.resource = request["resource"]
        if self.action == "s3:listallmybuckets":
            self.resource = "arn:aws:s3:::*"
        self.context = {key.lower(): value for key, value in request["context"].items()}
        self.account = case["principal_account"]
        self.same = self.account == case["resource_account"] or self.action == "s3:listallmybuckets"

    # ---- statements
    def variables(self, text: str) -> str | None:
        """Fill `${aws:username}` in, with its `*` and `?` made literal as `[*]` would be; None if it is absent."""
        found = re.search(r"\$\{aws:username(?:, '(.*)')?\}", text)
        if found is None:
            return text
        value = self.context.get("aws:username")
        if value is None or value == []:
            value = found[1]
        return None if not isinstance(value, str) else text.replace(found[0], value)

    def resource_matches(self, pattern: str, *, new: bool) -> bool:
        if pattern == "*":
            return True
        filled = self.variables(pattern) if new else pattern
        return filled is not None and glob(filled, self.resource)

    def one(self, operator: str, wanted: str, value: str, *, new: bool) -> bool:
        if operator in {"StringEquals", "StringNotEquals"}:
            return (self.variables(wanted) if new else wanted) == value
        if operator == "StringEqualsIgnoreCase":
            return wanted.lower() == value.lower()
        if operator in {"ArnLike", "ArnNotEquals"}:
            return all(map(glob, wanted.split(":", 5), value.split(":", 5)))
        if operator == "NumericGreaterThanEquals":
            return float(value) >= float(wanted)
        if operator in {"StringLike", "StringNotLike"}:
            filled = self.variables(wanted) if new else wanted
            return filled is not None and glob(filled, value)
        if operator == "Bool":
            return wanted.lower() == value.lower()
        if operator in {"IpAddress", "NotIpAddress"}:
            return ip_address(value) in ip_network(wanted)
        if operator == "NumericLessThan":
            return float(value) < float(wanted)
        raise AssertionError(operator)

    def condition(self, operator: str, key: str, wanted: Any, *, new: bool) -> bool:
        value = self.context.get(key.lower())
        if operator == "Null":
            return bool((value is None or value == []) == (wanted == "true"))
        over, _, name = operator.rpartition(":")
        if_exists = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        negated = "Not" in name
        if value is None or value == []:
            return over == "ForAllValues" or (not over and (if_exists or negated))
        if isinstance(value, list) and not over:
            return False
        each = [any(self.one(name, item, one, new=new) for item in listed(wanted)) != negated for one in listed(value)]
        return all(each) if over != "ForAnyValue" else any(each)

    def matches(self, statement: dict[str, Any], *, new: bool) -> bool:
        hit = any(
            glob(item.lower(), self.action) for item in listed(statement.get("Action", statement.get("NotAction")))
        )
        if hit != ("Action" in statement):
            return False
        if "Resource" in statement or "NotResource" in statement:
            patterns = listed(statement.get("Resource", statement.get("NotResource")))
            if any(self.resource_matches(item, new=new) for item in patterns) != ("Resource" in statement):
                return False
        return all(
            self.condition(operator, key, wanted, new=new)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )

    # ---- principals
    def identities(self) -> list[set[str]]:
        """List what the caller is called: itself, its role, its account."""
        if not self.principal.startswith("arn:"):
            return [{self.principal}]
        account = {self.account, f"arn:aws:iam::{self.account}:root"}
        if ":root" in self.principal:
            return [account]
        if ":assumed-role/" in self.principal:
            role = self.principal.split("/")[1]
            return [
                {self.principal},
                {f"arn:aws:iam::{self.account}:role/{path}{role}" for path in ("", "path/")},
                account,
            ]
        return [{self.principal}, account]

    def form(self, element: Any) -> str:
        """Return in which way a Principal names the caller: itself, everybody, role, account, or nothing."""
        service = not self.principal.startswith("arn:") and self.principal != "anonymous"
        if element == "*" or (isinstance(element, dict) and "*" in listed(element.get("AWS", []))):
            return "everybody"
        if not isinstance(element, dict):
            return ""
        if service:
            return "itself" if self.principal in listed(element.get("Service", [])) else ""
        names = set(listed(element.get("AWS", [])))
        levels = self.identities()
        labels = {1: ["account"], 2: ["itself", "account"], 3: ["itself", "role", "account"]}[len(levels)]
        return next((label for label, level in zip(labels, levels, strict=True) if names & level), "")

    def deny_means(self, statement: dict[str, Any]) -> bool:
        if "NotPrincipal" in statement:
            element = statement["NotPrincipal"]
            if element == "*":
                return False
            names = set(listed(element.get("AWS", []))) | set(listed(element.get("Service", [])))
            if "*" in names:
                return False
            bounded = (
                bool(self.policies.get("boundary"))
                and self.principal.startswith("arn:")
                and ":root" not in self.principal
            )
            return bounded or not all(names & level for level in self.identities())
        return self.form(statement["Principal"]) != "" if "Principal" in statement else False

    # ---- layers
    def hits(self, document: dict[str, Any], effect: str) -> list[dict[str, Any]]:
        new = document.get("Version") == "2012-10-17"
        return [one for one in document["Statement"] if one["Effect"] == effect and self.matches(one, new=new)]

    def allows(self, documents: list[Any]) -> bool:
        return any(self.hits(document, "Allow") for document in documents)

    def result(self) -> str:
        policies = self.policies
        inside = self.principal.startswith("arn:")
        root = ":root" in self.principal
        trusted = self.action == "sts:assumerole"
        own = policies.get("trust" if trusted else "resource")
        session = [policies["session"]] if "session" in policies else []
        mine: list[Any] = [*policies.get("identity", []), *policies.get("boundary", []), *session]
        mine += [document for level in policies.get("scps", []) for document in level]
        if inside and any(self.hits(document, "Deny") for document in mine):
            return "ExplicitlyDenied"
        theirs = [own] if own else []
        theirs += [document for level in policies.get("rcps", []) for document in level]
        theirs += policies.get("vpc_endpoint", [])
        if any(self.deny_means(one) for document in theirs for one in self.hits(document, "Deny")):
            return "ExplicitlyDenied"
        return (
            "Allowed" if self.granted(own, session, inside=inside, root=root, trusted=trusted) else "ImplicitlyDenied"
        )

    def passes(self, *, inside: bool) -> bool:
        """Say whether SCPs, RCPs and the endpoint policy let the request through."""
        policies = self.policies
        if inside and not all(self.allows(level) for level in policies.get("scps", [])):
            return False
        return all(
            any(self.form(one.get("Principal")) for document in level for one in self.hits(document, "Allow"))
            for level in [*policies.get("rcps", []), policies.get("vpc_endpoint", [])]
            if level
        )

    def granted(self, own: Any, session: list[Any], *, inside: bool, root: bool, trusted: bool) -> bool:
        policies = self.policies
        forms = {self.form(one.get("Principal")) for one in self.hits(own, "Allow")} - {""} if own else set()
        if not inside and not self.principal.startswith("a") and "everybody" in forms:
            forms.remove("everybody")  # a service must be named
        identity = root or self.allows(policies.get("identity", []))
        limit = all(self.allows([one]) for one in policies.get("boundary", [])) and (
            not session or self.allows(session)
        )
        if not self.passes(inside=inside):
            return False
        if self.action == "s3:listallmybuckets":
            return inside and identity and limit
        if (trusted and root) or (self.principal == "anonymous" and not self.action.startswith("s3:")):
            return False
        if not inside:
            return bool(forms)
        if not self.same:
            return self.action != "kms:putkeypolicy" and identity and limit and bool(forms)
        by_resource = bool(forms & {"itself", "everybody"}) or ("role" in forms and limit)
        must = trusted or self.action.startswith("kms:")
        return by_resource or (identity and limit and (not must or "account" in forms))
