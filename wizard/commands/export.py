"""`export FILE --format F -o DIR`: files to hand over. What is there is shown as a difference, and kept unless told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.answers.file import read
from wizard.commands import confirm
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.export.answers import handed
from wizard.export.formats import notes
from wizard.export.write import look, write
from wizard.plan import plan
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from wizard.export.write import Target

REFUSED = 2


def run(options: argparse.Namespace) -> Result:
    """Render and write the files; other content that is there is replaced only after a yes."""
    if not options.output:  # "$DIR" of a script that never set it: not this folder
        raise BadInputError(_("The folder's name is empty."), where="-o", mend=_("Name a folder; a dot is this one."))
    answers = read(Path(options.file))
    made = plan(answers.setup)
    files = handed(made, options.format, options.side or "")
    if not files:
        raise BadInputError(
            _("There is nothing in this setup that {format} could make of this side.").format(format=options.format),
            where=options.file,
            mend=_("The runbook says what is to be done by hand: --format runbook."),
        )
    said = (*answers.notes, *notes(made, options.format, options.side or "", files))
    targets = look(Path(options.output), files)
    replaced = [target for target in targets if target.replaces]
    if options.dry_run:
        return Result(_shown(targets), _data(targets, ()), said)
    if replaced and not options.yes:
        if not confirm.has_terminal():
            refusal = _("Nothing was written. Files there with other content: {count}. Give --yes to replace them.")
            return Result(_shown(targets), _data(targets, ()), (*said, refusal.format(count=len(replaced))), REFUSED)
        confirm.show(_shown(targets))
        confirm.confirm(_("Replace the files that differ ({count})?").format(count=len(replaced)))
    elif replaced:
        confirm.show(_shown(targets))
    written = write(targets)
    lines = [_("Written: {file}").format(file=path) for path in written]
    same = len(targets) - len(written)
    if same:
        lines.append(_("Already there, just like this: {count}").format(count=same))
    return Result("\n".join(lines), _data(targets, written), said)


def _shown(targets: Sequence[Target]) -> str:
    parts = [target.diff for target in targets if target.replaces]
    parts += [_("New: {file}").format(file=target.path) for target in targets if target.before is None]
    return "\n".join(parts) or _("Nothing to change: the files are there already, just like this.")


def _data(targets: Sequence[Target], written: Sequence[Path]) -> dict[str, Any]:
    return {
        "files": [
            {
                "file": str(target.path),
                "written": target.path in written,
                "diff": target.diff if target.replaces else "",
            }
            for target in targets
        ]
    }
