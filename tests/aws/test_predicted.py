"""Predicted = enforced: generated setups in the practice accounts, each request evaluated and made.

What the emulator is documented to get wrong (`wizard.demo.gaps`) isn't generated: MFA, policy variables (which odd
prefixes are written with), NotPrincipal, copies between accounts; S3's 403 for an object that isn't there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings

from tests.generated_setups import raw_answers
from wizard.answers.build import build
from wizard.methods.assume_role import Role, role_arn
from wizard.methods.iam_user import User, user_arn
from wizard.plan import plan
from wizard.policy.evaluate import Case, Policies, Request, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wizard.demo import Practice
    from wizard.setup import Setup

    Clients = Callable[[str, str], Any]

SRC, DST, REGION = "111111111111", "222222222222", "ap-northeast-1"
BUCKET, ENCRYPTED = "s3-crossaccount-bucket01", "s3-crossaccount-encrypted01"
KEY = f"arn:aws:kms:{REGION}:{DST}:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
SETUPS = 32
PAIRS = 300
DENIED = {"AccessDenied", "403", "AccessDeniedException"}
PREFIXES = {"odd *?$ name/": "logs/", "${aws:username}/": "incoming/"}
PRINCIPALS = {"role/apps/data/etl": "role/data/etl", "role/a+b=c,d.e@f-g": "role/app-ec2"}
SSO = "/aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_DataReader_0a1b2c3d4e5f6071"
WORLD = json.loads((Path(__file__).parents[2] / "wizard" / "demo" / "world.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Who:
    """A caller of the practice accounts: its client's profile, its ARNs, and what it may do by itself."""

    profile: str
    arn: str
    principal: str
    account: str
    own: tuple[Any, ...] = ()


def _callers() -> Iterator[Who]:
    every = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for account in WORLD["accounts"]:
        number = account["id"]
        for user in account["users"]:
            arn = f"arn:aws:iam::{number}:user{user.get('path', '/')}{user['name']}"
            own = (every,) if user.get("managed") else tuple(user.get("inline", {}).values())
            yield Who(user["profile"], arn, arn, number, own)
        for role in account["roles"]:
            session = f"arn:aws:sts::{number}:assumed-role/{role['name']}/{role['session']}"
            arn = f"arn:aws:iam::{number}:role{role.get('path', '/')}{role['name']}"
            yield Who(role["profiles"][0], session, arn, number, tuple(role.get("inline", {}).values()))


CALLERS = tuple(_callers())


def fitted(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return generated answers as the practice accounts can have them."""
    out = dict(raw) | {"bucket.region": REGION}
    out["bucket.prefix"] = PREFIXES.get(out["bucket.prefix"], out["bucket.prefix"])
    if "source.principals" in out:
        names = [PRINCIPALS.get(name, name) for name in out["source.principals"]]
        out["source.principals"] = list(dict.fromkeys(names))
    if out.get("bucket.kms_key_arn"):
        out |= {"bucket.kms_key_arn": KEY, "bucket.name": ENCRYPTED}
    if out.get("guards.exempt_principals"):
        out["guards.exempt_principals"] = [f"arn:aws:iam::{DST}:user/admin"]
    out.pop("role.require_mfa", None)
    return out


class Placed:
    """A setup whose documents are in the practice accounts, with each caller's policies as they are there."""

    def __init__(self, setup: Setup, clients: Clients) -> None:
        self.setup = setup
        self.bucket_policy: Any = None
        self.trust: Any = None
        self.key_policy: Any = None
        self._clients = clients
        self.identity: dict[str, list[Any]] = {one.principal: list(one.own) for one in CALLERS}
        for document in plan(setup).needed():
            assert document.policy is not None
            self._place(document.id, document.attach_to, document.policy.text())

    def _place(self, kind: str, target: str | None, text: str) -> None:
        admin = self._clients("destination-admin", "iam")
        if kind == "bucket":
            self.bucket_policy = json.loads(text)
            self._clients("destination-admin", "s3").put_bucket_policy(Bucket=self.setup.bucket.name, Policy=text)
        elif kind == "key":
            self.key_policy = json.loads(text)
            self._clients("destination-admin", "kms").put_key_policy(KeyId=KEY, PolicyName="default", Policy=text)
        elif kind == "trust":
            self.trust = json.loads(text)
            path, name = _named(str(target))
            admin.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=text)
        elif kind == "destination-identity":
            self.identity[str(target)] = [json.loads(text)]
            path, name = _named(str(target))
            if ":user/" in str(target):
                admin.create_user(UserName=name, Path=path)
                admin.put_user_policy(UserName=name, PolicyName="setup", PolicyDocument=text)
            else:
                admin.put_role_policy(RoleName=name, PolicyName="setup", PolicyDocument=text)
        else:
            self._source(target, text)

    def _source(self, target: str | None, text: str) -> None:
        """Attach a policy of the source; one that its administrators attach goes to two of its callers."""
        iam = self._clients("source-admin", "iam")
        targets = [target] if target and "*" not in target and "?" not in target else []
        targets = targets or [f"arn:aws:iam::{SRC}:user/cliuser", f"arn:aws:iam::{SRC}:role{SSO}"]
        for arn in targets:
            put = iam.put_user_policy if ":user/" in arn else iam.put_role_policy
            named = {"UserName" if ":user/" in arn else "RoleName": _named(arn)[1]}
            put(**named, PolicyName="setup", PolicyDocument=text)
            self.identity[arn].append(json.loads(text))

    def predicted(self, who: Who, action: str, resource: str, keys: Mapping[str, str]) -> bool:
        """Evaluate an S3 request, and what S3 asks of the key on the caller's behalf."""
        context = self._context(who) | {"aws:ResourceAccount": DST} | dict(keys)
        identity = tuple(self.identity[who.principal])
        policies = Policies(identity=identity, resource=self.bucket_policy)
        if not self._allowed(who, action, resource, context, policies):
            return False
        if action not in {"s3:GetObject", "s3:PutObject"} or self.setup.bucket.name != ENCRYPTED:
            return True
        needed = "kms:Decrypt" if action == "s3:GetObject" else "kms:GenerateDataKey"
        own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{DST}:root"}, "Action": "kms:*", "Resource": "*"}
        key = self.key_policy or {"Version": "2012-10-17", "Statement": [own]}
        via = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:CallerAccount": who.account}
        return self._allowed(who, needed, KEY, context | via, Policies(identity=identity, resource=key))

    def may_assume(self, who: Who, role: str, external_id: str) -> bool:
        """Evaluate sts:AssumeRole."""
        keys = {"sts:ExternalId": external_id} if external_id else {}
        policies = Policies(identity=tuple(self.identity[who.principal]), trust=self.trust)
        return self._allowed(who, "sts:AssumeRole", role, self._context(who) | keys, policies)

    def _context(self, who: Who) -> dict[str, str]:
        return {
            "aws:PrincipalArn": who.principal,
            "aws:PrincipalAccount": who.account,
            "aws:PrincipalOrgID": WORLD["organization_id"],
            "aws:PrincipalIsAWSService": "false",
            "aws:ViaAWSService": "false",
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": REGION,
        }

    def _allowed(self, who: Who, action: str, resource: str, context: Mapping[str, str], policies: Policies) -> bool:
        verdict = evaluate(Case(Request(who.arn, action, resource, context), policies, who.account, DST))
        assert verdict.result != "Unknown", verdict
        return verdict.result == "Allowed"


def _named(arn: str) -> tuple[str, str]:
    path, _slash, name = arn.rpartition(":")[2].partition("/")[2].rpartition("/")
    return (f"/{path}/" if path else "/"), name


def _is_made(call: Callable[[], Any]) -> bool:
    """Make a call, and say whether it was let pass."""
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return False
    return True


def _requests(s3: Any, setup: Setup) -> Iterator[tuple[str, str, dict[str, str], Callable[[], Any]]]:
    """Yield S3 requests inside and outside of the prefix: action, resource, condition keys, the call."""
    name, prefix = setup.bucket.name, setup.bucket.prefix
    arn = f"arn:aws:s3:::{name}"
    for listed in dict.fromkeys((prefix, "other/", "")):
        # An empty prefix is sent too: then the key is there, and empty.
        keys = {"s3:prefix": listed}
        yield "s3:ListBucket", arn, keys, partial(s3.list_objects_v2, Bucket=name, Prefix=listed)
    for key in dict.fromkeys((f"{prefix}inside.txt", "other/outside.txt")):
        where = {"Bucket": name, "Key": key}
        yield "s3:GetObject", f"{arn}/{key}", {}, partial(_get, s3, where)
        yield "s3:GetObjectTagging", f"{arn}/{key}", {}, partial(s3.get_object_tagging, **where)
        yield "s3:PutObject", f"{arn}/{key}", {}, partial(s3.put_object, **where, Body=b"x")
        gone = {"Bucket": name, "Key": f"{key}.gone"}
        yield "s3:DeleteObject", f"{arn}/{key}.gone", {}, partial(s3.delete_object, **gone)
    yield "s3:GetLifecycleConfiguration", arn, {}, lambda: _or_none(s3.get_bucket_lifecycle_configuration, Bucket=name)
    yield "s3:GetBucketAcl", arn, {}, lambda: s3.get_bucket_acl(Bucket=name)


def _get(s3: Any, where: Mapping[str, str]) -> None:
    s3.get_object(**where)["Body"].close()


def _or_none(call: Callable[..., Any], **parameters: Any) -> None:
    try:
        call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchLifecycleConfiguration":
            raise


class Comparison:
    """Makes and evaluates the requests of each caller; `pairs` has each answer that both agreed on."""

    def __init__(self, practice: Practice, clients: Clients) -> None:
        import boto3

        self.pairs: list[bool] = []
        self._practice = practice
        self._clients = clients
        self._session = boto3.Session(region_name=REGION)

    def on(self, setup: Setup) -> None:
        """Put a setup into the practice accounts, and compare for everybody there."""
        self._practice.reset()
        admin = self._clients("destination-admin", "s3")
        for key in (f"{setup.bucket.prefix}inside.txt", "other/outside.txt"):
            admin.put_object(Bucket=setup.bucket.name, Key=key, Body=b"x")
        placed = Placed(setup, self._clients)
        if isinstance(setup.own, User):
            arn = user_arn(setup)
            made = self._clients("destination-admin", "iam").create_access_key(UserName=_named(arn)[1])
            self._compare(placed, Who("", arn, arn, DST), self._client(made["AccessKey"]))
        for who in CALLERS:
            if not isinstance(setup.own, Role):
                self._compare(placed, who, self._clients(who.profile, "s3"))
            elif who.account == SRC:
                self._as_the_role(placed, who, setup.own)

    def _compare(self, placed: Placed, who: Who, s3: Any) -> None:
        for action, resource, keys, call in _requests(s3, placed.setup):
            predicted, enforced = placed.predicted(who, action, resource, keys), _is_made(call)
            assert predicted is enforced, (who.profile, who.principal, action, resource, keys)
            self.pairs.append(enforced)

    def _as_the_role(self, placed: Placed, who: Who, role: Role) -> None:
        """Assume the role with its external id, and with a wrong one; as the role, make the requests."""
        arn = role_arn(placed.setup)
        for external_id in dict.fromkeys((role.external_id, "wrong-one")):
            told: dict[str, Any] = {}

            def assume(told: dict[str, Any] = told, external_id: str = external_id) -> None:
                shown = {"ExternalId": external_id} if external_id else {}
                sts = self._clients(who.profile, "sts")
                told.update(sts.assume_role(RoleArn=arn, RoleSessionName="predicted", **shown))

            predicted, enforced = placed.may_assume(who, arn, external_id), _is_made(assume)
            assert predicted is enforced, (who.profile, arn, external_id)
            self.pairs.append(enforced)
            if enforced and external_id == role.external_id:
                acting = Who("", told["AssumedRoleUser"]["Arn"], arn, DST)
                self._compare(placed, acting, self._client(told["Credentials"]))

    def _client(self, keys: Mapping[str, str]) -> Any:
        return self._session.client(
            "s3",
            endpoint_url=self._practice.endpoint_url,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
        )


def test_what_the_evaluator_predicts_is_what_the_practice_accounts_enforce(
    practice: Practice, clients: Clients
) -> None:
    comparison = Comparison(practice, clients)

    @settings(
        max_examples=SETUPS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(raw_answers())
    def on_each_setup(raw: dict[str, Any]) -> None:
        built = build(fitted(raw))
        assert not built.problems, built.problems
        comparison.on(built.setup)

    on_each_setup()

    pairs = comparison.pairs
    assert len(pairs) >= PAIRS
    assert 0.02 < sum(pairs) / len(pairs) < 0.98, "both answers must be among them"
