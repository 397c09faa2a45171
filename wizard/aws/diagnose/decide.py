"""Decides why a call is denied: a pure function of the evidence, the causes in the order of the path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.aws.diagnose import credentials, facts
from wizard.aws.diagnose.call import LIST, is_about_credentials, kms_actions, needs_object
from wizard.aws.diagnose.cases import assume_stage, kms_stage, s3_stage
from wizard.aws.diagnose.denied import Denied
from wizard.aws.diagnose.excluded import action_named, excluded
from wizard.aws.diagnose.judged import Judged, judge
from wizard.aws.diagnose.mend import Drafts
from wizard.aws.diagnose.path import hop_links, last_links, order, path, unseen
from wizard.aws.diagnose.result import NO_POLICY, Cause, Diagnosis
from wizard.aws.diagnose.roles import warned
from wizard.aws.errors import DENIED
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.aws.diagnose.denied import Links
    from wizard.aws.diagnose.evidence import Assuming, Evidence, Paper, Who
    from wizard.aws.diagnose.judged import Stage
    from wizard.aws.diagnose.result import Change
    from wizard.aws.verify.reading import Answer

_ROUNDS = 3
_BESIDES = ("sts:TagSession", "sts:SetSourceIdentity")


def decide(evidence: Evidence) -> Diagnosis:
    """Return the diagnosis: what AWS's answer says by itself, then what the policies say that were read.

    A link that AWS let the call pass is not looked at again: what was read may be older than what holds.
    """
    decision = _Decision(evidence)
    decision.begin()
    for place, hop in enumerate(evidence.assuming):
        decision.switch(place, hop)
    if evidence.who is not None:
        decision.last(evidence.who)
    return decision.result()


class _Decision:
    """One decision while it is made."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._drafts = Drafts(evidence)
        self._causes: list[Cause] = []
        self._judged: list[Judged] = []
        self._denied: list[tuple[Judged, list[Cause]]] = []

    def begin(self) -> None:
        """Look at the first credentials."""
        evidence = self._evidence
        self._causes += credentials.start(evidence, evidence.start.answer, evidence.start.profile)

    def switch(self, place: int, hop: Assuming) -> None:
        """Look at one AssumeRole, unless AWS made it."""
        links = hop_links(place)
        named = action_named(hop.answer)
        judged = self._judge(assume_stage(self._evidence, hop, named if named in _BESIDES else "sts:AssumeRole"))
        if hop.passed:
            return
        told = list(facts.switch(self._evidence, hop, links.resource))
        self._causes += told
        if hop.role_exists is False or is_about_credentials(hop.answer):
            return
        if judged.denied:
            self._deny(judged, links, hop)
        elif hop.answer is not None and not told:
            self._causes += excluded(self._evidence, judged, hop.answer, links, self._drafts)

    def last(self, who: Who) -> None:
        """Look at the S3 call: the bucket and object first, then the policies, the key's last."""
        evidence, call = self._evidence, self._evidence.call
        if call is not None and call.passed:
            return
        answer = call.answer if call is not None else None
        if is_about_credentials(answer):
            self._causes += credentials.start(evidence, answer, evidence.start.profile)
            return
        told = list(facts.bucket_and_object(evidence))
        self._causes += told
        if any(cause.link == "network" or cause.kind in {"bucket-missing", "bucket-name-typo"} for cause in told):
            return
        judged = self._judge(s3_stage(evidence, who))
        links = last_links(evidence, "bucket")
        if judged.denied:
            self._deny(judged, links)
        keys = self._keys(who, answer)
        if needs_object(evidence.action):
            self._objects(who, judged, answer)
        if answer is not None and (answer.code in DENIED or answer.code.startswith("KMS.")):
            self._explain(judged, keys, answer, links)
        elif answer is not None and not self._causes:
            self._causes.append(_other(answer, links))

    def _explain(self, judged: Judged, keys: list[Judged], answer: Answer, links: Links) -> None:
        """Conclude by exclusion where nothing was found that explains the refusal."""
        if self._causes:
            return
        about_key = [one for one in keys if one.stage.action == action_named(answer)]
        if about_key:
            self._causes += excluded(
                self._evidence, about_key[0], answer, last_links(self._evidence, "key"), self._drafts
            )
        else:
            self._causes += excluded(self._evidence, judged, answer, links, self._drafts)

    def _keys(self, who: Who, answer: Answer | None) -> list[Judged]:
        """Look at what S3 asks of the KMS key; AWS's message may name an action more than the usual ones."""
        named = action_named(answer)
        actions = [*kms_actions(self._evidence.action), *([named] if named.startswith("kms:") else [])]
        stages = [kms_stage(self._evidence, who, action) for action in dict.fromkeys(actions)]
        judged = [self._judge(stage) for stage in stages if stage is not None]
        for one in judged:
            if one.denied:
                self._deny(one, last_links(self._evidence, "key"))
        return judged

    def _objects(self, who: Who, judged: Judged, answer: Answer | None) -> None:
        """Look at what only objects have: their owner, and that a missing one is a 403 to who may not list."""
        evidence = self._evidence
        refused = answer is not None and answer.code in DENIED
        if refused and judged.stage.who.account_id != evidence.destination_account:
            self._causes += facts.foreign_object(evidence)
        if not refused or evidence.thing.exists or (judged.denied and evidence.thing.exists is None):
            return
        if self._causes and evidence.thing.exists is None:
            return
        listing = judge(s3_stage(evidence, who, LIST))
        if not listing.denied or (evidence.thing.exists is None and not judged.allowed):
            return
        self._judged.append(listing)
        denied = Denied(evidence, listing, last_links(evidence, "bucket"), self._drafts).causes()
        said = _("{target}: without s3:ListBucket S3 answers 403 where there is no object, in place of 404.")
        changes = tuple(change for cause in denied for change in cause.changes)
        first = denied[0] if denied else None
        cause = Cause(
            "list-bucket-missing",
            "object",
            first.side if first else "destination",
            first.account_id if first else evidence.destination_account,
            " ".join((said.format(target=evidence.target), *(cause.message for cause in denied))),
            certain=evidence.thing.exists is False,
            statement=first.statement if first else None,
            mend=_("Allow s3:ListBucket too: then a missing object is told from a denied one."),
            changes=changes,
        )
        self._causes.append(cause)
        self._denied.append((listing, [cause]))

    def _judge(self, stage: Stage) -> Judged:
        judged = judge(stage)
        self._judged.append(judged)
        return judged

    def _deny(self, judged: Judged, links: Links, hop: Assuming | None = None) -> None:
        """Find the causes of a stage, and again with their changes made: what was behind them comes to light."""
        causes: list[Cause] = []
        now = judged
        for _round in range(_ROUNDS):
            found = Denied(self._evidence, now, links, self._drafts, hop).causes()
            known = {(cause.kind, cause.link, cause.side) for cause in causes}
            new = [one for one in found if not causes or (one.kind, one.link, one.side) not in known]
            causes += new
            now = judge(judged.stage, self._drafts.replaced, self._new_ones(judged.stage))
            if not new or not now.denied:
                break
        self._causes += causes
        self._denied.append((judged, causes))

    def result(self) -> Diagnosis:
        """Return the whole, the profile's faults first."""
        evidence, call = self._evidence, self._evidence.call
        passed = call is not None and call.passed and not self._causes
        if self._causes:
            others = credentials.wrong_profile(evidence, self._causes)
            self._causes += tuple(credentials.environment(evidence)) or tuple(others)
        whole = [replace(one, changes=_each_once(map(self._drafts.whole, one.changes))) for one in self._causes]
        causes = order(evidence, warned(evidence, _once(whole)))
        refused = next((hop.who for hop in evidence.assuming if not hop.passed), None)
        who = refused or evidence.who
        return Diagnosis(
            evidence.target,
            evidence.action,
            self._works(passed=passed),
            evidence.start.profile,
            who.arn if who else "",
            who.account_id if who else "",
            call,
            path(evidence, self._judged, causes, passed=passed),
            evidence.assuming,
            causes,
            self._mended(),
            () if passed or _decides_alone(evidence, causes) else unseen(evidence, self._judged),
            tuple(self._notes()),
        )

    def _works(self, *, passed: bool) -> bool | None:
        call = self._evidence.call
        if passed:
            return True
        if self._causes or (call is not None and call.made):
            return False
        # Not made, because it could destroy something: the policies alone tell.
        evaluated = bool(self._judged) and all(one.allowed for one in self._judged)
        cut_off = any(not hop.passed for hop in self._evidence.assuming)
        return True if evaluated and not cut_off else None

    def _mended(self) -> bool | None:
        """Evaluate again what was denied, with all changes; None where no policy was changed."""
        drafts = self._drafts
        stages = [
            _as_set(judged.stage, causes) for judged, causes in self._denied if any(_is_policy(one) for one in causes)
        ]
        if not stages:
            return None
        return all(judge(stage, drafts.replaced, self._new_ones(stage)).allowed for stage in stages)

    def _new_ones(self, stage: Stage) -> tuple[Paper, ...]:
        """Return the new policies that apply to a stage."""
        resources = {stage.resource, stage.resource.partition("/")[0]}
        mine = {stage.who.principal_arn} | resources
        return tuple(one for one in self._drafts.added.values() if one.on in mine)

    def _notes(self) -> list[str]:
        evidence, call = self._evidence, self._evidence.call
        out = []
        if call is not None and not call.made and call.why:
            out.append(call.why)
        out += [hop.why for hop in evidence.assuming if hop.why]
        caller = evidence.assuming[0].who if evidence.assuming else evidence.who
        if evidence.start.overriding and not evidence.start.profile and caller:
            said = _("The credentials come from {variables}: {who}.")
            out.append(said.format(variables=", ".join(evidence.start.overriding), who=caller.arn))
        return out


def _decides_alone(evidence: Evidence, causes: Iterable[Cause]) -> bool:
    """Whether something stops the call that is surely so whatever the policies say, the unseen ones too.

    A 403 where the object is missing, or its key disabled, has a reason of its own still, which may be unseen.
    """
    found = tuple(causes)
    answer = evidence.call.answer if evidence.call else None
    refused = answer is not None and answer.code in DENIED
    return any(
        cause.certain and cause.kind in NO_POLICY and not (refused and cause.link in {"object", "key"})
        for cause in found
    ) and not any(_is_policy(cause) for cause in found)


def _is_policy(cause: Cause) -> bool:
    return any(change.document not in {"profile", "ownership"} for change in cause.changes)


def _as_set(stage: Stage, causes: list[Cause]) -> Stage:
    """Return a stage as its request will be with the profile's lines changed."""
    lines = [
        line.partition(" = ")
        for cause in causes
        for change in cause.changes
        if change.document == "profile"
        for line in str(change.after).splitlines()
    ]
    given = {key: value for key, _equals, value in lines}
    keys = {"sts:ExternalId": given.get("external_id"), "sts:RoleSessionName": given.get("role_session_name")}
    keys |= {"aws:MultiFactorAuthPresent": "true" if given.get("mfa_serial") else None}
    return replace(stage, context={**stage.context, **{key: value for key, value in keys.items() if value}})


def _each_once(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple({(one.document, one.name, one.target): one for one in changes}.values())


def _once(causes: list[Cause]) -> list[Cause]:
    """Return the causes without those that say the same of the same link twice."""
    out: dict[tuple[str, str, str], Cause] = {}
    for cause in causes:
        out.setdefault((cause.kind, cause.link, cause.message), cause)
    return list(out.values())


def _other(answer: Answer, links: Links) -> Cause:
    said = _("AWS answered something else than a refusal: {said}").format(said=answer.said)
    return Cause("not-explained", links.resource, "here", "", said, certain=False)
