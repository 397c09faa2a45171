"""What AWS's services do beyond policies: which actions exist, on what, who may call them across accounts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

# What an action is evaluated on: a resource that the request names, nothing (`*`), or `arn:P:s3:::*`.
# IAM's own example policies rely on the last; the NotAction page says `*` only.
NAMED, NO_RESOURCE, EVERY_BUCKET = "named", "none", "buckets"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html: whoever calls these
# proves who they are with a token, not with credentials of an account.
WEB_IDENTITY = frozenset({"sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
# Evaluated against the role's trust policy.
TRUSTED = WEB_IDENTITY | {"sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext"}

# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
_KMS_CRYPTOGRAPHY = frozenset(
    {
        "kms:decapsulate",
        "kms:decrypt",
        "kms:derivesharedsecret",
        "kms:encapsulate",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:generatemac",
        "kms:reencryptfrom",
        "kms:reencryptto",
        "kms:sign",
        "kms:verify",
        "kms:verifymac",
    }
)
KMS_ACROSS = _KMS_CRYPTOGRAPHY | {
    "kms:creategrant",
    "kms:describekey",
    "kms:getkeyrotationstatus",
    "kms:getpublickey",
    "kms:listgrants",
    "kms:retiregrant",
    "kms:revokegrant",
}
# https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations
KMS_GRANTABLE = _KMS_CRYPTOGRAPHY | {"kms:creategrant", "kms:describekey", "kms:getpublickey", "kms:retiregrant"}

# "The bucket owner's root user can always get, put and delete the bucket policy"; to anybody of another account
# these three answer 405. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
BUCKET_POLICY = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions: what an ACL can grant.
ACL_GRANTS = frozenset(
    {
        "s3:listbucket",
        "s3:listbucketversions",
        "s3:listbucketmultipartuploads",
        "s3:putobject",
        "s3:deleteobject",
        "s3:deleteobjectversion",
        "s3:getbucketacl",
        "s3:putbucketacl",
        "s3:getobject",
        "s3:getobjectversion",
        "s3:getobjecttorrent",
        "s3:getobjectversiontorrent",
        "s3:getobjectacl",
        "s3:getobjectversionacl",
        "s3:putobjectacl",
        "s3:putobjectversionacl",
    }
)
# Object operations that make an object or work on an unfinished one: nobody else owns it yet.
NEW_OBJECTS = frozenset(
    {
        "s3:putobject",
        "s3:abortmultipartupload",
        "s3:listmultipartuploadparts",
        "s3:replicateobject",
        "s3:replicatedelete",
        "s3:replicatetags",
        "s3:replicateobjectannotation",
        "s3:objectowneroverridetobucketowner",
    }
)
PUT_ACL = frozenset({"s3:putbucketacl", "s3:putobjectacl", "s3:putobjectversionacl"})
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
PUBLIC_GROUPS = ("/global/AllUsers", "/global/AuthenticatedUsers")
TAKES_ACL = PUT_ACL | {"s3:putobject", "s3:createbucket"}

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html; AWS adds to the list.
RCP_SERVICES = frozenset({"s3", "sts", "kms", "sqs", "secretsmanager"})


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What is known of an action. `kinds`: the kinds of resource that it works on (None: not known)."""

    name: str
    service: str
    exists: bool
    resource: str = ""
    kinds: frozenset[str] | None = None


@lru_cache(maxsize=4096)
def action_facts(action: str) -> ActionFacts:
    """Look an action up; one of a service that has no table here is taken as it is written."""
    from wizard.policy import actions

    name = action.lower()
    prefix = name.partition(":")[0]
    table = actions.service(prefix) if prefix in actions.prefixes() else None
    if table is None:
        return ActionFacts(name, prefix, exists=True)
    found = table.actions.get(name.partition(":")[2])
    if found is None:
        return ActionFacts(name, prefix, exists=False)
    if name == "s3:listallmybuckets":
        return ActionFacts(name, prefix, exists=True, resource=EVERY_BUCKET)
    if not found.resources:
        return ActionFacts(name, prefix, exists=True, resource=NO_RESOURCE)
    kinds = frozenset(_template_kind(table.resources[kind]) for kind in found.resources if kind in table.resources)
    if name == "sts:tagsession":
        kinds |= {"sts:federated-user"}  # for GetFederationToken with tags, which the reference leaves out
    return ActionFacts(name, prefix, exists=True, resource=NAMED, kinds=kinds or None)


@lru_cache(maxsize=512)
def _template_kind(template: str) -> str:
    """Return the kind of the ARNs that a template of the service reference makes."""
    filled = template.replace("${Region}", "r").replace("${Account}", "a").replace("${BucketName}", "b")
    return resource_kind(filled.split(":", 5))


def resource_kind(segments: list[str]) -> str:
    """Return the kind of an ARN's resource: `s3:bucket`, `s3:object`, `kms:key`, `iam:role`, …; empty for no ARN."""
    if len(segments) < 6:  # noqa: PLR2004 -- the six parts of an ARN
        return ""
    service, tail = segments[2], segments[5]
    if service == "s3" and not segments[3] and not segments[4]:
        return "s3:object" if "/" in tail else "s3:bucket"
    return f"{service}:{tail.partition('/')[0].partition(':')[0]}"
