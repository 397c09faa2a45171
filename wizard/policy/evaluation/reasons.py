"""The sentences behind the words that a verdict gives as reasons."""

from __future__ import annotations

from wizard.text import _, mark

REASONS = {
    # Why something is not known.
    "access-point": mark("The request comes through an access point, whose policy is not given."),
    "alias": mark("The key is named by an alias; which key it stands for is not known."),
    "besides": mark("It is not documented whether the caller's own policies must allow this action too."),
    "context": mark("The value of this condition key is not known."),
    "endpoint-account": mark(
        "The endpoint policy names an account: for a gateway endpoint this means its root user only."
    ),
    "federated-session": mark("Which identity provider the session comes from is not known."),
    "federated-user": mark("Which IAM user the federated session belongs to is not known."),
    "malformed": mark("AWS would not have stored this document as it is."),
    "new-acl": mark("BlockPublicAcls is on, and whether the new ACL is public is not known."),
    "new-policy": mark("BlockPublicPolicy is on, and whether the new policy is public is not known."),
    "not-principal": mark("The guide does not say whether NotPrincipal means this caller."),
    "object-owner": mark("Another account may own the object; then the bucket owner's policies don't reach it."),
    "operator": mark("This condition operator, or its values, is not one that AWS documents."),
    "pattern": mark("The pattern is not one that AWS takes."),
    "principal-id": mark("Whom a canonical user id or a unique id (AROA…, AIDA…) means can't be told from documents."),
    "principal-wildcard": mark("A principal with a wildcard inside is not one that AWS takes."),
    "public": mark("RestrictPublicBuckets lets only the owner's account into a bucket whose policy is public."),
    "rcp-service": mark("It is not known whether resource control policies apply to this service."),
    "resource": mark("The request does not say which resource it is for."),
    "service-linked": mark("Whether the role is a service-linked role can't be told from its session's name."),
    "session-name": mark("The session's name is not known."),
    "statement": mark("It is not known whether a statement matches."),
    "too-large": mark("The document is far larger than any that AWS stores."),
    "unread": mark("The document could not be read."),
    "value": mark("How AWS compares this value is not documented."),
    "variable": mark("The policy variable can't be filled in."),
    # Rules of AWS that no document states.
    "anonymous": mark("This service doesn't take anonymous requests."),
    "federated-user-calls": mark("A federated user's session can't call IAM or STS."),
    "kms-across": mark("This KMS operation doesn't work across accounts."),
    "managed-key": mark("An AWS managed key can't be used across accounts."),
    "no-such-action": mark("There is no such action."),
    "not-on-this": mark("The action doesn't work on a resource of this kind."),
    "owner-only": mark("Only the bucket owner's account can read or change the bucket policy."),
    "partition": mark("The caller and the resource are in different partitions."),
    "root-assumes": mark("A root user can't assume a role."),
}


def sentence(word: str) -> str:
    """Return a reason in the language in use; the word itself if there is no such reason."""
    return _(REASONS[word]) if word in REASONS else word
