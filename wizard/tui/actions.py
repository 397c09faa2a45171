"""Every action of the wizard, declared once: its key, its names, what it does; footer, palette and help read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.text import mark

if TYPE_CHECKING:
    from wizard.plan import Plan
    from wizard.tui.session import Session

# Function keys and Ctrl letters that terminals and tmux (its prefix is Ctrl+B) hand on, and that no text field uses.


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `short` stands in the footer, `title` and `help` in the palette and in F1; all are marked.

    `group` names a heading of the footer (a verb that several actions share). `name` is the screen's
    `action_NAME`, with its argument. `also` is a second key, where some terminal keeps the first one for itself
    (GNOME Terminal F10 for its menu, the terminal of VS Code Ctrl+F for its search).
    """

    id: str
    key: str
    name: str
    short: str
    title: str
    help: str
    group: str = ""
    also: str = ""

    @property
    def keys(self) -> str:
        """Return every key that does it, as Textual takes them; the first one is shown."""
        return ",".join(key for key in (self.key, self.also) if key)

    @property
    def key_label(self) -> str:
        """Return the key as people write it: F1, ^S, Esc."""
        if self.key.startswith("ctrl+"):
            return "^" + self.key.removeprefix("ctrl+").upper()
        return {"escape": "Esc", "pagedown": "PgDn"}.get(self.key, self.key.upper())


COPY = mark("Copy")

ACTIONS: tuple[Action, ...] = (
    Action("help", "f1", "help", mark("Help"), mark("Help"), mark("What this step means, and every key.")),
    Action(
        "copy-trust",
        "f2",
        "copy('trust')",
        mark("Trust"),
        mark("Copy the trust policy"),
        mark("The plain JSON goes to the clipboard."),
        COPY,
    ),
    Action(
        "copy-bucket",
        "f3",
        "copy('bucket')",
        mark("Bucket"),
        mark("Copy the bucket policy"),
        mark("The plain JSON goes to the clipboard."),
        COPY,
    ),
    Action(
        "copy-iam",
        "f4",
        "copy('iam')",
        mark("IAM"),
        mark("Copy the IAM policy that is shown"),
        mark("F6 shows the other one."),
        COPY,
    ),
    Action(
        "copy-profile",
        "f5",
        "copy('profile')",
        mark("Profile"),
        mark("Copy the profile"),
        mark("As it stands in the AWS config file."),
        COPY,
    ),
    Action(
        "copy-shell",
        "f7",
        "copy('shell')",
        mark("Shell"),
        mark("Copy the shell lines"),
        mark("What does the same without a profile, or what to try it with."),
        COPY,
    ),
    Action(
        "copy-key",
        "ctrl+y",
        "copy('key')",
        mark("Key"),
        mark("Copy the KMS key policy"),
        mark("Needed only where the bucket has a customer managed key."),
        COPY,
    ),
    Action(
        "copy-all", "f8", "copy_all", mark("All"), mark("Copy everything"), mark("All documents, each titled."), COPY
    ),
    Action(
        "other",
        "f6",
        "other",
        mark("Other"),
        mark("Show the other IAM policy"),
        mark("Where a method has several, the pane shows one at a time."),
    ),
    Action(
        "pane",
        "ctrl+t",
        "pane",
        mark("Pane"),
        mark("Next document"),
        mark("Trust, bucket, IAM, then KMS key, profile and shell. PgUp and PgDn scroll the one in hand."),
    ),
    Action("path", "f9", "path", mark("Path"), mark("The whole access path"), mark("Every link in full.")),
    Action(
        "compare",
        "ctrl+g",
        "compare",
        mark("Compare"),
        mark("Compare the methods"),
        mark("Who needs what, what it costs, when to choose it, what it can't do."),
    ),
    Action(
        "save",
        "ctrl+s",
        "save",
        mark("Save"),
        mark("Save the documents"),
        mark("As files that you alone can read (0600); nothing is overwritten unasked."),
    ),
    Action(
        "save-answers",
        "ctrl+n",
        "save_answers",
        mark("Answers"),
        mark("Save the answers"),
        mark("A TOML file that the commands and the wizard take: no secrets in it."),
    ),
    Action(
        "write-profile",
        "ctrl+o",
        "write_profile",
        mark("Write"),
        mark("Write the profile"),
        mark("The difference is shown first; everything else in the files stays."),
    ),
    Action(
        "sides",
        "ctrl+l",
        "sides",
        mark("Accounts"),
        mark("Look into the accounts"),
        mark("Pick a profile for each account; what is there is then suggested. Nothing waits for it."),
    ),
    Action(
        "found",
        "ctrl+f",
        "found",
        mark("Found"),
        mark("Take what was found"),
        mark("Lists what the account, or the AWS config file, has for this question. F10 does it too."),
        also="f10",
    ),
    Action(
        "check",
        "f12",
        "check",
        mark("Check"),
        mark("What check says of the documents"),
        mark("Every finding, with its mend; also a policy that you paste or open."),
    ),
    Action(
        "apply",
        "ctrl+x",
        "apply",
        mark("Apply"),
        mark("Apply"),
        mark("Make the changes: every difference is shown first, and what the other side must do is listed."),
    ),
    Action(
        "verify",
        "ctrl+d",
        "verify",
        mark("Verify"),
        mark("Verify"),
        mark("Real calls: what must work, then what must not; the access path is lit by AWS's answers."),
    ),
    Action(
        "undo",
        "ctrl+u",
        "undo",
        mark("Undo"),
        mark("Undo"),
        mark("Put back what the last run of this setup changed, where it is still what the run wrote."),
    ),
    Action(
        "export",
        "ctrl+e",
        "export",
        mark("Export"),
        mark("Export"),
        mark("Files to hand over: shell, Terraform, CloudFormation, JSON or a runbook."),
    ),
    Action("review", "ctrl+r", "review", mark("Review"), mark("Go to the review"), mark("Every value on one page.")),
    Action("back", "escape", "back", mark("Back"), mark("Back"), mark("The question before this one.")),
    Action("quit", "ctrl+q", "leave", mark("Quit"), mark("Quit"), mark("The answers are kept as a draft.")),
    Action("palette", "ctrl+p", "palette", mark("Menu"), mark("All actions"), mark("Search them by name.")),
)
BY_ID = {action.id: action for action in ACTIONS}


# Their keys belong to the text field while there is one.
IN_REVIEW_ONLY = frozenset(("apply", "verify", "undo", "export"))


def in_footer(session: Session) -> list[Action]:
    """Return the actions that the footer shows: those that do something with this setup."""
    hidden = _hidden_in_step(session) | _hidden_with(session.plan)
    if session.is_read_by_destination:
        hidden |= {"copy-profile", "write-profile"}  # the profile is the source's
    return [action for action in ACTIONS if action.id not in hidden]


def _hidden_in_step(session: Session) -> set[str]:
    hidden: set[str] = set()
    if session.step != "method":
        hidden.add("compare")
    if session.step == "method":
        hidden.add("back")
    if session.step == "review":
        hidden.add("review")
    if session.step != "review":
        hidden |= IN_REVIEW_ONLY
    question = session.question
    if question is None or not session.suggested(question):
        hidden.add("found")
    return hidden


def _hidden_with(plan: Plan) -> set[str]:
    hidden: set[str] = set()
    if plan.profile is None:
        hidden |= {"copy-profile", "write-profile"}
    if not any(document.needed for document in plan.of("key")):
        hidden.add("copy-key")
    if not any(document.needed for document in plan.of("trust")):
        hidden.add("copy-trust")
    if not any(document.needed for document in plan.of("bucket")):
        hidden.add("copy-bucket")
    if sum(one.needed and one.id.endswith("identity") for one in plan.documents) <= 1:
        hidden.add("other")
    return hidden


# What the review offers, in this order: each new action (export, apply, verify) is a row of ACTIONS and its id here.
IN_REVIEW = (
    "apply",
    "verify",
    "undo",
    "export",
    "write-profile",
    "save",
    "save-answers",
    "copy-all",
    "copy-profile",
    "copy-shell",
    "path",
)


def in_review(session: Session) -> list[Action]:
    """Return what can be done now with this setup; nothing that would do nothing."""
    usable = {action.id for action in in_footer(session)}
    return [BY_ID[one] for one in IN_REVIEW if one in usable]
