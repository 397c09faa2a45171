"""Every operation on every file of the corpus: other bytes stay, and botocore reads what was meant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.profiles.config_corpus import (
    CASES,
    READABLE,
    UNREADABLE,
    Case,
    botocore_reads,
    is_readable,
    lost_by_removal,
    lost_text,
    unfolded,
)
from wizard.errors import BadInputError
from wizard.profiles import edit
from wizard.profiles.ini import Ini, Kind, parse

if TYPE_CHECKING:
    from collections.abc import Callable

NEW = {"role_arn": "arn:aws:iam::222222222222:role/RoleA", "source_profile": "default", "region": "ap-northeast-1"}
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "k" * 40}

Operation = tuple[str, dict[str, str], tuple[str, ...]]
PUTS: list[Operation] = [
    ("set region", {"region": "ap-northeast-1"}, ()),
    ("set all", NEW, ("output", "credential_source")),
    ("add external_id", {"external_id": "e-1"}, ()),
    ("drop external_id", {"role_arn": NEW["role_arn"]}, ("external_id",)),
    ("drop region", {}, ("region",)),
    ("drop everything", {}, ("region", "output", "role_arn", "source_profile", "s3", "s3api", "credential_process")),
]


def _ini(case: Case) -> Ini:
    return parse(case.data, case.kind, where=case.name)


def _ids(case: Case) -> str:
    return case.name


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({case.data for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_a_file_is_read_as_botocore_reads_it(case: Case) -> None:
    ini = _ini(case)
    theirs = botocore_reads(case.data, case.kind)["profiles"]
    ours = {name: unfolded(ini.profile(name) or {}) for name in ini.profiles}
    assert ours == theirs
    if case.profiles is not None:
        assert set(ours) == set(case.profiles)
    else:
        assert len(ours) == case.profile_count


@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_every_key_is_found_on_its_line(case: Case) -> None:
    ini = _ini(case)
    for section in ini.layout.sections:
        if section.name != "DEFAULT":
            assert {key.name for key in section.keys} | set(ini.defaults) == set(ini.sections[section.name])
        for key in section.keys:
            line = ini.layout.lines[key.first].decode()
            assert line.strip().lower().startswith(key.name)


@pytest.mark.parametrize("case", UNREADABLE, ids=_ids)
def test_an_unreadable_file_is_refused_at_its_line(case: Case) -> None:
    assert not is_readable(case.data, case.kind)
    with pytest.raises(BadInputError) as caught:
        _ini(case)
    assert caught.value.where == f"{case.name}, line {case.unreadable_line}"
    assert caught.value.why
    assert "wJalrXUtnFEMI" not in str(caught.value)


NAMES = ("new-one", "my new prof", "default", "a", "b")
ABSENT = [(case, name) for case in READABLE for name in NAMES if not _ini(case).sections_of(name)]


@pytest.mark.parametrize(("case", "name"), ABSENT, ids=[f"{case.name}-{name}" for case, name in ABSENT])
def test_an_added_profile_is_appended_and_nothing_else_moves(case: Case, name: str) -> None:
    before = _ini(case)
    values = NEW if case.kind is Kind.CONFIG else KEYS
    after = edit.put(before, name, values, where=case.name)
    assert after.data.startswith(case.data)
    added = after.data[len(case.data) :]
    assert added.decode().split() == (edit.section_text(case.kind, name, values)).split()
    assert added.endswith((b"\n", b"\r"))
    _expect(case, after.data, name, {**_leaked(before), **values})


@pytest.mark.parametrize("operation", PUTS, ids=[operation[0] for operation in PUTS])
@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_an_updated_profile_is_all_that_changes(case: Case, operation: Operation) -> None:
    _label, values, drop = operation
    before = _ini(case)
    for name in list(before.profiles)[:5]:
        change = partial(edit.put, before, name, values, drop, where=case.name)
        if name != name.strip():
            with pytest.raises(BadInputError):
                change()
            continue
        if _must_refuse(case, {f"drop {key}" for key in drop}, change):
            continue
        after = change()
        had = botocore_reads(case.data, case.kind)["profiles"][name]
        expected = {key: value for key, value in {**had, **values}.items() if key not in drop}
        _expect(case, after.data, name, expected)


@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_a_removed_profile_is_all_that_goes(case: Case) -> None:
    before = _ini(case)
    for name in list(before.profiles)[:5]:
        change = partial(edit.take_away, before, name, where=case.name)
        if _must_refuse(case, {f"remove {name}"}, change):
            continue
        after = change()
        _expect(case, after.data, name, None)
        assert len(after.data) < len(case.data)


@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_writing_what_is_there_changes_no_byte(case: Case) -> None:
    before = _ini(case)
    for name in before.profiles:
        own = before.layout.by_name[before.profiles[name]].keys
        values = {key.name: (before.profile(name) or {})[key.name] for key in own}
        simple = {
            key: value
            for key, value in values.items()
            if value and "\n" not in value and " #" not in value and " ;" not in value
        }
        if name.strip() == name:
            assert edit.put(before, name, simple, where=case.name).data == case.data


@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_a_change_taken_back_gives_the_same_values_again(case: Case) -> None:
    before = _ini(case)
    added = edit.put(before, "new one", {"region": "x"}, where=case.name)
    gone = edit.take_away(added, "new one", where=case.name)
    assert gone.sections == before.sections
    # The only trace is the end that its last line lacked.
    assert gone.data == case.data or gone.data.rstrip(b"\r\n") == case.data
    assert edit.take_away(edit.put(gone, "new one", {"region": "x"}, where=""), "new one", where="").data == gone.data


@pytest.mark.parametrize("values", [NEW, KEYS, {}], ids=["role", "keys", "nothing"])
@pytest.mark.parametrize("case", READABLE, ids=_ids)
def test_a_section_that_was_added_is_removed_to_the_byte(case: Case, values: dict[str, str]) -> None:
    added = edit.put(_ini(case), "new-one", values, where=case.name)
    gone = edit.take_away(added, "new-one", where=case.name).data
    if not case.data or case.data.endswith((b"\n", b"\r")):
        assert gone == case.data
    else:  # its last line had no end: that one stays
        assert gone.startswith(case.data)
        assert gone[len(case.data) :] in {b"\n", b"\r\n", b"\r"}


@pytest.mark.parametrize(
    "after",
    [
        "[profile a]\nx = 1\n\n[profile b]\nregion = x # mine\n# and this\n",
        "[profile a]\nx = 1\n\n[profile b]\nregion=x\n",
        "[profile a]\nx = 1\n\n[profile b]\nregion = x\n\n[profile c]\n",
        "[profile a]\nx = 1\n  \n[profile b]\nregion = x\n",
        "\n[profile b]\nregion = x\n",
    ],
    ids=["a comment", "another style", "not at the end", "blanks in the line", "nothing before"],
)
def test_a_blank_line_that_may_be_somebody_elses_stays(after: str) -> None:
    before = parse(after.encode(), Kind.CONFIG, where="")
    gone = edit.take_away(before, "b", where="").data.decode()
    section = before.layout.by_name["profile b"]
    lines = after.splitlines(keepends=True)
    assert gone == "".join([*lines[: section.header], *lines[section.last + 1 :]])


def test_a_nested_value_is_replaced_whole() -> None:
    case = next(case for case in CASES if case.name == "nested-last")
    after = edit.put(_ini(case), "a", {"s3": "x"}, where="")
    assert after.data == b"[profile a]\nregion = us-east-1\ns3 = x\n[profile b]\nregion = x\n"


def test_style_is_kept() -> None:
    before = parse(b"[profile a]\r\n\tregion=x\r\n", Kind.CONFIG, where="")
    after = edit.put(before, "a", {"region": "y", "output": "json"}, where="")
    assert after.data == b"[profile a]\r\n\tregion=y\r\n\toutput=json\r\n"


def test_the_refusal_names_the_line_and_a_mend() -> None:
    case = next(case for case in CASES if case.name == "indented-header-after-deep-key")
    with pytest.raises(BadInputError) as caught:
        edit.take_away(_ini(case), "a", where="config")
    assert caught.value.where == "config, line 3"
    assert "indent" in caught.value.why
    assert caught.value.mend


def _must_refuse(case: Case, words: set[str], operation: Callable[[], Ini]) -> bool:
    """Whether the index says that an operation can't be done there; it is tried, and must be refused."""
    if not words & set(case.refuses):
        return False
    with pytest.raises(BadInputError):
        operation()
    return True


def _expect(case: Case, data: bytes, name: str, expected: dict[str, Any] | None) -> None:
    """Compare what botocore makes of a file before and after: only the one profile may differ, as expected."""
    theirs_before, theirs = botocore_reads(case.data, case.kind), botocore_reads(data, case.kind)
    assert theirs["profiles"].get(name) == expected
    for found in (theirs_before, theirs):
        found["profiles"].pop(name, None)
    assert theirs == theirs_before
    assert list(theirs["profiles"]) == list(theirs_before["profiles"])
    if case.profile_count is None:
        own = set(_ini(case).sections_of(name)) | set(parse(data, case.kind, where="").sections_of(name))
        lost = lost_by_removal if expected is None else lost_text
        assert lost(case.data, data, own) == []


def _leaked(ini: Ini) -> dict[str, str]:
    return dict(ini.defaults)
