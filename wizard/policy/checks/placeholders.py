"""Finds what a template left for somebody to fill in, and the examples of AWS's own documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.node import Node

# Sure signs: none of them can stand in a name that AWS takes there.
_SURE = re.compile(
    r"<[^<>]*>"  # <account>
    r"|\{\{[^{}]*\}\}"  # {{bucket}}
    r"|(?<![$\w])\{[A-Za-z][\w .-]*\}"  # {bucket}
    r"|\[[A-Za-z][\w -]*\]"  # [BUCKET]
    r"|\$\{(?:var|local|module|data|each|aws_\w+|\w+\.\w+[\w.]*)[^{}:]*\}"  # Terraform
    r"|\$\{AWS::\w+\}|\$\{[A-Z][A-Za-z0-9_]*\}"  # CloudFormation
    r"|\$\([\w.]+\)|(?-i:(?<!\w)\$(?!DEFAULT|LATEST)[A-Z_]{3,})"  # $(x), $BUCKET
    r"|%[sd](?!\w)|%\(\w+\)s"
    r"|\.\.\.|…"
    r"|\A[Xx]{6,}\Z|(?<=:)[Xx*#_-]{4,}(?=:)|vpce?-[Xx]{3,}"
    r"|(?<![A-Za-z0-9])(?:your|enter|insert|replace)[-_.]?(?:(?:s3|aws|the|own|new|source|destination|target|iam)[-_.]?)*"
    r"(?:bucket|role|user|account|org|vpce?|kms|key|prefix|name|region)[-_.]?(?:name|id|here|number|arn)?(?![A-Za-z0-9])"
    r"|(?<![A-Za-z])(?:aws[-_]?)?account[-_]?(?:id|number|no)(?![A-Za-z=])"
    r"|(?<=::)account[-_ ]?[a-z0-9]{0,2}(?:[-_ ]?(?:id|number))?(?=:)"
    r"|(?<![A-Za-z])(?:replace[-_ ]?me|change[-_ ]?me|todo|fixme)(?![A-Za-z])",
    re.IGNORECASE,
)
# Names that AWS would take, and that nobody has.
_LIKELY = re.compile(
    r"(?<![a-z0-9-])(?:bucket[-_.]?name|name[-_.]of[-_.](?:the[-_.])?bucket|s3[-_.]bucket[-_.]name)(?![a-z0-9-])"
    r"|(?<![a-z0-9:-])(?:role[-_.]?name|user[-_.]?name)(?![a-z0-9-])"
    r"|(?<![A-Za-z0-9])[Xx]{3,}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# What a Japanese guide writes in place of a value; in names, any such character is one.
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][\w\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]*")
_JAPANESE_WORD = re.compile(
    r"\w*(?:アカウント|バケット|接続元|接続先|ロール名|ユーザー?名|フォルダ名|プレフィックス|ここに|任意の)\w*"
)
_EXAMPLE_ACCOUNT = re.compile(r"(?<![0-9])(?:123456789012|012345678901|000000000000)(?![0-9])")
_DOCUMENTED = re.compile(
    r"(?<![0-9])(?:111122223333|444455556666|777788889999|555566667777)(?![0-9])"
    r"|(?<![a-zA-Z0-9-])(?:amzn-s3-demo-[a-z0-9-]+|DOC-EXAMPLE-[A-Z0-9-]+|awsexamplebucket\d*|examplebucket)(?![a-zA-Z0-9])"
)


# A policy variable holds no placeholder, whatever its name.
_VARIABLE = re.compile(r"\$\{[\w.-]+(?:/[\w.-]+)*:[^:{}][^{}]*\}", re.ASCII)
_LOOKED_AT = 512
# No name or ARN is longer: what is, isn't looked at any closer.
_LONGEST = 4096
_FREE = ("Sid", "Id", "Version", "Effect", "Action", "NotAction")


def check_placeholders(case: Case) -> None:
    """Look at every string of the document, but not at Sids and Ids (any text) and actions (checked by name)."""
    stack: list[tuple[Node, bool]] = [(case.root, False)]
    while stack:
        node, in_condition = stack.pop()
        if node.kind == "string":
            _check(case, node, in_condition=in_condition)
        stack += [(item, in_condition) for item in node.items]
        stack += [
            (member.node, in_condition or member.key == "Condition")
            for member in node.members
            if member.key not in _FREE
        ]


def _sure(value: str, *, in_condition: bool) -> str | None:
    matches = [_SURE.search(value)]
    if not value.isascii():
        name = value.partition("/")[0] if value.startswith("arn:") and ":s3:" in value else value
        matches.append(_JAPANESE_WORD.search(value) or (None if in_condition else _EAST_ASIAN.search(name)))
    found = min((match for match in matches if match), key=lambda match: match.start(), default=None)
    return found.group() if found else None


def _check(case: Case, node: Node, *, in_condition: bool) -> None:
    value = node.value[:_LOOKED_AT]
    if len(node.value) > _LONGEST:
        case.give_up(node)
    if "${" in value:
        value = _VARIABLE.sub("", value)
    if value == "*":
        return
    sure = _sure(value, in_condition=in_condition)
    if sure:
        message = _("{text} is a placeholder: put the real value there.")
        if sure.startswith("${"):
            message = _("{text} is an expression of another tool (Terraform, CloudFormation): put its value there.")
        case.sheet.about("placeholder", node, message.format(text=quoted(sure)))
        case.give_up(node)
        return
    likely = _LIKELY.search(value)
    if likely:
        message = _("{text} looks like a placeholder: put the real name there.")
        case.sheet.about("placeholder", node, message.format(text=quoted(likely.group())), severity="warning")
        case.likely.add(node.start)
        return
    example = _EXAMPLE_ACCOUNT.search(value)
    if example:
        message = _("{text} is the account of many examples: put the real one there.")
        case.sheet.about("example-value", node, message.format(text=example.group()))
        return
    documented = _DOCUMENTED.search(value)
    if documented and documented.group() not in case.examples:
        case.examples.add(documented.group())
        message = _("{text} stands for somebody's own in AWS's documentation.")
        text = message.format(text=documented.group())
        case.sheet.about("example-value", node, text, severity="suggestion")
