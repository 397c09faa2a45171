"""Account ids: twelve digits, and of the setup.

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import ACCOUNT, FULL_WIDTH
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.node import Node


def malformed_account(case: Case, node: Node, account: str) -> bool:
    """Say that an account id isn't twelve digits; always False."""
    case.give_up(node)
    plain = re.sub(r"[\s-]", "", account.translate(FULL_WIDTH))
    meant = node.value.replace(account, plain) if ACCOUNT.fullmatch(plain) else None
    message = _("{account} is no account id: twelve digits, without hyphens.").format(account=quoted(account))
    case.sheet.about("malformed-account-id", node, message, suggestion=meant)
    if meant:
        case.sheet.edit_string(node, meant)
    return False


def check_account(case: Case, node: Node, account: str) -> None:
    """Say that an account is neither of the setup's two (or, where one is known, nearly that one)."""
    context = case.context
    known = {context.source_account, context.destination_account} - {""}
    if not known or account in known or not ACCOUNT.fullmatch(account) or not case.is_sound(node):
        return
    likely = nearest(account, known, 2)
    if len(known) == 1 and not likely:
        return
    message = _("{account} is no account of the setup ({accounts}).")
    text = message.format(account=account, accounts=", ".join(sorted(known)))
    suggestion = node.value.replace(account, likely) if likely else None
    case.sheet.about("other-account", node, text, suggestion=suggestion)
