"""Short names of the questions, for lists and tables: a prompt is a sentence, a row needs a word."""

from __future__ import annotations

from wizard.text import mark

LABELS = {
    "name": mark("Name of the setup"),
    "method": mark("Method"),
    "source.account_id": mark("Source account"),
    "source.accounts": mark("Source accounts"),
    "source.principals": mark("Principals"),
    "destination.account_id": mark("Destination account"),
    "bucket.name": mark("Bucket"),
    "bucket.region": mark("Region"),
    "bucket.prefix": mark("Prefix"),
    "bucket.kms_key_arn": mark("KMS key"),
    "access.level": mark("Access level"),
    "access.actions": mark("Actions"),
    "access.list_all_buckets": mark("List all buckets"),
    "access.tags": mark("Object tags"),
    "access.acls": mark("Object ACLs"),
    "access.resource_account": mark("Resource account"),
    "role.name": mark("Role"),
    "role.external_id": mark("External id"),
    "role.require_mfa": mark("Require MFA"),
    "role.session_seconds": mark("Session duration"),
    "role.session_name": mark("Session name"),
    "user.name": mark("User"),
    "user.in_bucket_policy": mark("In bucket policy"),
    "guards.require_tls": mark("TLS only"),
    "guards.vpc_endpoint_ids": mark("VPC endpoints"),
    "guards.organization_id": mark("Organization"),
    "guards.exempt_principals": mark("Exempt principals"),
    "profile.name": mark("Profile"),
    "profile.region": mark("Profile's region"),
    "profile.output": mark("Output format"),
    "profile.source_profile": mark("Source profile"),
    "profile.credential_source": mark("First credentials"),
    "profile.mfa_serial": mark("MFA device"),
}
