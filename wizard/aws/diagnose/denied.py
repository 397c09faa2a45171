"""From a verdict that denies to its causes: which kind each is, whose step it is, and the change that mends it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wizard.aws.diagnose import mend, words
from wizard.aws.diagnose.brought import name_asked_for, session_name, upload, upload_said
from wizard.aws.diagnose.judged import ASSUME, KMS, S3
from wizard.aws.diagnose.never import always_denies, never_holds
from wizard.aws.diagnose.request_keys import key_of, keys_of, values_of, with_key
from wizard.aws.diagnose.result import DESTINATION, HERE, ORGANIZATION, SOURCE, Cause, Statement, kinds
from wizard.plan.merge import UNIQUE_ID
from wizard.policy.evaluate import public_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wizard.aws.diagnose.evidence import Assuming, Evidence
    from wizard.aws.diagnose.judged import Judged
    from wizard.aws.diagnose.mend import Drafts
    from wizard.aws.diagnose.result import Change
    from wizard.policy.evaluate import Missing, NearMiss, StatementRef

# A Deny that looks at one of these is a guard with a name of its own.
_GUARDS = {
    "aws:securetransport": "tls-guard",
    "s3:tlsversion": "tls-guard",
    "aws:sourcevpce": "vpc-endpoint-guard",
    "aws:sourcevpc": "vpc-endpoint-guard",
    "aws:vpcsourceip": "vpc-endpoint-guard",
    "aws:principalorgid": "organization-guard",
    "aws:principalorgpaths": "organization-guard",
    "aws:multifactorauthpresent": "mfa-missing",
    "aws:multifactorauthage": "mfa-missing",
}
_SESSION = "session-name"  # of no kind of its own: a condition that isn't met
# A condition of an Allow that doesn't hold, by its key.
_CONDITIONS = {
    "sts:externalid": "external-id-missing",
    "aws:multifactorauthpresent": "mfa-missing",
    "aws:multifactorauthage": "mfa-missing",
    "s3:prefix": "prefix-mismatch",
    "sts:rolesessionname": _SESSION,
}
_LIMITS = {
    "boundary": "permissions-boundary",
    "session": "session-policy",
    "scps": "service-control-policy",
    "rcps": "resource-control-policy",
    "vpc_endpoint": "endpoint-policy",
}
_BESIDES = {"sts:TagSession": "tag-session-missing", "sts:SetSourceIdentity": "source-identity-missing"}


@dataclass(frozen=True, slots=True)
class Links:
    """What the links of a stage are called on the path."""

    identity: str
    resource: str
    layers: str = "layers"


@dataclass(slots=True)
class Denied:
    """One stage that what was read denies, while its causes are found."""

    evidence: Evidence
    judged: Judged
    links: Links
    drafts: Drafts
    hop: Assuming | None = None
    found: list[Cause] = field(default_factory=list)

    def causes(self) -> tuple[Cause, ...]:
        """Return every cause: what lacks an Allow first, then what denies."""
        verdict = self.judged.verdict
        for rule in verdict.rules:
            self._add(self._rule(rule))
        for missing in verdict.missing:
            for cause in self._missing(missing):
                self._add(cause)
        for ref in (one for one in verdict.because if one.effect == "Deny"):
            self._add(self._deny(ref))
        return tuple(self.found)

    def _add(self, cause: Cause) -> None:
        # A policy of somebody else may name the caller by a path that nobody knows.
        is_named = self.judged.stage.who.path_known or cause.link == self.links.identity
        sure = self.judged.sure and cause.certain and is_named
        self.found.append(replace(cause, certain=sure))

    def _rule(self, rule: str) -> Cause:
        stage = self.judged.stage
        word = {"managed-key": "managed-key-across-accounts", "partition": "wrong-partition"}.get(rule, "not-possible")
        link = kinds()[word].link if word != "not-possible" else self.links.resource
        message, text = words.rule(word, rule, stage)
        side = HERE if word in {"wrong-partition", "not-possible"} else DESTINATION
        return Cause(word, link, side, stage.owner, message, mend=text)

    def _missing(self, missing: Missing) -> Iterator[Cause]:
        near = [miss for miss in self.judged.verdict.near_misses if miss.statement.policy == missing.policy]
        if missing.policy == "block_public_access":
            yield self._restricted()
        elif missing.policy in _LIMITS:
            yield self._limit(missing)
        elif missing.policy == "identity":
            yield from self._narrowed(near, "identity", self.judged.stage.who.account_id)
        else:
            yield from self._narrowed(near, missing.policy, self.judged.stage.owner)

    def _narrowed(self, near: list[NearMiss], policy: str, account: str) -> Iterator[Cause]:
        """Yield what a policy lacks: a condition or a prefix of a statement that nearly matches, else the statement."""
        for miss in near:
            if miss.but_for == "Condition":
                yield from self._conditions(miss, policy, account)
                return
        word = self._word(near, policy)
        behind = next((one for one in near if _is_behind(word, one) and self._is_about(one)), None)
        yield self._cause(word, policy, account, behind, mend.grant(self.drafts, self.judged, policy))

    def _word(self, near: Iterable[NearMiss], policy: str) -> str:
        stage = self.judged.stage
        if stage.action in _BESIDES and policy == "trust":
            return _BESIDES[stage.action]
        for miss in near:
            if miss.but_for == "Principal" and self._names_dead(miss.statement):
                return "principal-recreated"
        if stage.id == S3 and any(self._is_other_prefix(miss) for miss in near):
            return "prefix-mismatch"
        if policy == "identity":
            return "kms-identity-missing" if stage.id == KMS else "identity-allow-missing"
        return {ASSUME: "trust-not-naming-caller", KMS: "kms-key-policy-missing"}.get(stage.id, "bucket-allow-missing")

    def _names_dead(self, ref: StatementRef) -> bool:
        principal = self.judged.statement(ref).get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        names = named if isinstance(named, list) else [named]
        return any(UNIQUE_ID.fullmatch(str(name)) for name in names)

    def _is_about(self, miss: NearMiss) -> bool:
        """Whether a statement speaks of what is asked for, and not of everything: else it isn't near at all."""
        if miss.but_for != "Action":
            return True
        named = self.judged.statement(miss.statement).get("Resource", [])
        name = self.judged.stage.resource.partition("/")[0]
        return any(str(one).startswith(name) for one in (named if isinstance(named, list) else [named]))

    def _is_other_prefix(self, miss: NearMiss) -> bool:
        bucket = f":s3:::{self.evidence.bucket.name}/"
        return miss.but_for == "Resource" and any(bucket in wanted for wanted in miss.wanted)

    def _conditions(self, miss: NearMiss, policy: str, account: str) -> Iterator[Cause]:
        """Yield a cause for each condition of an Allow that doesn't hold."""
        action = self.judged.stage.action
        never = tuple(wanted for wanted in miss.wanted if with_key(action, key_of(wanted)))
        if never:
            yield self._never(replace(miss, wanted=never), policy, account)
            miss = replace(miss, wanted=tuple(wanted for wanted in miss.wanted if wanted not in never))
        named = dict.fromkeys(_CONDITIONS.get(key_of(wanted), "condition-not-met") for wanted in miss.wanted)
        for word in named:
            if word == "external-id-missing" and self.hop is not None:
                yield self._external_id(miss, account)
            elif word == "mfa-missing":
                yield self._mfa(miss.statement, account)
            elif word == _SESSION and self.hop is not None:
                yield self._session_name(miss, self.hop)
            elif word == "prefix-mismatch":
                yield self._cause(word, policy, account, miss, mend.grant(self.drafts, self.judged, policy))
            else:
                message, text = words.condition(self.judged, miss)
                yield Cause(
                    word, self._link(policy), self.evidence.side_of(account), account, message,
                    statement=self._statement(miss.statement), mend=text,
                )  # fmt: skip

    def _never(self, miss: NearMiss, policy: str, account: str) -> Cause:
        """Say that a condition looks at keys that no request for the action has, so that the Allow never holds."""
        changes = mend.grant(self.drafts, self.judged, policy)
        message, text = never_holds(self.judged, miss, is_mended=bool(changes))
        return Cause(
            "condition-not-met", self._link(policy), self.evidence.side_of(account), account, message,
            statement=self._statement(miss.statement), mend=text, changes=changes,
        )  # fmt: skip

    def _session_name(self, miss: NearMiss, hop: Assuming) -> Cause:
        """Say which name the trust policy asks of the session: the profile gives it, or the CLI makes one up."""
        wanted = values_of(self.judged.statement(miss.statement), "sts:rolesessionname")
        message, text = name_asked_for(hop, wanted)
        name = session_name(wanted, hop.who)
        changes: tuple[Change, ...] = ()
        commands: tuple[str, ...] = ()
        if name:
            before = {"role_arn": hop.role_arn, "role_session_name": hop.session_name if hop.names_session else ""}
            after = before | {"role_session_name": name}
            changes, commands = mend.settings(hop.profile, before, after, hop.who.account_id)
        return Cause(
            "condition-not-met", self._link("trust"), SOURCE, hop.who.account_id, message,
            statement=self._statement(miss.statement), mend=text, commands=commands, changes=changes,
        )  # fmt: skip

    def _external_id(self, miss: NearMiss, account: str) -> Cause:
        """Say that the profile gives no external ID, or another one; the trust policy's is no secret, AWS says."""
        hop = self.hop
        assert hop is not None  # noqa: S101 -- the caller asks only for the switch to a role
        wanted = values_of(self.judged.statement(miss.statement), "sts:externalid")
        word = "external-id-wrong" if hop.external_id else "external-id-missing"
        message, text = words.external_id(hop, wanted)
        changes: tuple[Change, ...] = ()
        commands: tuple[str, ...] = ()
        if wanted:
            before = {"role_arn": hop.role_arn, "external_id": hop.external_id}
            changes, commands = mend.settings(hop.profile, before, before | {"external_id": wanted[0]}, account)
        return Cause(
            word, self._link("trust"), SOURCE, hop.who.account_id, message,
            statement=self._statement(miss.statement), mend=text, commands=commands, changes=changes,
        )  # fmt: skip

    def _mfa(self, ref: StatementRef, account: str) -> Cause:
        who, hop = self.judged.stage.who, self.hop
        message, text = words.mfa(who, hop)
        changes: tuple[Change, ...] = ()
        commands: tuple[str, ...] = ()
        if hop is not None and who.keys_only and hop.mfa_devices:
            before = {"role_arn": hop.role_arn, "mfa_serial": hop.mfa_serial}
            changes, commands = mend.settings(hop.profile, before, before | {"mfa_serial": hop.mfa_devices[0]}, account)
        return Cause(
            "mfa-missing", self._link(ref.policy), self.evidence.side_of(who.account_id), who.account_id, message,
            statement=self._statement(ref), mend=text, commands=commands, changes=changes,
        )  # fmt: skip

    def _limit(self, missing: Missing) -> Cause:
        word = _LIMITS[missing.policy]
        account = missing.account or ""
        changes = mend.grant(self.drafts, self.judged, "boundary") if missing.policy == "boundary" else ()
        message, text = words.limit(word, self.judged)
        side = ORGANIZATION if missing.policy in {"scps", "rcps"} else self.evidence.side_of(account)
        return Cause(word, self.links.layers, side, account, message, mend=text, changes=changes)

    def _restricted(self) -> Cause:
        paper = next(one for one in self.judged.stage.papers if one.kind == "resource")
        places = public_statements(paper.document)
        message, text = words.restricted(self.judged.stage, places)
        changes = mend.unpublic(self.drafts, self.judged)
        raw = paper.document.get("Statement", [])
        first = (raw if isinstance(raw, list) else [raw])[places[0]] if places else {}
        statement = Statement(paper.name, paper.on, places[0], first.get("Sid"), "Allow") if places else None
        return Cause(
            "public-policy-restricted", self.links.resource, DESTINATION, self.judged.stage.owner, message,
            statement=statement, mend=text, changes=changes,
        )  # fmt: skip

    def _deny(self, ref: StatementRef) -> Cause:
        """Say which statement denies; one that looks at the network, TLS or the organisation is a guard."""
        statement, account = self.judged.statement(ref), ref.account or ""
        word = next((_GUARDS[key] for key in keys_of(statement) if key in _GUARDS), "explicit-deny")
        if word == "mfa-missing":
            return self._mfa(ref, account)
        is_guard = word != "explicit-deny" and ref.policy == "resource"
        link = "guards" if is_guard else self.links.layers if ref.policy in _LIMITS else self._link(ref.policy)
        changes = () if word == "tls-guard" else mend.exempt(self.drafts, self.judged, ref)
        message, text = words.deny(word, self.judged, ref)
        command = upload(self.evidence, self.judged) if word == "explicit-deny" else ""
        if changes and changes[0].after is None:
            text = words.taken_away(changes[0])
        why, narrower = always_denies(self.judged, ref)
        message, text = (" ".join(filter(None, pair)) for pair in ((message, why), (text, narrower)))
        if command:
            text = upload_said(command, text if changes else "")
            account = self.judged.stage.who.account_id
        side = ORGANIZATION if ref.policy in {"scps", "rcps"} else self.evidence.side_of(account)
        if word == "tls-guard" or command:
            side = HERE
        return Cause(
            word if is_guard or ref.policy == "resource" else "explicit-deny", link, side, account, message,
            statement=self._statement(ref), mend=text, commands=(command,) if command else (), changes=changes,
        )  # fmt: skip

    def _cause(self, word: str, policy: str, account: str, miss: NearMiss | None, changes: tuple[Change, ...]) -> Cause:
        message, text = words.lacking(word, policy, self.judged, miss, self.evidence)
        text = " ".join(filter(None, (text, words.narrow(self.judged.stage) if changes else "")))
        return Cause(
            word, self._link(policy), self.evidence.side_of(account), account, message,
            statement=self._statement(miss.statement) if miss else None, mend=text, changes=changes,
        )  # fmt: skip

    def _link(self, policy: str) -> str:
        return self.links.identity if policy == "identity" else self.links.resource

    def _statement(self, ref: StatementRef) -> Statement | None:
        paper = self.judged.paper(ref)
        return Statement(paper.name, paper.on, ref.index, ref.sid, ref.effect) if paper else None


def _is_behind(word: str, miss: NearMiss) -> bool:
    """Whether a near miss is what a cause is about, and so worth showing beside it."""
    element = {"principal-recreated": "Principal", "prefix-mismatch": "Resource"}.get(word)
    return miss.but_for == element if element else miss.but_for in {"Action", "Principal"}
