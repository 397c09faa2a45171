"""What a runbook says: the facts, the picture, each side's steps in order, how to try it and to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path import planned
from wizard.export.limits import too_large
from wizard.export.runbook.page import Copyable, Facts, Listing, Page, Paragraph, Part, Picture, Section
from wizard.export.runbook.steps import Steps
from wizard.methods.parts import command
from wizard.text import _, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.export.access_points import AccessPoints
    from wizard.export.handover import Handover
    from wizard.setup import Setup

_NAMED = 5


def content(handover: Handover) -> Page:
    """Return the runbook of a hand-over, in the language in use."""
    plan = handover.plan
    path = planned(plan.setup)
    access = (
        Picture(path),
        Listing(_("Possible"), path.possible),
        Listing(_("Stays out"), path.stays_out),
        Listing(_("Not seen by this plan: they can still deny"), path.unseen),
    )
    steps = Steps(handover)
    sections = [
        Section("overview", _("Overview"), (Facts(_facts(handover)), *_warned(handover))),
        Section("access-path", _("Access path"), access),
        *(_side(handover, steps, side) for side in handover.sides if handover.of(side)),
        *((_points(handover.points),) if handover.points and "destination" in handover.sides else ()),
        Section("try", _("Try it"), _trying(handover)),
        Section("undo", _("Take it back"), _undoing(handover, steps)),
    ]
    return Page(
        language(),
        _("Cross-account S3 access: {name}").format(name=handover.name),
        _("Who does what, in which order. The steps are numbered over both sides: do them in that order."),
        tuple(sections),
    )


def _facts(handover: Handover) -> tuple[tuple[str, str], ...]:
    plan, setup = handover.plan, handover.plan.setup
    return (
        (_("Method"), _(plan.method.title)),
        (_("Source account"), _few(setup.source.account_ids)),
        (_("Callers"), _callers(setup)),
        (_("Destination account"), setup.destination_account),
        (_("Bucket"), _few([f"s3://{bucket.name}/{bucket.prefix} ({bucket.region})" for bucket in setup.buckets])),
        (_("Access"), _access(setup)),
    )


def _few(values: Sequence[str]) -> str:
    shown = ", ".join(values[:_NAMED])
    rest = len(values) - _NAMED
    return shown if rest <= 0 else _("{some} and {count} more").format(some=shown, count=rest)


def _callers(setup: Setup) -> str:
    if setup.source.whole_account:
        return _("whole account")
    return _few([str(principal) for principal in setup.source.principals]) or _("holder of the access key")


def _access(setup: Setup) -> str:
    return ", ".join(setup.access.actions) if setup.access.level == "custom" else setup.access.level


def _warned(handover: Handover) -> tuple[Part, ...]:
    return tuple(Paragraph(text, "warning") for text in (*too_large(handover.plan), *handover.plan.warnings))


def _side(handover: Handover, steps: Steps, side: str) -> Section:
    accounts = handover.accounts(side)
    titles = {
        "source": _("Source account: {accounts}"),
        "destination": _("Destination account: {accounts}"),
        "key-owner": _("The key's owner: {accounts}"),
    }
    first: tuple[Part, ...] = ()
    if len(accounts) > 1:
        lead = _("In each of these {count} accounts").format(count=len(accounts))
        first = (Listing(lead, (", ".join(accounts),)),)
    title = titles[side].format(accounts=_few(accounts))
    return Section(side, title, (*first, *steps.of(side)))


def _points(points: AccessPoints) -> Section:
    """Return how the access points are made: those of the first consumer, whose commands hold for every other."""
    setup = points.setup
    account = setup.source.account_ids[0]
    said = _(
        "In the destination account, for each consumer and bucket. These are the ones of {account}: "
        "for another consumer put its account id in their place (access-points.json of the export json has all)."
    )
    parts: list[Part] = [Paragraph(said.format(account=account))]
    for bucket in setup.buckets[:_NAMED]:
        name = points.name(account, bucket)
        owner = ("--account-id", setup.destination_account, "--name", name, "--region", bucket.region)
        lines = [
            command("s3control", "create-access-point", *owner, "--bucket", bucket.name),
            command("s3control", "put-access-point-policy", *owner, "--policy", f"file://{name}.json"),
        ]
        parts.append(Copyable(f"{name}.json", points.policy(bucket, account, name).text(), "json"))
        parts.append(Copyable(_("In a shell"), "\n".join(lines), "shell"))
    return Section("access-points", _("Access points"), tuple(parts))


def _trying(handover: Handover) -> tuple[Part, ...]:
    plan = handover.plan
    parts: list[Part] = []
    if plan.profile:
        from wizard.export.documents import profile

        parts.append(Paragraph(_("Whoever connects adds this profile to the AWS config file (~/.aws/config).")))
        if plan.profile.needs_keys:
            said = _("The access key goes into the credentials file: s3-crossaccount profile write ANSWERS --keys FILE")
            parts.append(Paragraph(said, "note"))
        title = _("Profile {name}").format(name=plan.profile.name)
        parts.append(Copyable(title, profile(handover).text, "ini"))
    parts += [Copyable(trial.answer, trial.command, "shell") for trial in plan.trials]
    if plan.snippet:
        parts.append(Copyable(_("Without a profile, in a shell"), plan.snippet, "shell"))
    parts.append(Paragraph(_(plan.method.copying), "note"))
    return tuple(parts)


def _undoing(handover: Handover, steps: Steps) -> tuple[Part, ...]:
    said = _(
        "Take the steps back from the last one to the first: the guards go first, and nobody is locked out meanwhile."
    )
    back = [
        f"{number}. {change.what} → {change.put_back}"
        for side in handover.sides
        for number, change in steps.numbered(side)
    ]
    by_number = sorted(back, key=lambda line: -int(line.partition(".")[0]))
    script = _("Or by the scripts of the shell export: bash {script} undo").format(
        script=", ".join(f"{handover.name}-{side}.sh" for side in handover.sides if handover.of(side))
    )
    return (Paragraph(said), Listing("", tuple(by_number)), Paragraph(script, "note"))
