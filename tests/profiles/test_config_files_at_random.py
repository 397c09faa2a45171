"""Files that nobody thought of: read as botocore reads them, changed in one profile only, or refused."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.profiles.config_corpus import botocore_reads, is_readable, lost_by_removal, lost_text, owners, unfolded
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
_SOUND_HEADERS = [
    *("[profile a]", '[profile "a"]', "[a]", "[profile b]", "[b]", '[profile "c d"]', "[c d]", "[default]"),
    *("[profile default]", "[sso-session s]", "[profile 本番] # x", "[DEFAULT]", "[profile O'x]", "[new]"),
]
_SOUND_KEYS = st.sampled_from(["region", "Output", "role_arn", "source_profile", "external_id", "s3", "x y"])
_DELIMITERS = st.sampled_from([" = ", "=", " =", ": ", "\t=\t"])
_VALUES = st.sampled_from(["", "x", "y", "us-east-1", "a = b", "[x]", "# no", "x # y", '"q"', "é", "\u2028"])
_OPTIONS = st.tuples(_KEYS, st.one_of(_DELIMITERS, st.just(" ")), _VALUES).map("".join)
_OTHER = st.sampled_from(["", "", "# comment", "; comment", "#", "= x", "word", "\x0c", "\ufeff"])
_LINES = st.tuples(_INDENT, st.one_of(_HEADERS, _OPTIONS, _OPTIONS, _OPTIONS, _OTHER), _ENDS).map("".join)
# Text before the first header makes a file unreadable: most files begin with one.
_FILES = st.tuples(
    st.sampled_from(["[profile first]\n", "[default]\r\n", "# top\n[profile a]\n", ""]), st.lists(_LINES, max_size=14)
).map(lambda parts: (parts[0] + "".join(parts[1])).encode())


@st.composite
def _sound_files(draw: st.DrawFn) -> bytes:
    """Draw a file that is mostly readable: no section and no key twice, nested values, comments, odd indentation."""
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    blank = st.sampled_from(["", "", "", "", end, f"# note{end}", f"   ; far in{end}", f"{end}{end}", f"\x0c{end}"])
    headers = st.sampled_from(_SOUND_HEADERS)
    text = draw(blank)
    for header in draw(st.lists(headers, min_size=1, max_size=5, unique=True)):
        indent = draw(_INDENT)
        text += draw(_INDENT) * draw(st.integers(0, 1)) + header + end + draw(blank)
        for key in draw(st.lists(_SOUND_KEYS, max_size=4, unique=True)):
            value = draw(st.sampled_from(["x", "us-east-1", "a = b", "", "é # y", f"one{end}{indent}  two"]))
            if key == "s3":
                value = f"{end}{indent}  max_queue_size = 5{end}{draw(blank)}{indent}\tregion = inner"
            text += indent + key + draw(_DELIMITERS) + value + end + draw(blank)
    return text.encode()


_ANY = st.one_of(_FILES, _sound_files(), _sound_files())
_TARGETS = st.sampled_from(["a", "a", "a", "b", "b", "default", "c d", "本番", "new"])
_CUT = st.sampled_from([0, 0, 0, 1, 2])
_KINDS = st.sampled_from(list(Kind))
_CHANGES = st.dictionaries(
    st.sampled_from(["region", "role_arn", "external_id", "output"]), st.sampled_from(["z", "eu-west-1"]), max_size=3
)


def _cut(data: bytes, count: int) -> bytes:
    return data[: len(data) - count]


@settings(max_examples=300, deadline=None)
@given(_ANY, _CUT, _KINDS)
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
@given(_ANY, _CUT, _KINDS, _TARGETS, _CHANGES, st.sets(_KEYS, max_size=2))
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
    base = unfolded(before.defaults) if old is None else old
    assert new == {key: value for key, value in {**base, **values}.items() if key not in drop}
    assert has == had
    own = {*before.sections_of(name), *after.sections_of(name)}
    assert lost_text(data, after.data, own) == []


@settings(max_examples=200, deadline=None)
@given(_ANY, _CUT, _KINDS)
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
        assert lost_by_removal(data, after.data, set(before.sections_of(name))) == []


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
