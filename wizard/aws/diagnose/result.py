"""What a diagnosis says: the causes in the order of the path, the changes that mend them, what couldn't be seen.

`diagnose --json` prints:

    {"target": "s3://…", "action": "s3:GetObject",
     "works": true | false | null,                       null: the call wasn't made, and the policies don't tell
     "profile": "…", "caller": "ARN" | null, "account_id": "…" | null,
     "call": {"call": "GetObject", "made": true, "why": "…", "code": "AccessDenied" | null, "said": "…"} | null,
     "switches": [{"role": "ARN", "made": true, "code": "AccessDenied" | null, "said": "…"}],
     "path": [{"id": "trust", "what": "…", "account_id": "…" | null, "state": "verified", "evidence": "…"}],
     "causes": [{"kind": "…",                            a word of diagnose_causes.json
                 "link": "…",                            the id of the broken link in "path"
                 "side": "source" | "destination" | "other" | "organization" | "here",   who must act
                 "account_id": "…" | null, "certain": true | false, "message": "…", "page": "https://…",
                 "statement": {"policy": "…", "on": "ARN", "index": 0, "sid": "…" | null, "effect": "Deny"} | null,
                 "mend": "…",                            in words
                 "commands": ["…"],
                 "changes": [{"document": "bucket", "name": "…", "target": "ARN", "account_id": "…" | null, "side": "…",
                              "before": {…} | "…" | null, "after": {…} | "…", "diff": "…", "command": "…"}]}],
     "mended": true | false | null,                      evaluated again: with all changes, the policies that were read
                                                         allow it, whatever else is a cause (a missing object)
     "unseen": [{"what": "scps", "why": "…", "shows": "…"}],
     "notes": ["…"], "left_behind": ["…"]}

With `--apply` it is the diagnosis as it stands at the end, and has one member more:

     "applied": {"run": "…",                            "" where nothing was changed; `undo` takes it
                 "changed": ["…"], "offered": ["…"],     the ids of the changes that were made, or would be
                 "left": [{…, "why": "…"}],              a member of "changes" that isn't made from here, and why
                 "before": {…} | null}                   the diagnosis that was mended
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard import diff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.access_path import State
    from wizard.aws.diagnose.evidence import Assuming, CallSeen

HERE, SOURCE, DESTINATION, OTHER, ORGANIZATION = "here", "source", "destination", "other", "organization"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of cause: its stable word, its usual link and side, a sentence (English) and AWS's page."""

    word: str
    link: str
    side: str
    sentence: str
    page: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind of cause by its word."""
    raw = json.loads(Path(__file__).with_name("causes.json").read_text(encoding="utf-8"))
    pages: dict[str, str] = raw["pages"]
    return {
        word: Kind(word, link, side, sentence, pages[page])
        for word, (link, side, page, sentence) in raw["causes"].items()
    }


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a statement stands: the policy's name, what it is attached to, its place (from 0), Sid and effect."""

    policy: str
    on: str
    index: int
    sid: str | None
    effect: str

    def to_json(self) -> dict[str, Any]:
        """Return it as `diagnose --json` prints it."""
        return {"policy": self.policy, "on": self.on, "index": self.index, "sid": self.sid, "effect": self.effect}


@dataclass(frozen=True, slots=True)
class Change:
    """The exact change of one document, or of a profile's lines: what is there, and what mends it.

    `document`: `identity`, `boundary`, `bucket`, `trust`, `key`, `scp`, `rcp`, `ownership` or `profile`.
    `before` is None for one that is new, `after` for one that goes. `command` makes the change with the AWS CLI.
    """

    document: str
    name: str
    target: str
    account_id: str
    side: str
    before: Any
    after: Any
    command: str = ""

    @property
    def diff(self) -> str:
        """The difference, ready to copy or to hand over."""
        label = " ".join(part for part in (self.document, self.name, self.target) if part)
        if isinstance(self.after, str):
            return diff.unified(str(self.before or ""), self.after, before_name=label, after_name=label)
        before_name, after_name = (label if one is not None else "/dev/null" for one in (self.before, self.after))
        return diff.documents(self.before, self.after, before_name=before_name, after_name=after_name)

    def to_json(self) -> dict[str, Any]:
        """Return it as `diagnose --json` prints it."""
        return {
            "document": self.document,
            "name": self.name,
            "target": self.target,
            "account_id": self.account_id or None,
            "side": self.side,
            "before": self.before,
            "after": self.after,
            "diff": self.diff,
            "command": self.command,
        }


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it is denied: a kind, its link on the path, who must act, and what mends it.

    `certain` is False for what was concluded by exclusion, or rests on AWS's message.
    """

    kind: str
    link: str
    side: str
    account_id: str
    message: str
    certain: bool = True
    statement: Statement | None = None
    mend: str = ""
    commands: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as `diagnose --json` prints it."""
        return {
            "kind": self.kind,
            "link": self.link,
            "side": self.side,
            "account_id": self.account_id or None,
            "certain": self.certain,
            "message": self.message,
            "page": kinds()[self.kind].page,
            "statement": self.statement.to_json() if self.statement else None,
            "mend": self.mend,
            "commands": list(self.commands),
            "changes": [change.to_json() for change in self.changes],
        }


# What stops a call whatever the policies say: no change of a policy mends it.
NO_POLICY = frozenset((
    "object-missing", "key-name-typo", "object-archived", "kms-key-disabled", "bucket-missing", "bucket-name-typo",
    "wrong-region", "wrong-partition", "role-missing", "sts-region-not-enabled", "profile-broken", "no-credentials",
    "expired-credentials", "unknown-access-key",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class PathPart:
    """One link of the way, with its state and the evidence of it."""

    id: str
    what: str
    account_id: str
    state: State
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that nobody could see: a kind of policy or fact, why, and what would show it."""

    what: str
    why: str
    shows: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The whole answer. `works`: None where the call wasn't made and the policies don't tell.

    `mended`: whether what was read allows it with all changes made; None where nothing was changed.
    """

    target: str
    action: str
    works: bool | None
    profile: str
    caller: str
    account_id: str
    call: CallSeen | None
    path: tuple[PathPart, ...]
    switches: tuple[Assuming, ...] = ()
    causes: tuple[Cause, ...] = ()
    mended: bool | None = None
    unseen: tuple[Unseen, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return it as `diagnose --json` prints it."""
        call = self.call
        return {
            "target": self.target,
            "action": self.action,
            "works": self.works,
            "profile": self.profile,
            "caller": self.caller or None,
            "account_id": self.account_id or None,
            "call": None
            if call is None
            else {
                "call": call.call,
                "made": call.made,
                "why": call.why,
                "code": call.answer.code if call.answer else None,
                "said": call.answer.message if call.answer else "",
            },
            "switches": [
                {
                    "role": hop.role_arn,
                    "made": hop.made,
                    "code": hop.answer.code if hop.answer else None,
                    "said": hop.answer.message if hop.answer else "",
                }
                for hop in self.switches
            ],
            "path": [
                {
                    "id": part.id,
                    "what": part.what,
                    "account_id": part.account_id or None,
                    "state": part.state.value,
                    "evidence": part.evidence,
                }
                for part in self.path
            ],
            "causes": [cause.to_json() for cause in self.causes],
            "mended": self.mended,
            "unseen": [{"what": one.what, "why": one.why, "shows": one.shows} for one in self.unseen],
            "notes": list(self.notes),
            "left_behind": list(call.left_behind) if call else [],
        }
