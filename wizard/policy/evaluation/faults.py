"""What is wrong with a case that can't be read, in the person's language."""

from __future__ import annotations

from wizard.errors import BadInputError


def fault(word: str, value: object = "") -> BadInputError:
    """Make the error for a case that can't be read: `word` is a key of the table below."""
    from wizard.text import _

    messages = {
        "account": _("{value} is not an account id: twelve digits, in quotes."),
        "accounts-differ": _("The account id {value} is not the one in the ARN."),
        "action": _("{value} is not an action: one service and one name, such as s3:GetObject."),
        "block": _("block_public_access must be an object of settings."),
        "context": _("The value of {value} must be a string, or a list of strings."),
        "deep": _("The line is nested too deep."),
        "duplicate": _("A key stands twice in {value}."),
        "json": _("The line is not JSON: {value}"),
        "name": _("The name must be a string."),
        "object": _("The line must be a JSON object."),
        "principal": _("{value} can't make a request: give an ARN, a service's name, or anonymous."),
        "resource": _("{value} is neither an ARN nor *."),
        "shape": _("{value} is missing, or of a wrong type."),
        "too-long": _("The line is longer than {value} bytes."),
        "utf-8": _("The line is not UTF-8."),
    }
    shown = str(value)
    return BadInputError(messages[word].format(value=shown if len(shown) < 200 else shown[:199] + "…"))  # noqa: PLR2004
