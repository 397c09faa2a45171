"""A verification in words, for every front end: who called, each call, the path, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path import SIGNS, WORDS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.verify.result import Tried, Verification


def text_of(found: Verification) -> Iterator[str]:
    """Yield the lines of a verification for people: who called, each call, the path, the verdict."""
    yield _("Profile: {profile} · {why}").format(profile=found.profile, why=found.why)
    yield _("Caller: {caller}").format(caller=found.caller or _("not known"))
    if found.others:
        yield _("Not tried as: {others}").format(others=", ".join(found.others))
    for title, expected in ((_("Must be possible"), "allowed"), (_("Must not be possible"), "denied")):
        mine = [one for one in found.tried if one.expected == expected]
        if mine:
            yield f"\n== {title}"
            yield from _calls(mine)
    yield f"\n== {_('Access path')}"
    for hop in found.path.hops:
        yield f"{hop.start.label} ({hop.start.account_id}) → {hop.end.label} ({hop.end.account_id})"
        for one in hop.links:
            state = f"{SIGNS[one.state]} {_(WORDS[one.state])}"
            yield f"  {state}: {one.link.what} ({one.link.account_id})"
            if one.evidence:
                yield f"      {one.evidence}"
    if found.left_behind:
        yield f"\n== {_('Left behind')}"
        yield from found.left_behind
    yield f"\n{_verdict(found)}"


def _verdict(found: Verification) -> str:
    if found.failed:
        return _("The access doesn't work as the setup says: see the lines with ✗.")
    if not found.holds:
        return _("Nothing was proved: see why above.")
    if any(one.verdict.value == "not-tried" for one in found.tried):
        return _("The access works, as far as it was tried.")
    return _("The access works.")


def _calls(tried: list[Tried]) -> Iterator[str]:
    """Yield the calls one by one; those that weren't tried for one reason stand together."""
    from wizard.aws.verify.result import VERDICT_SIGNS, VERDICT_WORDS, Verdict

    reasons: dict[str, list[str]] = {}
    for one in tried:
        if one.verdict is Verdict.NOT_TRIED and not one.said:
            reasons.setdefault(one.reading, []).append(one.action)
            continue
        expected_refusal = one.expected == "denied" and one.verdict is Verdict.HOLDS
        word = _("refused") if expected_refusal else _(VERDICT_WORDS[one.verdict])
        call = one.call if one.call and one.call != one.action.partition(":")[2] else ""
        yield f"{VERDICT_SIGNS[one.verdict]} {word}: {one.action}{f' ({call})' if call else ''}  {one.target}"
        if one.said and not expected_refusal:
            yield f"      {one.said}"
        if one.reading:
            yield f"      {one.reading}"
    for why, actions in reasons.items():
        sign, word = VERDICT_SIGNS[Verdict.NOT_TRIED], _(VERDICT_WORDS[Verdict.NOT_TRIED])
        yield f"{sign} {word}: {', '.join(dict.fromkeys(actions))}"
        yield f"      {why}"
