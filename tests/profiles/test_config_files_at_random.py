"""Files that nobody thought of: read as botocore reads them, changed in one profile only, or refused."""

from __future__ import annotations

from config_corpus import botocore_reads, is_readable, lost_text, owners
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.errors import BadInputError
from wizard.profiles import edit
from wizard.profiles.ini import Kind, parse
from wizard.profiles.writable import require_name, require_setting

_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n"])
_INDENT = st.sampled_from(["", "", "", "", " ", "  ", "    ", "\t", "\x0b", "\u3000"])
_NAMES = st.sampled_from(["a", "b", "c d", "本番", "default", "DEFAULT"])
_HEADERS = st.one_of(
    _NAMES.map("[profile {}]".format),
    _NAMES.map('[profile "{}"]'.format),
    _NAMES.map("[{}]".format),
    st.sampled_from(["[default]", "[profile default]", "[sso-session s]", "[profile a] # x", "[ x ]", "[]", "[x"]),
)
_KEYS = st.sampled_from(["region", "Region", "output", "role_arn", "source_profile", "external_id", "s3", "x y"])
_DELIMITERS = st.sampled_from([" = ", "=", " =", ": ", "\t=\t", " "])
_VALUES = st.sampled_from(["", "x", "y", "us-east-1", "a = b", "[x]", "# no", "x # y", '"q"', "é", "\u2028"])
_OPTIONS = st.tuples(_KEYS, _DELIMITERS, _VALUES).map("".join)
_OTHER = st.sampled_from(["", "", "# comment", "; comment", "#", "= x", "word", "\x0c", "\ufeff"])
_LINES = st.tuples(_INDENT, st.one_of(_HEADERS, _OPTIONS, _OPTIONS, _OPTIONS, _OTHER), _ENDS).map("".join)
# Text before the first header makes a file unreadable: most files begin with one.
_FILES = st.tuples(
    st.sampled_from(["[profile first]\n", "[default]\r\n", "# top\n[profile a]\n", ""]), st.lists(_LINES, max_size=14)
).map(lambda parts: (parts[0] + "".join(parts[1])).encode())
_CUT = st.sampled_from([0, 0, 0, 1, 2])
_KINDS = st.sampled_from(list(Kind))
_CHANGES = st.dictionaries(
    st.sampled_from(["region", "role_arn", "external_id", "output"]), st.sampled_from(["z", "eu-west-1"]), max_size=3
)


def _cut(data: bytes, count: int) -> bytes:
    return data[: len(data) - count]


@settings(max_examples=300, deadline=None)
@given(_FILES, _CUT, _KINDS)
def test_it_is_readable_exactly_when_botocore_reads_it(data: bytes, cut: int, kind: Kind) -> None:
    data = _cut(data, cut)
    try:
        ini = parse(data, kind, where="f")
    except BadInputError:
        assert not is_readable(data, kind)
        return
    assert list(botocore_reads(data, kind)["profiles"]) == list(ini.profiles)
    by_line = [found[0].name if found else None for found in map(ini.layout.at, range(len(ini.layout.lines)))]
    for ours, (_line, theirs) in zip(by_line, owners(data), strict=True):
        assert theirs in (None, ours)


@settings(max_examples=300, deadline=None)
@given(_FILES, _CUT, _KINDS, st.sampled_from(["a", "b", "c d", "本番", "default", "new"]), _CHANGES, st.sets(_KEYS))
@example(b"[default]\n  [profile n]\n", 0, Kind.CONFIG, "default", {"region": "z"}, set())
@example(b"[profile a]\nx y = 1\n   z\n  # c\n", 1, Kind.CONFIG, "a", {"region": "z"}, {"x y"})
def test_a_change_touches_one_profile_or_is_refused(
    data: bytes, cut: int, kind: Kind, name: str, values: dict[str, str], drop: set[str]
) -> None:
    data = _cut(data, cut)
    drop -= set(values)
    try:
        before = parse(data, kind, where="f")
        after = edit.put(before, name, values, drop, where="f")
    except BadInputError:
        return
    had = botocore_reads(data, kind)
    has = botocore_reads(after.data, kind)
    old, new = had["profiles"].pop(name, None), has["profiles"].pop(name)
    base = dict(before.defaults) if old is None else old
    assert new == {key: value for key, value in {**base, **values}.items() if key not in drop}
    assert has == had
    own = {*before.sections_of(name), *after.sections_of(name)}
    assert lost_text(data, after.data, own) == []


@settings(max_examples=200, deadline=None)
@given(_FILES, _CUT, _KINDS)
def test_every_profile_can_be_removed_or_is_refused(data: bytes, cut: int, kind: Kind) -> None:
    data = _cut(data, cut)
    try:
        before = parse(data, kind, where="f")
    except BadInputError:
        return
    for name in before.profiles:
        try:
            after = edit.take_away(before, name, where="f")
        except BadInputError:
            continue
        had, has = botocore_reads(data, kind), botocore_reads(after.data, kind)
        del had["profiles"][name]
        assert has == had
        assert lost_text(data, after.data, set(before.sections_of(name))) == []


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=20))
@example("O'Brien", "x")
@example('a"b', "a = b")
@example("back\\slash", "[x]")
@example("a]b", "%(x)s")
@example("#a", "'q'")
@example("profile x", "x")
@example("DEFAULT", "x")
@example("\u2028", "x\u2028")
@example(" a", "x ")
@example("$(reboot)`x`", "x #y")
def test_a_name_or_value_is_read_back_as_it_was_or_refused(name: str, value: str) -> None:
    for kind in Kind:
        try:
            require_name(name)
            require_setting("region", value)
        except BadInputError:
            continue
        before = parse(b"[profile x]\nregion = y\n[y]\n", kind, where="f")
        after = edit.put(before, name, {"region": value}, where="f")
        assert botocore_reads(after.data, kind)["profiles"][name] == {"region": value}
