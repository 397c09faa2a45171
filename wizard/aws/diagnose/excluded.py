"""What is left when all that was read allows it and AWS refuses: concluded by exclusion, and said as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.aws.diagnose import words
from wizard.aws.diagnose.judged import S3, judge
from wizard.aws.diagnose.mend import grant
from wizard.aws.diagnose.result import DESTINATION, HERE, ORGANIZATION, SOURCE, Cause
from wizard.aws.verify.reading import kind_named
from wizard.policy.evaluate import public_statements
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.diagnose.denied import Links
    from wizard.aws.diagnose.evidence import Evidence
    from wizard.aws.diagnose.judged import Judged, Stage
    from wizard.aws.diagnose.mend import Drafts
    from wizard.aws.diagnose.result import Change
    from wizard.aws.verify.reading import Answer

_PERFORM = re.compile(r"not authorized to perform: (?P<action>[\w-]+:\w+)")
# The kinds of policy that AWS's message can name, with the layer that it means.
_NAMED = {
    "service control": "scps",
    "resource control": "rcps",
    "session": "session",
    "permissions boundary": "boundary",
    "vpc endpoint": "vpc_endpoint",
}
_LAYER_CAUSES = {
    "scps": "service-control-policy",
    "rcps": "resource-control-policy",
    "session": "session-policy",
    "boundary": "permissions-boundary",
    "vpc_endpoint": "endpoint-policy",
}


def action_named(answer: Answer | None) -> str:
    """Return the action that AWS's message says was refused: `sts:TagSession` where AssumeRole was called."""
    found = _PERFORM.search(answer.message) if answer else None
    return found["action"] if found else ""


def excluded(evidence: Evidence, judged: Judged, answer: Answer, links: Links, drafts: Drafts) -> Iterator[Cause]:
    """Yield what must be behind a refusal that nothing which was read explains, the likeliest first.

    AWS's message is evidence here, never alone: it counts for what couldn't be read only.
    """
    stage = judged.stage
    kind, is_deny = kind_named(answer.message)
    layer = next((name for word, name in _NAMED.items() if word in kind), "")
    if layer:
        yield _layer(evidence, judged, layer, links, said=answer.said)
        return
    if stage.unread:
        yield from _unread(judged, kind, links, answer, is_deny=is_deny, drafts=drafts)
        return
    if judged.verdict.result == "Unknown" and judged.verdict.unknown:
        yield _doubt(judged, links)
        return
    blocking = _endpoints(evidence, judged)
    if blocking:
        said = _("The policy of {endpoint} doesn't allow it; whether the call goes through it can't be seen from here.")
        yield Cause(
            "endpoint-policy", links.layers, SOURCE, stage.who.account_id, said.format(endpoint=", ".join(blocking)),
            certain=False, mend=_("Let the endpoint's owner allow the call in the endpoint's policy."),
        )  # fmt: skip
    elif "session" in stage.unseen:
        yield _layer(evidence, judged, "session", links)
    elif stage.id == S3 and "block_public_access" in stage.unseen and _is_public(stage):
        said = _(
            "The bucket policy is public, and Block Public Access couldn't be read: RestrictPublicBuckets may be on."
        )
        yield Cause("public-policy-restricted", links.resource, DESTINATION, stage.owner, said, certain=False)
    elif stage.unseen & {"scps", "rcps"}:
        yield _organization(judged, links)
    else:
        said = _("All that was read allows {action}, and AWS refuses it: {said}").format(
            action=stage.action, said=answer.said
        )
        text = _("A change may not be in force everywhere yet: try again in a minute. CloudTrail shows the request.")
        yield Cause("not-explained", links.resource, HERE, "", said, certain=False, mend=text)


def _layer(evidence: Evidence, judged: Judged, layer: str, links: Links, said: str = "") -> Cause:
    stage = judged.stage
    word = _LAYER_CAUSES[layer]
    message, text = words.limit(word, judged)
    if said:
        message = _("AWS says so itself: {said}").format(said=said)
    elif layer == "session":
        message = _("All that was read allows it; the session may have a session policy, which nobody can read.")
    account = stage.owner if layer == "rcps" else stage.who.account_id
    side = ORGANIZATION if layer in {"scps", "rcps"} else evidence.side_of(account)
    return Cause(word, links.layers, side, account, message, certain=False, mend=text)


def _unread(
    judged: Judged, kind: str, links: Links, answer: Answer, *, is_deny: bool, drafts: Drafts
) -> Iterator[Cause]:
    """Yield the policies that decide and that nobody could read; what was read lets the call pass.

    "No identity-based policy allows" is said by the caller's own account of itself, and can be taken at its word;
    "no resource-based policy" can't, across accounts (EVALUATION.md, section 11).
    """
    stage, evidence = judged.stage, drafts.evidence
    unread = stage.unread
    if kind.startswith("identity") and "identity" in unread and not is_deny:
        unread = frozenset({"identity"})
    for policy in sorted(unread):
        account = stage.who.account_id if policy == "identity" else stage.owner
        known = "" if account.strip("0") == "" else account
        changes: tuple[Change, ...] = ()
        if policy == "identity" and kind.startswith("identity"):
            # A policy of its own can be added without knowing the others.
            changes = () if is_deny else grant(drafts, judged, "identity")
            word = "explicit-deny" if is_deny else "identity-allow-missing"
            said = _("AWS says that the IAM policies of {who} {how} {action}; they couldn't be read.")
            how = _("deny") if is_deny else _("don't allow")
            text = said.format(who=stage.who.principal_arn, how=how, action=stage.action)
        else:
            word = "unread-policy"
            said = _("{policy} couldn't be read, and what was read doesn't refuse {action}. AWS: {said}")
            text = said.format(policy=words.name_of(policy, stage), action=stage.action, said=answer.said)
        link = links.identity if policy == "identity" else links.resource
        is_own = policy == "identity" and evidence.side_of(account) == "source"
        option = "--source-profile" if is_own else "--destination-profile"
        mend = _("Read it: {option} with a profile of an administrator of {account}.").format(
            option=option, account=known or _("the bucket's account")
        )
        yield Cause(
            word,
            link,
            evidence.side_of(account),
            known,
            text[:1].upper() + text[1:],
            certain=False,
            mend=mend,
            changes=changes,
        )


def _doubt(judged: Judged, links: Links) -> Cause:
    """Return what a statement rests on that nobody knows of the request."""
    doubts = ", ".join(dict.fromkeys(doubt.what for doubt in judged.verdict.unknown))
    said = _("It depends on {doubts}, which can't be known from here.").format(doubts=doubts)
    ref = next(iter(judged.verdict.because), None)
    if ref is not None:
        said = f"{words.place_of(judged.paper(ref), ref)}: {said}"
    is_identity = ref is not None and ref.policy == "identity"
    link = links.identity if is_identity else links.resource
    return Cause("condition-not-met", link, HERE, "", said, certain=False)


def _organization(judged: Judged, links: Links) -> Cause:
    stage = judged.stage
    names = " / ".join(words.name_of(name) for name in ("scps", "rcps") if name in stage.unseen)
    said = _(
        "All that was read allows {action} on {resource}, and AWS refuses it. By exclusion it is {names}: "
        "nobody but the organisation's management account can see them."
    ).format(action=stage.action, resource=stage.resource, names=names)
    kinds = {"scps": ("SERVICE_CONTROL_POLICY", stage.who.account_id), "rcps": ("RESOURCE_CONTROL_POLICY", stage.owner)}
    commands = tuple(
        f"aws organizations list-policies-for-target --target-id {account} --filter {word}"
        for name, (word, account) in kinds.items()
        if name in stage.unseen and account.strip("0")
    )
    text = _("Ask an administrator of the organisation to look, with this action and these accounts.")
    return Cause("scp-or-rcp-likely", links.layers, ORGANIZATION, "", said, certain=False, mend=text, commands=commands)


def _endpoints(evidence: Evidence, judged: Judged) -> list[str]:
    """Return the source's VPC endpoints whose policies would stop the request."""
    papers = evidence.layers.endpoints
    if not isinstance(papers, tuple) or judged.stage.id != S3:
        return []
    out = []
    for paper in papers:
        narrowed = judge(judged.stage, added=(paper,))
        stops = any(one.policy == "vpc_endpoint" for one in narrowed.verdict.missing)
        if narrowed.denied and (stops or any(ref.policy == "vpc_endpoint" for ref in narrowed.verdict.because)):
            out.append(paper.on)
    return out


def _is_public(stage: Stage) -> bool:
    return any(one.kind == "resource" and public_statements(one.document) for one in stage.papers)
