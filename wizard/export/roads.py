"""The ways on for a fleet that AWS's limits stop: what each is, what it means, and the README that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.export.access_points import QUOTA, AccessPoints
from wizard.export.files import ExportFile
from wizard.export.limits import excesses, too_large
from wizard.export.organization import PLACEHOLDER, opened
from wizard.export.runbook.markdown import escaped
from wizard.plan.made import problems
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.plan import Plan

ORGANIZATION, ACCESS_POINTS = "organization", "access-points"
_WITHOUT_LOOPS = ("terraform", "cloudformation", "json", "runbook")


@dataclass(frozen=True, slots=True)
class Road:
    """A way on. `name`: its folder; `plan`: what it makes in place of the setup's plan; `means`: what follows."""

    name: str
    title: str
    plan: Plan
    means: tuple[str, ...]
    points: AccessPoints | None = None

    def takes(self, export_format: str) -> bool:
        """Whether a format can go this way: hundreds of access points are no work for a script's loop."""
        return self.points is None or export_format in _WITHOUT_LOOPS


def roads(plan: Plan) -> tuple[Road, ...]:
    """Return the ways on, none where nothing is too large because of the number of source accounts."""
    over = {one.document_id for one in excesses(plan) if one.by_accounts and one.each}
    if not over:
        return ()
    by_organization, whole = opened(plan, over)
    ways = [_organization(by_organization, whole=whole)]
    if "bucket" in over:
        points = AccessPoints(plan.setup)
        base = opened(plan, {"key"})[0] if "key" in over else plan
        ways.append(_access_points(points.plan(base), points, key_opened="key" in over))
    return tuple(_with_warnings(way) for way in ways if not any(one.by_accounts for one in excesses(way.plan)))


def refusal(plan: Plan) -> BadInputError:
    """Return the refusal of a format that no way on takes."""
    return BadInputError(
        _("No script is made of a fleet that AWS's limits stop."),
        why=" ".join(too_large(plan)),
        mend=_("Export terraform or cloudformation: they make the ways on, by the organization or by access points."),
    )


def _with_warnings(way: Road) -> Road:
    plan = way.plan
    said = (way.title, *way.means, *plan.warnings)
    return replace(way, plan=replace(plan, problems=problems(plan.documents), warnings=said))


def _organization(plan: Plan, *, whole: bool) -> Road:
    setup = plan.setup
    known = setup.guards.organization_id
    means = [
        _(
            "The documents name * in place of every account, with aws:PrincipalOrgID; as its value is fixed, "
            "Block Public Access doesn't take them for public."
        )
    ]
    if whole and setup.source.whole_account:
        means.append(
            _("It lets more in than was asked for: every account of the organization, also one that joins it later.")
        )
    elif whole:
        means.append(
            _(
                "It lets more in than was asked for: callers of these names in every account of the organization, "
                "also in one that joins it later: {names}."
            ).format(names=", ".join(str(principal) for principal in setup.source.principals))
        )
    else:
        means.append(
            _(
                "It lets nobody in who wasn't asked for: "
                "the accounts stay named, by aws:PrincipalAccount (15 bytes each)."
            )
        )
    means.append(
        _("An account that isn't in the organization, or leaves it, is out. Nothing here looked whether all are in it.")
    )
    if not known:
        means.append(
            _(
                "The organization's id isn't in the answers: Terraform, CloudFormation and the script ask for it "
                "(aws organizations describe-organization). In JSON and the runbook {placeholder} stands for it, "
                "and lets nobody in until it is replaced."
            ).format(placeholder=PLACEHOLDER)
        )
    return Road(
        ORGANIZATION, _("By the organization: one condition in place of the list of accounts."), plan, tuple(means)
    )


def _access_points(plan: Plan, points: AccessPoints, *, key_opened: bool) -> Road:
    setup = plan.setup
    means = [_arithmetic(points, region, count) for region, count in points.by_region().items()]
    means += [
        _("It lets nobody in who wasn't asked for: each access point names the callers of one account."),
        _(
            "Callers write the access point's ARN or alias in place of the bucket's name: s3://{arn}/… "
            "By the bucket's own name they are denied."
        ).format(arn=points.arn(setup.bucket.region, points.name(setup.source.account_ids[0], setup.bucket))),
        _(
            "Whoever may make access points of these names in {account}, or change their policies, decides who comes "
            "in: keep s3:CreateAccessPoint and s3:PutAccessPointPolicy to few."
        ).format(account=setup.destination_account),
        _(
            "That AWS asks both policies, the access point's and the bucket's, is what it documents: here each was "
            "evaluated by itself, and the practice accounts know no access points. Try it with one account first."
        ),
    ]
    left = points.left_out()
    if left:
        means.append(_("No access point takes these actions: {actions}.").format(actions=", ".join(left)))
    if key_opened:
        means.append(
            _(
                "The key policy asks for the organization, because access points don't shorten it; "
                "one KMS grant a consumer would do too."
            )
        )
    return Road(
        ACCESS_POINTS,
        _("By access points: one for each consumer and bucket, to which the bucket policy delegates."),
        plan,
        tuple(means),
        points,
    )


def _arithmetic(points: AccessPoints, region: str, count: int) -> str:
    accounts = len(points.setup.source.account_ids)
    said = _(
        "{accounts} accounts × {buckets} buckets = {count} access points in {region}; AWS takes {quota} unless raised."
    )
    line = said.format(
        accounts=f"{accounts:,}",
        buckets=f"{count // accounts:,}",
        count=f"{count:,}",
        region=region,
        quota=f"{QUOTA:,}",
    )
    if count <= QUOTA:
        return line
    return f"{line} {_('Ask for a higher quota first, or take fewer buckets.')}"


def readme(plan: Plan, ways: Sequence[Road], export_format: str) -> ExportFile:
    """Return the README of an export that has ways on in place of what was asked for."""
    return ExportFile("README.md", "\n".join(_lines(plan, ways, export_format)) + "\n")


def _lines(plan: Plan, ways: Sequence[Road], export_format: str) -> Iterator[str]:
    yield f"# {_('Cross-account S3 access: {name}').format(name=plan.setup.name)}"
    yield ""
    yield _("AWS's limits stop the documents of this setup, so none of them was written:")
    yield ""
    yield from (f"- {escaped(line)}" for line in too_large(plan))
    yield ""
    yield _("These ways on can be applied as they are. Take one of them, for all accounts:")
    for way in ways:
        yield ""
        yield f"## {way.name}/"
        yield ""
        yield way.title
        yield ""
        yield from (f"- {escaped(line)}" for line in way.means)
        if not way.takes(export_format):
            yield f"- {_('Not made by this format: export terraform, cloudformation, json or runbook.')}"
