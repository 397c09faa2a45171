"""The principals of a statement: are they written as AWS takes them, and do they exist at all.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.accounts import check_account, malformed_account
from wizard.policy.checks.arn_mends import mend_arn
from wizard.policy.checks.arns import ACCOUNT, FULL_WIDTH, PARTITIONS, Arn, parse, partition_of
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.services import SERVICE, check_service, found, mend
from wizard.policy.checks.sheet import quoted
from wizard.policy.checks.vocabulary import PRINCIPALS
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.node import Member, Node

_DELETED = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}")
_ACCESS_KEY = re.compile(r"A(?:KIA|SIA)[A-Z0-9]{12,}")
_CANONICAL = re.compile(r"[0-9a-f]{64}")
_IAM_NAME = r"[\w+=,.@-]{1,128}"
_IAM_RESOURCE = re.compile(rf"root|(?:user|role)/(?:[\x21-\x7f]+/)?{_IAM_NAME}", re.ASCII)
_STS_RESOURCE = re.compile(rf"assumed-role/{_IAM_NAME}/[\w+=,.@-]{{2,64}}|federated-user/{_IAM_NAME}|self", re.ASCII)
_PROVIDER = re.compile(r"saml-provider/[\w._-]+|oidc-provider/[\w./:-]+", re.ASCII)
_WEB_IDENTITIES = ("cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com")
_ORIGIN_ACCESS = "user/CloudFront Origin Access Identity "


def check_principals(case: Case, statement: Statement) -> None:
    """Check each principal of a statement by itself."""
    if case.attached:
        return
    for name in ("Principal", "NotPrincipal"):
        node = statement.value(name)
        for member in node.members if node and not case.sheet.full else ():
            kind = _type_of(case, member)
            if member.node.kind == "number" or any(item.kind == "number" for item in member.node.items):
                _numbers(case, member)
            for string in member.node.strings():
                if case.is_sound(string) and string.value.strip() and not case.sheet.full:
                    _check(case, kind, string)


def _type_of(case: Case, member: Member) -> str:
    if member.key in PRINCIPALS:
        return member.key
    meant = nearest(member.key, PRINCIPALS) or {"user": "AWS", "role": "AWS", "arn": "AWS", "account": "AWS"}.get(
        member.key.lower()
    )
    message = _("{key} is no type of principal: AWS, Service, Federated or CanonicalUser (case-sensitive).")
    case.sheet.about_key("unknown-principal-type", member, message.format(key=quoted(member.key)), suggestion=meant)
    if meant:
        case.sheet.edit(member.start, member.end, f'"{meant}"')
    return meant or member.key


def _numbers(case: Case, member: Member) -> None:
    for node in (member.node, *member.node.items):
        if node.kind == "number":
            message = _("An account id is a string: put {value} in quotes.").format(value=node.value)
            suggestion = f'"{node.value}"'
            case.sheet.about("account-id-number", node, message, suggestion=suggestion)
            case.sheet.edit(node.start, node.end, suggestion)


def _check(case: Case, kind: str, node: Node) -> None:
    if kind == "AWS":
        _check_aws(case, node)
    elif kind == "Service":
        check_service(case, node)
    elif kind == "Federated":
        _check_federated(case, node)
    elif kind == "CanonicalUser":
        _check_canonical(case, node)


def _check_aws(case: Case, node: Node) -> None:
    value = node.value
    if value == "*":
        return
    plain = "".join(value.split())
    if plain != value and "CloudFront" not in value and (plain == "*" or plain.startswith("arn:")):
        mend(case, "malformed-principal", node, _("A blank stands in the principal."), plain)
    elif ACCOUNT.fullmatch(value):
        check_account(case, node, value)
    elif _DELETED.fullmatch(value):
        message = _("{value} is the id of a principal that was deleted: it matches nobody, and AWS refuses it.")
        found(case, "deleted-principal", node, message.format(value=value))
    elif value.startswith("arn:"):
        arn = parse(value)
        if arn is None or (ACCOUNT.fullmatch(arn.region) and not ACCOUNT.fullmatch(arn.account)):
            message = _("{value} is no whole ARN: arn:partition:iam::account:role/name.").format(value=quoted(value))
            mend(case, "malformed-principal", node, message, mend_arn(case, value))
        else:
            _check_arn(case, node, arn)
    else:
        _check_other(case, node)


def _check_other(case: Case, node: Node) -> None:
    """Say what a text is that is neither an ARN nor an account."""
    value = node.value
    plain = re.sub(r"[\s-]", "", value.translate(FULL_WIDTH))
    if plain.isdigit():
        malformed_account(case, node, value)
        return
    if _CANONICAL.fullmatch(value):
        message = _("This is a canonical user id: it stands under CanonicalUser.")
    elif SERVICE.fullmatch(value):
        message = _("{value} is a service: it stands under Service.").format(value=value)
    elif _ACCESS_KEY.fullmatch(value):
        message = _("This is an access key's id, no principal: name the user's ARN.")
    elif "*" in value and not value.startswith("arn"):
        message = _('A principal has no wildcards: "*" alone means everybody.')
        found(case, "wildcard-in-principal", node, message)
        return
    else:
        message = _("{value} is no principal: an ARN, an account id of twelve digits, or *.").format(
            value=quoted(value)
        )
        mend(case, "malformed-principal", node, message, mend_arn(case, value) if ":" in value else None)
        return
    found(case, "malformed-principal", node, message)


def _check_arn(case: Case, node: Node, arn: Arn) -> None:
    if arn.partition not in PARTITIONS:
        if not _wildcard(case, node, arn):
            meant = nearest(arn.partition, PARTITIONS)
            message = _("There is no partition {partition}.").format(partition=quoted(arn.partition))
            mend(case, "unknown-partition", node, message, str(arn._replace(partition=meant)) if meant else None)
        return
    wanted = case.context.partition or (partition_of(case.context.region) if case.context.region else "")
    if wanted and arn.partition != wanted:
        message = _("The principal is of the partition {partition}; the setup is in {wanted}: no access goes across.")
        text = message.format(partition=arn.partition, wanted=wanted)
        mend(case, "wrong-partition", node, text, str(arn._replace(partition=wanted)))
        return
    if arn.service == "iam" and arn.account == "cloudfront" and arn.resource.startswith(_ORIGIN_ACCESS):
        return
    if _check_group(case, node, arn) or _wildcard(case, node, arn):
        return
    if arn.service in ("iam", "sts") and arn.region:
        mend(case, "malformed-principal", node, _("IAM's ARNs have no region."), str(arn._replace(region="")))
    elif arn.service in ("iam", "sts") and not ACCOUNT.fullmatch(arn.account):
        if arn.account:
            malformed_account(case, node, arn.account)
        else:
            found(case, "malformed-account-id", node, _("The account id is missing."))
    else:
        _check_resource(case, node, arn)


def _check_group(case: Case, node: Node, arn: Arn) -> bool:
    if arn.service != "iam" or not re.match(r"groups?(?:/|\Z)", arn.resource):
        return False
    message = _("A group can't be a principal: name its users, or a role.")
    found(case, "group-principal", node, message)
    return True


def _wildcard(case: Case, node: Node, arn: Arn) -> bool:
    text = "".join(arn)
    if "*" not in text and "?" not in text:
        return False
    if arn.service == "sts" or arn.resource.startswith("assumed-role"):
        message = _("A session's ARN has no wildcards: name the role's ARN, which reaches all of its sessions.")
        found(case, "session-wildcard", node, message)
        return True
    message = _("A principal's ARN has no wildcards: name the account, and narrow with ArnLike on aws:PrincipalArn.")
    account = f"arn:{arn.partition}:iam::{arn.account}:root" if ACCOUNT.fullmatch(arn.account) else None
    found(case, "wildcard-in-principal", node, message, account)
    return True


def _check_resource(case: Case, node: Node, arn: Arn) -> None:
    resource = arn.resource
    if arn.service == "iam" and _IAM_RESOURCE.fullmatch(resource) and "//" not in resource:
        check_account(case, node, arn.account)
        return
    if arn.service == "sts" and _STS_RESOURCE.fullmatch(resource):
        check_account(case, node, arn.account)
        return
    if arn.service == "iam" and _PROVIDER.fullmatch(resource):
        found(case, "malformed-principal", node, _("An identity provider stands under Federated."))
        return
    message, meant = _reason(arn)
    mend(case, "malformed-principal", node, message, meant)


def _reason(arn: Arn) -> tuple[str, str | None]:
    """Return why an ARN is no principal, and the ARN that is meant where that is sure."""
    resource = arn.resource
    head, slash, rest = resource.partition("/")
    if arn.service == "sts" and head in ("role", "user"):
        return _("Roles and users are of IAM: arn:…:iam::…."), str(arn._replace(service="iam"))
    if arn.service == "iam" and head == "assumed-role":
        return _("Sessions are of STS: arn:…:sts::…:assumed-role/role/session."), str(arn._replace(service="sts"))
    if arn.service == "iam" and head == "instance-profile":
        message = _("An instance profile is no principal: name the role in it.")
        return message, str(arn._replace(resource=f"role/{rest}"))
    if arn.service == "sts" and head == "assumed-role":
        return _("A session's ARN ends with the role's name and the session's: assumed-role/role/session."), None
    if arn.service == "iam" and head in ("role", "user") and not rest:
        return _("The name is missing after {head}/.").format(head=head), None
    meant = nearest(head, ("role", "user", "root"), 2) if arn.service == "iam" else None
    if meant and meant != head and bool(slash) == (meant != "root"):
        message = _("{head} is no sort of principal: {meant} is meant.")
        return message.format(head=quoted(head), meant=meant), str(arn._replace(resource=f"{meant}{slash}{rest}"))
    colon = re.fullmatch(r"(role|user):(.+)", resource)
    if colon and arn.service == "iam":
        message = _("A slash stands between {head} and the name.").format(head=colon.group(1))
        return message, str(arn._replace(resource=f"{colon.group(1)}/{colon.group(2)}"))
    if resource.startswith(("/role/", "/user/", "/root")) and arn.service == "iam":
        return _("The last part begins with a slash too many."), str(arn._replace(resource=resource[1:]))
    return _("{value} is no principal: root, a user, a role or a session.").format(value=quoted(str(arn))), None


def _check_federated(case: Case, node: Node) -> None:
    value = node.value
    if case.type in ("bucket", "key"):
        message = _("An identity provider can be a principal of a trust policy only.")
        found(case, "unsupported-principal", node, message)
        return
    if value in _WEB_IDENTITIES:
        return
    arn = parse(value)
    if arn and arn.service == "iam" and _PROVIDER.fullmatch(arn.resource) and not arn.region:
        if arn.account and not ACCOUNT.fullmatch(arn.account):
            malformed_account(case, node, arn.account)
        return
    if "*" in value:
        found(case, "wildcard-in-principal", node, _("An identity provider has no wildcards: name it."))
        return
    message = _("{value} is no identity provider: the ARN of an oidc-provider or saml-provider.")
    meant = mend_arn(case, value) if value.startswith("arn:") and arn is None else None
    mend(case, "malformed-principal", node, message.format(value=quoted(value)), meant)


def _check_canonical(case: Case, node: Node) -> None:
    if case.type in ("trust", "key"):
        message = _("Only a bucket policy takes a canonical user.")
        found(case, "unsupported-principal", node, message)
    elif not _CANONICAL.fullmatch(node.value):
        message = _("{value} is no canonical user id: 64 hexadecimal digits.").format(value=quoted(node.value))
        found(case, "malformed-principal", node, message)
