"""A role's ARN with its path where nobody may look at the role: a session's ARN carries none, and names are unique."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.evidence import Paper
from wizard.names import arns
from wizard.plan.found import role_of_session
from wizard.plan.merge import UnreadableError, statements_of
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wizard.aws.diagnose.evidence import Evidence, Who
    from wizard.aws.diagnose.identity import Roles
    from wizard.aws.diagnose.result import Cause
    from wizard.aws.diagnose.start import Switch
    from wizard.profiles.read import Files


def known(files: Files, switches: Iterable[Switch], environ: Mapping[str, str]) -> Roles:
    """Return the roles that the config file names, by account and name: the call's own chain before other profiles.

    Two profiles that name a role of one name by different paths tell nothing.
    """
    out: dict[tuple[str, str], str] = {}
    other: set[tuple[str, str]] = set()
    for name in files.names:
        key, arn = _named((files.settings(name) or {}).get("role_arn", ""))
        if key is not None and out.setdefault(key, arn) != arn:
            other.add(key)
    out = {key: arn for key, arn in out.items() if key not in other}
    for arn in (environ.get("AWS_ROLE_ARN", ""), *(switch.role_arn for switch in switches)):
        key, _arn = _named(arn)
        if key is not None:
            out[key] = arn
    return out


def _named(arn: str) -> tuple[tuple[str, str] | None, str]:
    parsed = arns.parse(arn)
    if parsed is None or not parsed.resource.startswith("role/"):
        return None, arn
    return (parsed.account_id, parsed.resource.rpartition("/")[2]), arn


def by_documents(evidence: Evidence) -> Evidence:
    """Return the evidence with roles named in full where a policy that was read does so in a Principal.

    AWS takes no ARN there that doesn't exist, and shows an id in its place when the role is deleted: so the role of
    that name in that account is this one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    """
    papers = [hop.trust for hop in evidence.assuming]
    papers += [evidence.bucket.policy, *([evidence.key.policy] if evidence.key else [])]
    roles: dict[tuple[str, str], str] = {}
    for paper in papers:
        if isinstance(paper, Paper):
            roles |= {key: arn for key, arn in map(_named, _principals(paper.document)) if key is not None}
    who = evidence.who
    return replace(
        evidence,
        assuming=tuple(replace(hop, who=_in_full(hop.who, roles)) for hop in evidence.assuming),
        who=None if who is None else _in_full(who, roles),
    )


def _in_full(who: Who, roles: Roles) -> Who:
    session = role_of_session(who.arn)
    full = roles.get(session, "") if session and not who.path_known else ""
    return replace(who, principal_arn=full, path_known=True) if full else who


def _principals(document: Any) -> Iterator[str]:
    try:
        statements = statements_of(document)
    except UnreadableError:
        return
    for statement in statements:
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element)
            values = named.get("AWS") if isinstance(named, dict) else None
            yield from (one for one in (values if isinstance(values, list) else [values]) if isinstance(one, str))


def pathless(evidence: Evidence) -> Mapping[str, Who]:
    """Return who calls and is named by an ARN that may lack its path, by that ARN."""
    everybody = [*(hop.who for hop in evidence.assuming), *([evidence.who] if evidence.who else [])]
    return {who.principal_arn: who for who in everybody if not who.path_known}


def warned(evidence: Evidence, causes: Iterable[Cause]) -> Iterator[Cause]:
    """Yield the causes; a mend that names an ARN which may lack its path says so, and how the whole is seen."""
    unsure = pathless(evidence)
    for cause in causes:
        named = [arn for arn in unsure if any(arn == one.target or names(one.after, arn) for one in cause.changes)]
        said = [cause.mend] + [_said(unsure[arn]) for arn in named]
        yield replace(cause, mend=" ".join(filter(None, said)))


def names(document: Any, arn: str) -> bool:
    """Whether a policy names an ARN, whole, anywhere in it."""
    if isinstance(document, dict):
        return any(names(value, arn) for value in document.values())
    if isinstance(document, list):
        return any(names(value, arn) for value in document)
    return bool(document == arn)


def _said(who: Who) -> str:
    return _(
        "Nobody could look at this role (iam:GetRole), and its session doesn't tell its path: if it has one, {arn} "
        "lacks it, and the whole ARN must be written. An administrator of {account} sees it with: {command}"
    ).format(
        arn=who.principal_arn,
        account=who.account_id,
        command=f"aws iam get-role --role-name {who.principal_arn.rpartition('/')[2]} --query Role.Arn",
    )
