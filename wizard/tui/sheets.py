"""What the document panes show: each policy, the profile and the shell lines, with title, place and reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.plan import Plan
    from wizard.policy.document import Document

PANES = ("trust", "bucket", "iam", "key", "profile", "shell")
# The documents come first; what serves a method only sometimes is a page further.
PAGES = (("trust", "bucket", "iam"), ("key", "profile", "shell"))
TITLES = {
    "trust": mark("Trust policy"),
    "bucket": mark("Bucket policy"),
    "iam": mark("IAM policy"),
    "key": mark("Key policy"),
    "profile": mark("Profile"),
    "shell": mark("Shell"),
}
SHORT = {
    "trust": mark("Trust"),
    "bucket": mark("Bucket"),
    "iam": mark("IAM"),
    "key": mark("KMS key"),
    "profile": mark("Profile"),
    "shell": mark("Shell"),
}
_PHRASES = {
    "trust": mark("who may become the role"),
    "bucket": mark("what the bucket's owner says"),
    "source-identity": mark("what the callers may do"),
    "destination-identity": mark("what the session may do"),
    "key": mark("who may use the key"),
    "profile": mark("for the AWS CLI and SDKs"),
    "shell": mark("the same without a profile"),
}
_IDENTITIES = ("source-identity", "destination-identity")
# Wider than `wizard.setup.placeholders`: what is half typed stands in brackets too.
OPEN = re.compile(r"<[^<>\"\n]+>")
_PLAIN_NAME = re.compile(rf"[\w.@+<>-]+|{OPEN.pattern}", re.ASCII)
_UNNAMED_SID = re.compile(r'(?<=")S3xSetup(?=[A-Z])')


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one pane shows. `text` is what is copied, empty where nothing is needed; `reason` says why."""

    pane: str
    title: str
    thing: str
    account: str
    text: str
    reason: str
    phrase: str
    language: str = "json"
    document_id: str = ""
    count: int = 1
    position: int = 0
    other: str = ""

    @property
    def needed(self) -> bool:
        """Whether there is anything to copy."""
        return bool(self.text)

    @property
    def open_values(self) -> tuple[str, ...]:
        """The placeholders that stand in it, each once."""
        return tuple(dict.fromkeys(OPEN.findall(self.text)))


def pane_of(document_id: str) -> str:
    """Return the pane that shows a document, by the id that a question or a plan names it by."""
    return "iam" if document_id in _IDENTITIES else document_id


def documents_of(plan: Plan, pane: str) -> tuple[Document, ...]:
    """Return the documents of a pane: those that are needed, or the one that says why none is."""
    ids = _IDENTITIES if pane == "iam" else (pane,)
    found = tuple(document for document in plan.documents if document.id in ids)
    return tuple(document for document in found if document.needed) or found[:1]


def position_of(plan: Plan, document_id: str) -> int:
    """Return where the first document of an id stands among those of its pane; -1 if it isn't needed."""
    found = documents_of(plan, pane_of(document_id))
    return next((n for n, document in enumerate(found) if document.id == document_id and document.needed), -1)


def sheet(plan: Plan, pane: str, position: int = 0) -> Sheet:
    """Return what a pane shows; `position` picks one of several documents."""
    if pane == "profile":
        return _profile(plan)
    if pane == "shell":
        return _shell(plan)
    found = documents_of(plan, pane)
    position %= len(found)
    document = found[position]
    title = _(TITLES[pane])
    if document.policy is None:
        return Sheet(pane, title, "", "", "", document.reason, _("not needed"), document_id=document.id)
    thing, reason = attached(document), document.reason
    if document.managed_policy_arn:
        title = _("AWS managed policy")
    by_user = ":user/" in (document.attach_to or "") and document.id == "destination-identity"
    following = found[(position + 1) % len(found)]
    return Sheet(
        pane,
        title,
        thing,
        document.account_id,
        document.policy.text(),
        reason,
        _("what the user may do") if by_user else _(_PHRASES[document.id]),
        document_id=document.id,
        count=len(found),
        position=position,
        other=_whose(following) if len(found) > 1 else "",
    )


def attached(document: Document) -> str:
    """Return what a document is attached to, short: the last part of its ARN."""
    if document.attach_to is None:
        return ""
    resource = document.attach_to.rpartition(":")[2]
    kind, slash, name = resource.partition("/")
    return name if slash and kind in {"role", "user", "key"} else resource


def _whose(document: Document) -> str:
    name = attached(document)
    if document.id == "source-identity":
        return _("{name} in {account}").format(name=name or _("the callers"), account=document.account_id)
    return _("{name} in {account}").format(name=name, account=document.account_id)


def _profile(plan: Plan) -> Sheet:
    title, settings = _(TITLES["profile"]), plan.profile
    if settings is None:
        reason = _("Not needed: the caller's own profile works.")
        return Sheet("profile", title, "", "", "", reason, _("not needed"), "ini")
    config = _section("config", settings.name, settings.settings)
    parts = [f"# ~/.aws/config\n{config}"]
    reason = _("Write it into the AWS config file, or copy it; everything else there stays as it is.")
    if settings.needs_keys:
        keys = (
            ("aws_access_key_id", "<access key id>"),
            ("aws_secret_access_key", "<secret access key>"),
        )
        parts.append("# ~/.aws/credentials\n" + _section("credentials", settings.name, keys))
        reason = _("The access key is asked for when the profile is written; it is never shown.")
    return Sheet("profile", title, settings.name, "", "\n\n".join(parts), reason, _(_PHRASES["profile"]), "ini")


def _section(file: str, name: str, settings: tuple[tuple[str, str], ...]) -> str:
    lines = [_header(file, name), *(f"{key} = {value}" for key, value in settings)]
    return "\n".join(lines)


def _header(file: str, name: str) -> str:
    if not _PLAIN_NAME.fullmatch(name):
        # Quoted as botocore reads it back; loaded only for such names, because the first frame waits for it.
        from wizard.profiles import writable
        from wizard.profiles.ini import Kind

        return writable.header(Kind.CONFIG if file == "config" else Kind.CREDENTIALS, name)
    return f"[profile {name}]" if file == "config" and name != "default" else f"[{name}]"


def _shell(plan: Plan) -> Sheet:
    title, copying = _(TITLES["shell"]), _(plan.method.copying)
    trials = "\n\n".join(f"# {trial.answer}\n{trial.command}" for trial in plan.trials)
    if not plan.snippet:
        return Sheet("shell", title, "", "", trials, copying, _("to try it with"), "shell")
    tries = "\n".join(f"{trial.command}\n  {trial.answer}" for trial in plan.trials)
    reason = "\n".join((_("With the profile, try it:"), tries, "", copying))
    return Sheet("shell", title, "", "", plan.snippet, reason, _(_PHRASES["shell"]), "shell")


def is_provisional(text: str) -> bool:
    """Whether a document's Sids still carry the stand-in of the setup's name."""
    return _UNNAMED_SID.search(text) is not None


def changed_lines(before: str, after: str) -> frozenset[int]:
    """Return the numbers of the lines (from 0) of `after` that an answer changed or added."""
    old, new = before.split("\n"), after.split("\n")
    if old == new:
        return frozenset()
    limit = min(len(old), len(new))
    start = next((n for n in range(limit) if old[n] != new[n]), limit)
    limit -= start
    end = next((n for n in range(limit) if old[-1 - n] != new[-1 - n]), limit)
    # Between the ends a line that stood there before is no change; a comma at its end is none either.
    kept: dict[str, int] = {}
    for line in old[start : len(old) - end]:
        plain = line.rstrip(",")
        kept[plain] = kept.get(plain, 0) + 1
    out = []
    for number in range(start, len(new) - end):
        plain = new[number].rstrip(",")
        if kept.get(plain):
            kept[plain] -= 1
        else:
            out.append(number)
    return frozenset(out)
