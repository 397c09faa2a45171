"""`diagnose s3://BUCKET/KEY`: why is it denied, whose step is it, and which change mends it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from wizard.commands import confirm
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.names import buckets
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.aws.diagnose.result import Diagnosis
    from wizard.aws.diagnose.run import Ask
    from wizard.aws.watch import Watch

BROKEN, NOT_KNOWN = 1, 2
_TARGET = re.compile(r"(?:s3://|arn:aws[a-z-]*:s3:::)(?P<bucket>[^/]+)/?(?P<key>.*)", re.DOTALL)


def run(options: argparse.Namespace) -> Result:
    """Diagnose, and with `--apply` mend it; progress goes to standard error, and none of it with `--json`.

    The exit status is 0 where the call works (or, not made, is allowed by what was read), 1 where a link doesn't
    hold, 2 where nothing could be told. After `--apply` it is that of how the call fares then.
    """
    bucket, key = target_of(options.target)
    from wizard.commands.progress import watching

    with watching() as watch:
        ask = _ask(options, bucket, key, watch)
        if options.apply:
            from wizard.commands import diagnose_apply

            return diagnose_apply.run(options, ask, watch)
        from wizard.aws.diagnose import run as aws
        from wizard.aws.diagnose.told import text_of

        found = aws.diagnose(ask)
    return Result("\n".join(text_of(found)), found.to_json(), (), status_of(found))


def _ask(options: argparse.Namespace, bucket: str, key: str, watch: Watch) -> Ask:
    from wizard.aws.diagnose.run import Ask

    return Ask(
        bucket,
        key,
        profile=options.profile or "",
        destination_profile=options.destination_profile or "",
        source_profile=options.source_profile or "",
        action=options.action or "",
        region=options.region or "",
        endpoint_url=options.endpoint_url or "",
        ask_mfa=confirm.ask if confirm.has_terminal() else None,
        tell=_silent if options.json or not sys.stderr.isatty() else _show,
        stop=lambda: watch.stopping,
    )


def target_of(text: str) -> tuple[str, str]:
    """Read `s3://BUCKET/KEY` or an object's ARN; an empty key, or one that ends with `/`, is a listing."""
    found = _TARGET.fullmatch(text)
    if found is None:
        raise BadInputError(
            _("{text} names no bucket.").format(text=text or "''"),
            why=_("It is written as s3://BUCKET/KEY, or s3://BUCKET/PREFIX/ for a listing."),
        )
    return buckets.bucket_name(found["bucket"]).value, found["key"]


def status_of(found: Diagnosis) -> int:
    """Return the exit status."""
    if found.works is True:
        return 0
    return BROKEN if found.works is False else NOT_KNOWN


def _silent(_what: str) -> None:
    """Show nothing."""


def _show(what: str) -> None:
    confirm.show(_("Looking at: {what}").format(what=what))
