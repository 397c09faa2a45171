"""A fleet's buckets: the `[[buckets]]` tables of an answers file, by the rules of the single bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.answers.coerce import coerce
from wizard.errors import BadInputError
from wizard.methods.question import REQUIRED
from wizard.names.accounts import partition, printable
from wizard.names.understood import intention
from wizard.questions.catalogue import BY_KEY
from wizard.setup import Bucket
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET_KEYS = ("bucket.name", "bucket.region", "bucket.prefix", "bucket.kms_key_arn")
_FIELDS = tuple(key.removeprefix("bucket.") for key in BUCKET_KEYS)


def read_buckets(raw: Any, values: Mapping[str, Any]) -> tuple[Bucket, ...]:
    """Read `[[buckets]]`: each as `[bucket]`, all in one partition, no name twice. Raises BadInputError."""
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise BadInputError(_("buckets is a list of tables: each begins with [[buckets]]."))
    buckets = tuple(_one(number, table, values) for number, table in enumerate(raw, start=1))
    names = [bucket.name for bucket in buckets]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise BadInputError(_("The bucket {name} stands there twice.").format(name=twice))
    if len({partition(bucket.region) for bucket in buckets}) > 1:
        raise BadInputError(
            _("The buckets are in different partitions."),
            why=_("Access never crosses partitions."),
            mend=_("Write one answers file for each partition."),
        )
    return buckets


def _one(number: int, table: Mapping[str, Any], method: Mapping[str, Any]) -> Bucket:
    values: dict[str, Any] = dict(method)
    for name in table:
        if name not in _FIELDS:
            raise BadInputError(
                _("{key} is no key of an answers file.").format(key=f"buckets[{number}].{printable(name)}"),
                mend=intention(name, _FIELDS),
            )
    for key, field in zip(BUCKET_KEYS, _FIELDS, strict=True):
        question = BY_KEY[key]
        given = table.get(field, question.default_for(values))
        if given is REQUIRED:
            raise BadInputError(_("{key} is missing.").format(key=f"buckets[{number}].{field}"))
        try:
            values[key] = question.rule(coerce(question, given), values).value
        except BadInputError as error:
            raise BadInputError(
                error.what, where=f"buckets[{number}].{field}", why=error.why, mend=error.mend
            ) from None
    return Bucket(*(values[key] for key in BUCKET_KEYS))
