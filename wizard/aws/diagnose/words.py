"""The sentences of a diagnosis: what is wrong, and what mends it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path.explained import sid_of
from wizard.aws.diagnose.edits import folder_of
from wizard.aws.diagnose.judged import ASSUME, KMS, S3
from wizard.names.buckets import literal
from wizard.plan.merge import deleted_principals
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.aws.diagnose.evidence import Assuming, Evidence, Paper, Who
    from wizard.aws.diagnose.judged import Judged, Stage
    from wizard.aws.diagnose.result import Change
    from wizard.policy.evaluate import NearMiss, StatementRef

NAMES = {
    "identity": mark("the IAM policies"),
    "resource": mark("the bucket policy"),
    "trust": mark("the trust policy"),
    "key": mark("the key policy"),
    "boundary": mark("the permissions boundary"),
    "session": mark("the session policy"),
    "scps": mark("the service control policies (SCPs)"),
    "rcps": mark("the resource control policies (RCPs)"),
    "vpc_endpoint": mark("the VPC endpoint's policy"),
    "block_public_access": mark("Block Public Access"),
    "acls": mark("the access control lists"),
    "kms_grants": mark("the KMS key's grants"),
}
_ASK_OWNER = mark("Hand the change over to an administrator of {account}.")


def name_of(policy: str, stage: Stage | None = None) -> str:
    """Return what a kind of policy is called; a resource's policy is the key's where the key is asked."""
    return _(NAMES["key" if policy == "resource" and stage is not None and stage.id == KMS else policy])


def place_of(paper: Paper | None, ref: StatementRef) -> str:
    """Return where a statement stands: its Sid or number (from 1), its policy, what that is attached to."""
    if paper is None:
        return sid_of(ref)
    named = " ".join(part for part in (name_of(paper.kind), paper.name) if part)
    if paper.place == "key":
        named = name_of("key")
    return _("{sid} in {policy} of {on}").format(sid=sid_of(ref), policy=named, on=paper.on)


def hand_over(account: str) -> str:
    """Return who has to make a change in an account."""
    return _(_ASK_OWNER).format(account=account) if account else ""


def lacking(word: str, policy: str, judged: Judged, miss: NearMiss | None, evidence: Evidence) -> tuple[str, str]:
    """Say which policy lacks the Allow, and the nearest statement to it."""
    stage = judged.stage
    who, action, resource = stage.who.principal_arn, stage.action, stage.resource
    near = place_of(judged.paper(miss.statement), miss.statement) if miss else ""
    wanted = ", ".join(miss.wanted) if miss else ""
    if word == "principal-recreated":
        said = _(
            "{near} names {wanted}: a user or role that was deleted. {who} was made anew, has another id, and isn't it."
        ).format(near=sentence(near), wanted=", ".join(_deleted(judged, miss)), who=who)
        return said, _("Name {who} again in the statement: AWS stores its present id.").format(who=who)
    if word == "prefix-mismatch":
        said = _("{near} allows {action} for {wanted}, and not for {resource}.")
        asked = f"s3:prefix {stage.context['s3:prefix']!r}" if "s3:prefix" in stage.context else resource
        said = said.format(
            near=sentence(near), action=action, wanted=_allowed_prefixes(judged, miss) or wanted, resource=asked
        )
        return said, _("Ask for a key under that prefix, or widen the statement.")
    if word in {"tag-session-missing", "source-identity-missing"}:
        said = _("The trust policy of {role} doesn't allow {action}, and the session of {who} carries what needs it.")
        return said.format(role=resource, action=action, who=who), _("Allow {action} beside sts:AssumeRole.").format(
            action=action
        )
    if word == "trust-not-naming-caller":
        said = _("The trust policy of {role} lets nobody in who is {who}.").format(role=resource, who=who)
    elif policy == "identity":
        said = _("No IAM policy of {who} allows {action} on {resource}.").format(
            who=who, action=action, resource=resource
        )
    else:
        said = _("{policy} doesn't allow {who} {action} on {resource}.").format(
            policy=sentence(name_of(policy, stage)), who=who, action=action, resource=resource
        )
    if miss:
        element = _("{near} matches but for its {element}: {wanted}.")
        said = f"{said} {element.format(near=sentence(near), element=miss.but_for, wanted=wanted)}"
    account = stage.who.account_id if policy == "identity" else stage.owner
    if _is_sso(stage.who) and policy == "identity":
        return said, _("Its policies come from the permission set: change the set's inline policy, and provision it.")
    return said, hand_over(account) if evidence.side_of(account) != "source" else ""


def narrow(stage: Stage) -> str:
    """Say that a mend lets this one object or prefix be reached and no other, and what is written for its folder."""
    bucket, slash, key = stage.resource.partition("/")
    prefix = str(stage.context.get("s3:prefix", ""))
    if prefix and not prefix.endswith("/"):
        return _(
            "The change allows a listing of {prefix} and of what is under {folder}; no other prefix that begins so. "
            "S3 shows all that begins with the prefix that is asked for: ask for {folder} to see that folder alone."
        ).format(prefix=prefix, folder=folder_of(prefix))
    if stage.id != S3 or not slash:
        return ""
    folder = key[: key.rfind("/") + 1]
    return _("The change is for this object alone; for all of its folder its resource would be {resource}.").format(
        resource=f"{bucket}/{literal(folder)}*"
    )


def _deleted(judged: Judged, miss: NearMiss | None) -> tuple[str, ...]:
    """Return the ids of deleted principals that a statement names."""
    return deleted_principals({"Statement": [judged.statement(miss.statement)]}) if miss else ()


def _allowed_prefixes(judged: Judged, miss: NearMiss | None) -> str:
    if miss is None or miss.but_for != "Condition":
        return ""
    condition = judged.statement(miss.statement).get("Condition", {})
    values = [value for keys in condition.values() for key, value in keys.items() if key.lower() == "s3:prefix"]
    flat = [str(one) for value in values for one in (value if isinstance(value, list) else [value])]
    return ", ".join(flat)


def condition(judged: Judged, miss: NearMiss) -> tuple[str, str]:
    """Say which conditions of an Allow don't hold."""
    near = place_of(judged.paper(miss.statement), miss.statement)
    said = _("{near} would allow {action}, but for: {wanted}.").format(
        near=sentence(near), action=judged.stage.action, wanted=", ".join(miss.wanted)
    )
    shown = [wanted.rpartition(" ")[2] for wanted in miss.wanted]
    have = [f"{key} = {judged.stage.context[key]}" for key in shown if key in judged.stage.context]
    if have:
        said = f"{said} {_('The request has {have}.').format(have=', '.join(have))}"
    return said, _("Make the call so that the condition holds, or let the statement's owner change it.")


def taken_away(change: Change) -> str:
    """Say that a policy goes with its only statement, and for whom."""
    said = _("It is the policy's only statement, so the change takes the policy away from {on}.").format(
        on=change.target
    )
    if ":group/" in change.target:
        said += " " + _("That holds for everybody in the group.")
    return said + " " + _("Narrow the statement instead if it guards more than this.")


def external_id(hop: Assuming, wanted: list[str]) -> tuple[str, str]:
    """Say which external ID is asked for, and which is given."""
    if not hop.external_id:
        said = _("{role} asks for an external ID, and the profile {profile} gives none.")
    else:
        said = _("{role} asks for another external ID than {given}, which the profile {profile} gives.")
    text = said.format(role=hop.role_arn, profile=hop.profile, given=hop.external_id)
    mend = _("Give the external ID that {account} agreed with you: external_id in the profile.")
    return text, mend.format(account=hop.role_arn.split(":")[4]) if not wanted else ""


def mfa(who: Who, hop: Assuming | None) -> tuple[str, str]:
    """Say that MFA is asked for, and whether this caller can show it at all."""
    said = _("MFA is asked for, and the call of {who} shows none.").format(who=who.principal_arn)
    if hop is None:
        return said, _("Get a session with MFA (`aws sts get-session-token`), and call with it.")
    if not who.keys_only:
        return said, _(
            "A session can't show MFA to a role: begin with the access key of an IAM user that has a device."
        )
    if hop.mfa_serial:
        return said, _("The code of {device} was not taken: it is valid once, and for 30 seconds.").format(
            device=hop.mfa_serial
        )
    if not hop.mfa_devices:
        return said, _("Name the user's MFA device in the profile {profile}: mfa_serial = arn:…:mfa/NAME.").format(
            profile=hop.profile
        )
    return said, ""


def limit(word: str, judged: Judged) -> tuple[str, str]:
    """Say which layer over the policies doesn't allow it."""
    stage = judged.stage
    names = {
        "permissions-boundary": _("The permissions boundary of {who} doesn't allow {action} on {resource}."),
        "session-policy": _("The session policy of {who} doesn't allow {action} on {resource}."),
        "service-control-policy": _("An SCP over {account} doesn't allow {action}: every level must."),
        "resource-control-policy": _("An RCP over {owner} doesn't allow {action}."),
        "endpoint-policy": _("The VPC endpoint's policy doesn't allow {who} {action} on {resource}."),
    }
    said = names[word].format(
        who=stage.who.principal_arn,
        action=stage.action,
        resource=stage.resource,
        account=stage.who.account_id,
        owner=stage.owner,
    )
    mends = {
        "session-policy": _("Get the session without that policy, or with one that allows the action."),
        "service-control-policy": _("Only an administrator of the organisation can change it."),
        "resource-control-policy": _("Only an administrator of the organisation can change it."),
        "endpoint-policy": _("Let the endpoint's owner allow it in the endpoint's policy."),
    }
    return said, mends.get(word, "")


def restricted(stage: Stage, places: tuple[int, ...]) -> tuple[str, str]:
    """Say that one public statement shuts every other account out."""
    said = _(
        "RestrictPublicBuckets is on, and the bucket policy is public by its statement {numbers}: "
        "{who} of another account stays out, whatever else is allowed."
    )
    numbers = ", ".join(str(place + 1) for place in places)
    return said.format(numbers=numbers, who=stage.who.principal_arn), _(
        "Name principals in that statement; whoever else it let in is shut out already."
    )


def deny(word: str, judged: Judged, ref: StatementRef) -> tuple[str, str]:
    """Say which statement denies, and what would get past it."""
    stage, place = judged.stage, sentence(place_of(judged.paper(ref), ref))
    if word == "tls-guard":
        return _("{place} denies calls without TLS.").format(place=place), _(
            "Call by https: look at endpoint_url, --endpoint-url and AWS_ENDPOINT_URL."
        )
    if word == "vpc-endpoint-guard":
        shown = ", ".join(_condition_values(judged, ref, ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")))
        return _("{place} denies calls that don't come through {allowed}.").format(place=place, allowed=shown), _(
            "Make the call from there (its route table leads to that endpoint), or let the bucket's owner exempt you."
        )
    if word == "organization-guard":
        shown = ", ".join(_condition_values(judged, ref, ("aws:principalorgid", "aws:principalorgpaths")))
        return _("{place} denies callers from outside of {allowed}.").format(place=place, allowed=shown), _(
            "Use an account of that organisation, or let the bucket's owner exempt you."
        )
    said = _("{place} denies {who} {action}, whatever else allows it.").format(
        place=place, who=stage.who.principal_arn, action=stage.action
    )
    if ref.policy == "identity":
        return said, _("The change takes the whole statement away; narrow it instead if it guards more than this.")
    return said, _("The change exempts the caller; whether it may be is for the policy's owner to decide.")


def _condition_values(judged: Judged, ref: StatementRef, wanted: tuple[str, ...]) -> list[str]:
    out = []
    for keys in judged.statement(ref).get("Condition", {}).values():
        for key, value in keys.items():
            if key.lower() in wanted:
                out += [str(one) for one in (value if isinstance(value, list) else [value])]
    return out


def rule(word: str, name: str, stage: Stage) -> tuple[str, str]:
    """Say which rule of AWS's forbids it that no policy states."""
    if word == "managed-key-across-accounts":
        said = _("The object is encrypted with the AWS managed key aws/s3 of {owner}, whose policy nobody can change.")
        return said.format(owner=stage.owner), _(
            "Encrypt with a customer managed key and copy the objects onto themselves, or let a role of {owner} "
            "make the calls (assume-role)."
        ).format(owner=stage.owner)
    if word == "wrong-partition":
        said = _("{who} is of another partition than {resource}.")
        return said.format(who=stage.who.arn, resource=stage.resource), _(
            "Use credentials of an account in the bucket's partition: access never crosses partitions."
        )
    from wizard.policy.evaluation.reasons import sentence as of_rule

    return f"{stage.action}: {of_rule(name)}", ""


def _is_sso(who: Who) -> bool:
    return "AWSReservedSSO_" in who.principal_arn


def sentence(text: str) -> str:
    """Return a text with its first letter a capital one."""
    return text[:1].upper() + text[1:]


def hop_of(stage: Stage) -> str:
    """Return what a stage is about: the role, the bucket or the key."""
    return stage.resource if stage.id in {ASSUME, KMS} else f"{stage.action} {stage.resource}"
