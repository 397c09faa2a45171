"""What can go wrong for a person: each error says where, what, why and what to do."""

from __future__ import annotations


class WizardError(Exception):
    """An error that a person can act on; it is printed, never shown as a traceback.

    `what` is the one sentence that states the problem; `where` the place (a file, a key, a line),
    `why` the rule that was broken, `mend` what to do about it. All are already in the person's language.
    """

    exit_status = 2

    def __init__(self, what: str, *, where: str = "", why: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.mend = mend

    def __str__(self) -> str:
        first = f"{self.where}: {self.what}" if self.where else self.what
        return "\n".join(line for line in (first, self.why, self.mend) if line)


class BadInputError(WizardError):
    """Wrong use, or input that breaks a rule (exit status 2)."""


class AwsError(WizardError):
    """AWS refused, or was out of reach (exit status 3)."""

    exit_status = 3


class CancelledError(WizardError):
    """The person stopped; every file is as it was (exit status 130)."""

    exit_status = 130
