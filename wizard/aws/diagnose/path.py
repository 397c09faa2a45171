"""The way of the call as a path: each link with its state, and what of it nobody could see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path import State
from wizard.aws.diagnose import words
from wizard.aws.diagnose.call import is_on_bucket, needs_object
from wizard.aws.diagnose.denied import Links
from wizard.aws.diagnose.judged import ASSUME
from wizard.aws.diagnose.result import PathPart, Unseen
from wizard.plan.found import Absent
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wizard.aws.diagnose.evidence import Evidence
    from wizard.aws.diagnose.judged import Judged
    from wizard.aws.diagnose.result import Cause

IDENTITY, ROLE = "source-identity", "destination-identity"


def hop_links(place: int) -> Links:
    """Return the links of the switch in a place (from 0) of the way."""
    number = "" if place == 0 else f"-{place + 1}"
    return Links(f"{IDENTITY}{number}", f"trust{number}")


def last_links(evidence: Evidence, resource: str) -> Links:
    """Return the links of the S3 call: `bucket` or `key` with the caller's IAM policies."""
    who = evidence.who
    if not evidence.assuming:
        own = who is not None and who.account_id == evidence.destination_account
        return Links(ROLE if own else IDENTITY, resource)
    return Links(ROLE, resource)


def path(
    evidence: Evidence, judged: Sequence[Judged], causes: Iterable[Cause], *, passed: bool
) -> tuple[PathPart, ...]:
    """Return the path with the state of each link: seen to hold, proven by what was read, broken, or not known."""
    found = tuple(causes)
    parts = []
    for part in _parts(evidence, found):
        mine = [cause for cause in found if cause.link == part.id]
        state, evidence_of = _state(evidence, part, mine, judged, passed=passed)
        parts.append(PathPart(part.id, part.what, part.account_id, state, evidence_of))
    return tuple(parts)


def order(evidence: Evidence, causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the causes in the order of the path; of one link the certain ones first."""
    found = tuple(causes)
    places = {part.id: place for place, part in enumerate(_parts(evidence, found))}
    return tuple(sorted(found, key=lambda cause: (places.get(cause.link, len(places)), not cause.certain)))


def _parts(evidence: Evidence, causes: tuple[Cause, ...]) -> Iterator[PathPart]:
    """Yield the links of the way; guards, layers and an object's state only where something is about them."""
    about = {cause.link for cause in causes}
    source, destination = evidence.source_account, evidence.destination_account
    profile = evidence.start.profile or _("AWS's default")

    def part(link: str, what: str, account: str) -> PathPart:
        return PathPart(link, what, account, State.UNKNOWN)

    yield part("credentials", _("credentials of {profile}").format(profile=profile), source)
    if "network" in about:
        yield part("network", _("region and endpoint"), "")
    for place, hop in enumerate(evidence.assuming):
        links = hop_links(place)
        yield part(links.identity, _("IAM policies of {who}").format(who=hop.who.principal_arn), hop.who.account_id)
        yield part(links.resource, _("trust policy of {role}").format(role=hop.role_arn), hop.role_arn.split(":")[4])
    who = evidence.who
    if who is not None:
        link = last_links(evidence, "bucket").identity
        yield part(link, _("IAM policies of {who}").format(who=who.principal_arn), who.account_id)
    if "layers" in about:
        yield part("layers", _("SCP, RCP, permissions boundary, session and VPC endpoint policies"), source)
    yield part("bucket", _("policy and settings of {bucket}").format(bucket=evidence.bucket.name), destination)
    if "guards" in about:
        yield part("guards", _("guards of {bucket}").format(bucket=evidence.bucket.name), destination)
    if evidence.key is not None or "key" in about:
        key = evidence.key
        yield part("key", _("KMS key {key}").format(key=key.arn if key else ""), key.account_id if key else destination)
    if evidence.thing.key and not evidence.thing.key.endswith("/") and _is_of_object(evidence):
        yield part("object", _("object {key}").format(key=evidence.thing.key), destination)


def _is_of_object(evidence: Evidence) -> bool:
    """Whether the object is a link of the way: the action needs it, or is on it and it is there."""
    return needs_object(evidence.action) or (not is_on_bucket(evidence.action) and evidence.thing.exists is True)


def _state(
    evidence: Evidence, part: PathPart, causes: list[Cause], judged: Sequence[Judged], *, passed: bool
) -> tuple[State, str]:
    if causes:
        only_unread = all(cause.kind == "unread-policy" for cause in causes)
        return State.UNKNOWN if only_unread else State.BROKEN, causes[0].message
    if passed:
        return State.VERIFIED, evidence.call.call if evidence.call else ""
    if part.id == "credentials":
        return (State.VERIFIED, _caller(evidence)) if evidence.source_account else (State.UNKNOWN, "")
    for place, hop in enumerate(evidence.assuming):
        links = hop_links(place)
        if part.id in {links.identity, links.resource} and hop.passed:
            return State.VERIFIED, "AssumeRole"
    if part.id == "object":
        return (State.VERIFIED, _("it is there")) if evidence.thing.exists else (State.UNKNOWN, "")
    if part.id == "bucket" and isinstance(evidence.bucket.policy, Absent) and _is_one_account(evidence):
        return State.PROVEN, _("there is no policy, and within one account none is needed")
    mine = [one for one in judged if part.id in _links_of(evidence, one)]
    if mine and all(_holds(one, part.id, evidence) for one in mine):
        return State.PROVEN, _evidence(mine, part.id, evidence)
    return State.UNKNOWN, ""


def _is_one_account(evidence: Evidence) -> bool:
    who = evidence.who
    return who is not None and who.account_id == evidence.destination_account


def _links_of(evidence: Evidence, judged: Judged) -> dict[str, str]:
    """Return which links a stage passes, each with the kind of policy that it is."""
    stage = judged.stage
    if stage.id == "assume":
        place = next(place for place, hop in enumerate(evidence.assuming) if hop.role_arn == stage.resource)
        links, resource = hop_links(place), "trust"
    else:
        links, resource = last_links(evidence, "key" if stage.id == "kms" else "bucket"), "resource"
    return {links.identity: "identity", links.resource: resource}


def _holds(judged: Judged, link: str, evidence: Evidence) -> bool:
    """Whether a link's own policies were read and let the request pass, whatever the others do."""
    kind = _links_of(evidence, judged)[link]
    verdict = judged.verdict
    if judged.allowed:
        return True
    if kind in judged.stage.unread or verdict.rules:
        return False
    about = {one.policy for one in verdict.missing} | {ref.policy for ref in verdict.because}
    doubts = {doubt.what for doubt in verdict.unknown}
    return kind not in about and kind not in doubts and any(ref.policy == kind for ref in verdict.allowing)


def _evidence(judged: Sequence[Judged], link: str, evidence: Evidence) -> str:
    refs = (
        words.place_of(one.paper(ref), ref)
        for one in judged
        for ref in one.verdict.allowing
        if ref.policy == _links_of(evidence, one)[link]
    )
    return "; ".join(dict.fromkeys(refs))


def _caller(evidence: Evidence) -> str:
    first = evidence.assuming[0].who if evidence.assuming else evidence.who
    return first.arn if first else ""


def unseen(evidence: Evidence, judged: Iterable[Judged]) -> tuple[Unseen, ...]:
    """Return what couldn't be seen and could change the answer, each with what would show it."""
    out: dict[tuple[str, str], Unseen] = {}
    passed = {hop.role_arn for hop in evidence.assuming if hop.passed}
    for one in judged:
        if one.stage.id == ASSUME and one.stage.resource in passed:
            continue  # AWS gave the session: what wasn't seen of it can't change that
        stage, unread = one.stage, one.stage.unread
        # What decides stands before what could only take away.
        for kind in (*sorted(unread & words.NAMES.keys()), *sorted((stage.unseen - unread) & words.NAMES.keys())):
            account = stage.owner if kind in _OF_OWNER else stage.who.account_id
            known = account if account.strip("0") else _("the bucket's account")
            name = words.name_of(kind, stage)
            is_source = evidence.side_of(account) == "source"
            shows = _shows(kind, known, stage.resource, is_source=is_source)
            out.setdefault((kind, name), Unseen(kind, _why(evidence, kind, known, name), shows))
        for key in one.doubtful:
            why = _("Whether the request has {key}, and its value, only AWS knows.").format(key=key)
            out.setdefault((key, ""), Unseen(key, why, _("the request's event in AWS CloudTrail")))
    return tuple(out.values())


_OF_OWNER = frozenset(("resource", "trust", "rcps", "block_public_access", "acls", "kms_grants"))


def _why(evidence: Evidence, kind: str, account: str, name: str) -> str:
    if kind in {"scps", "rcps"}:
        return _("{name} over {account} are shown to the organisation's management account only.").format(
            name=name, account=account
        )
    if kind == "session":
        return _("AWS shows the session policy of a session to nobody.")
    if kind == "vpc_endpoint":
        return _("Whether the call goes through a VPC endpoint can't be told from here.")
    if account in evidence.readers:
        return _("The profile {profile} may not read {name} of {account}.").format(
            profile=evidence.readers[account], name=name, account=account
        )
    return _("The caller may not read {name} of {account}, and no other profile was given.").format(
        name=name, account=account
    )


def _shows(kind: str, account: str, resource: str, *, is_source: bool) -> str:
    if kind in {"scps", "rcps"}:
        word = "SERVICE_CONTROL_POLICY" if kind == "scps" else "RESOURCE_CONTROL_POLICY"
        target = account if account.isdigit() else "ACCOUNT_ID"
        return f"aws organizations list-policies-for-target --target-id {target} --filter {word}"
    if kind == "session":
        return _("the AssumeRole event of the session in AWS CloudTrail")
    if kind == "vpc_endpoint":
        return "aws ec2 describe-vpc-endpoints"
    if kind == "kms_grants":
        return f"aws kms list-grants --key-id {resource}"
    option = "--source-profile" if is_source else "--destination-profile"
    return _("{option} with a profile of {account} that may read it").format(option=option, account=account)
