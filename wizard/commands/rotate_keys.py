"""`rotate-keys NAME`: a new access key for a profile of an IAM user, and the old one taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.commands import confirm
from wizard.commands.result import Result
from wizard.errors import CancelledError
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from wizard.aws.rotate.facts import KeyFacts
    from wizard.aws.rotate.look import Rotation
    from wizard.aws.rotate.run import Rotated
    from wizard.aws.watch import Watch

REFUSED = 2


def run(options: argparse.Namespace) -> Result:
    """Rotate the key of a profile: the steps are shown first, then asked about; deleting is asked about again."""
    from wizard.aws.rotate.look import look
    from wizard.commands.progress import watching

    rotation = look(
        options.name,
        administrator=options.destination_profile or "",
        endpoint_url=options.endpoint_url or "",
    )
    steps = "\n".join(_steps(rotation, delete_other=options.delete_other))
    notes = _warnings(rotation)
    if options.dry_run:
        _require_room(rotation, delete_other=options.delete_other)
        return Result(steps, _data(rotation), notes)
    if not options.yes and not confirm.has_terminal():
        refusal = _("Nothing was changed: there is no terminal to ask in. Give --yes to rotate the key.")
        return Result(steps, _data(rotation), (*notes, refusal), REFUSED)
    confirm.show("\n".join((steps, *notes)))
    delete_other = _choose(rotation, options)
    if not options.yes:
        confirm.confirm(_("Rotate the key of {profile}?").format(profile=rotation.profile))
    with watching() as watch:
        done = _rotate(rotation, _deleting(rotation, yes=options.yes), watch, delete_other=delete_other)
    return _result(rotation, done)


def _rotate(rotation: Rotation, may_delete: Callable[[KeyFacts], str], watch: Watch, *, delete_other: bool) -> Rotated:
    from wizard.aws.rotate.run import rotate
    from wizard.aws.watch import StoppedError

    try:
        return rotate(rotation, watch, may_delete=may_delete, delete_other=delete_other, tell=confirm.show)
    except (KeyboardInterrupt, StoppedError):
        said = _("Run rotate-keys {profile} again: it goes on where it stopped.")
        raise CancelledError(_("Stopped."), mend=said.format(profile=rotation.profile)) from None


def _deleting(rotation: Rotation, *, yes: bool) -> Callable[[KeyFacts], str]:
    """Return how it is decided whether the old key is deleted: by looking at its last use, and asking."""

    def may_delete(old: KeyFacts) -> str:
        confirm.show(old.shown)
        if old.used_by_others_since(rotation.since):
            used = _("Something used {id} after the new key was written.").format(id=old.id)
            confirm.show(used)
            if yes:
                return used
        if yes:
            return ""
        try:
            confirm.confirm(_("Delete {id} for good? It is inactive already.").format(id=old.id))
        except CancelledError:
            return _("you kept it")  # everything else is done: that is no reason to end with an error
        return ""

    return may_delete


def _choose(rotation: Rotation, options: argparse.Namespace) -> bool:
    """With two keys there already: ask which way, or say that somebody must choose."""
    if rotation.other is None:
        return False
    if options.delete_other:
        return True
    if options.yes or not confirm.has_terminal():
        _require_room(rotation, delete_other=False)
    answer = confirm.choose(
        _("The user has two keys already. Delete the other one, {id}, to make room?").format(id=rotation.other.id),
        {"d": _("delete it"), "s": _("stop")},
        default="s",
    )
    if answer == "s":
        raise confirm.cancelled()
    return True


def _require_room(rotation: Rotation, *, delete_other: bool) -> None:
    from wizard.aws.rotate.run import two_keys

    if rotation.other is not None and not delete_other:
        raise two_keys(rotation, rotation.other)


def _steps(rotation: Rotation, *, delete_other: bool) -> list[str]:
    """Return what will happen, step by step."""
    out = [_("Access keys of {user}:").format(user=rotation.user_arn)]
    out += [f"  {one.shown}" for one in rotation.found]
    steps = []
    if rotation.new:
        steps.append(_("go on with an earlier rotation: {new} stands in {place} already, see it work"))
    else:
        steps += [_("delete {other}, to make room")] if rotation.other is not None and delete_other else []
        steps += [_("make a new access key"), _("write it to {place}"), _("see it work")]
    steps += [_("deactivate {old}"), _("delete {old}, after a look at its last use and a question")]
    other = rotation.other.id if rotation.other else ""
    values = {"new": rotation.new, "old": rotation.old, "place": rotation.place, "other": other}
    out.append(_("Steps, called as {profile}:").format(profile=rotation.administrator.profile))
    out += [f"  {number}. {step.format(**values)}" for number, step in enumerate(steps, 1)]
    return out


def _warnings(rotation: Rotation) -> tuple[str, ...]:
    if not rotation.sharing:
        return ()
    said = _("Warning: these profiles hold the key {old} as well, and will stop working: {profiles}.")
    return (said.format(old=rotation.old, profiles=", ".join(rotation.sharing)),)


def _result(rotation: Rotation, done: Rotated) -> Result:
    lines = [_("The profile {profile} has the new access key {new}.").format(profile=done.profile, new=done.new)]
    if done.deleted:
        lines.append(_("The old key {old} is deleted.").format(old=done.old))
    else:
        said = _("The old key {old} is inactive and still there: {why}. rotate-keys {profile} deletes it later.")
        lines.append(said.format(old=done.old, why=done.why.rstrip("."), profile=done.profile))
    data = {**_data(rotation), "new_key": done.new, "old_key_deleted": done.deleted}
    return Result("\n".join(lines), data, done.notes)


def _data(rotation: Rotation) -> dict[str, Any]:
    return {
        "profile": rotation.profile,
        "user": rotation.user_arn,
        "old_key": rotation.old,
        "new_key": rotation.new or None,
        "keys": [{"id": one.id, "active": one.active} for one in rotation.found],
        "resumed": rotation.resumed,
    }
