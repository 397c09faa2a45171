"""One document is of one partition: no access goes from one to another, and AWS refuses a mixed document.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from wizard.policy.checks.arns import PARTITIONS, parse, partition_of
from wizard.policy.checks.keys import key_type
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.policy.checks.case import Case, Test
    from wizard.policy.checks.node import Node

_CHINA = ".amazonaws.com.cn"


class _Place(NamedTuple):
    """A value that is of one partition, and what it would be in another one."""

    node: Node
    partition: str
    is_resource: bool

    def within(self, partition: str) -> str | None:
        if not self.node.value.startswith("arn:"):
            return self.node.value.removesuffix(".cn")
        arn = parse(self.node.value)
        return str(arn._replace(partition=partition)) if arn else None


def check_partitions(case: Case) -> None:
    """Find what is of another partition than the rest of the document, or than the setup."""
    if "arn:aws-" not in case.sheet.text and _CHINA not in case.sheet.text:
        return
    context = case.context
    known = context.partition or (partition_of(context.region) if context.region else "")
    places = list(_places(case))
    wanted = known or _wanted(places)
    for place in places:
        if wanted not in ("", place.partition):
            _report(case, place, wanted)
    if wanted and not known:
        _check_tests(case, wanted)


def _places(case: Case) -> Iterator[_Place]:
    for statement in case.statements:
        for node in statement.strings("Resource", "NotResource"):
            if partition := _partition(case, node):
                yield _Place(node, partition, is_resource=True)
        for kind, node in statement.principals() if not case.attached else ():
            if kind == "Service" and node.value.endswith(_CHINA) and case.is_sound(node):
                yield _Place(node, "aws-cn", is_resource=False)
            elif partition := _partition(case, node):
                yield _Place(node, partition, is_resource=False)


def _partition(case: Case, node: Node) -> str:
    arn = parse(node.value)
    return arn.partition if arn and arn.partition in PARTITIONS and case.is_sound(node) else ""


def _wanted(places: list[_Place]) -> str:
    """Return the partition that is meant: that of the resources; of as many, not `aws`, which is copied most easily."""
    counts = Counter(place.partition for place in places if place.is_resource)
    counts = counts or Counter(place.partition for place in places)
    return max(counts, key=lambda name: (counts[name], name != "aws"), default="")


def _report(case: Case, place: _Place, wanted: str) -> None:
    message = _(
        "This is of the partition {partition}, the rest of {wanted}: no access goes across, and AWS refuses it."
    )
    text = message.format(partition=place.partition, wanted=wanted)
    case.give_up(place.node)
    case.sheet.about("wrong-partition", place.node, text, suggestion=place.within(wanted))


def _check_tests(case: Case, wanted: str) -> None:
    """Find conditions all of whose ARNs are of another partition (a list for several partitions is sound)."""
    for statement in case.statements:
        for test in statement.tests:
            partitions = _of_test(case, test)
            if partitions and wanted not in partitions:
                node = test.values[0]
                _report(case, _Place(node, _partition(case, node), is_resource=False), wanted)


def _of_test(case: Case, test: Test) -> set[str]:
    found = key_type(test.key.key)
    if found is None or found.type != "ARN" or test.operator.family == "Null":
        return set()
    partitions = {_partition(case, node) for node in test.values}
    return set() if "" in partitions else partitions
