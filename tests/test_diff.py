"""What a person sees of a difference, and when two policy documents are the same to AWS."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.diff import documents, same, unified, visible

if TYPE_CHECKING:
    import random
    from pathlib import Path

ROOT = "arn:aws:iam::111111111111:root"

# --- texts ---------------------------------------------------------------------------------------


def test_equal_texts_have_no_difference() -> None:
    assert unified("a\nb\n", b"a\nb\n") == ""


def test_a_changed_line_stands_in_its_context() -> None:
    assert unified("a\nb\nc\n", "a\nB\nc\n", before_name="config", after_name="config (new)") == (
        "--- config\n+++ config (new)\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c"
    )


def test_a_new_file_is_all_added() -> None:
    assert unified("", "[default]\nregion = x\n").splitlines()[2:] == [
        "@@ -0,0 +1,2 @@",
        "+[default]",
        "+region = x",
    ]


def test_a_missing_last_newline_is_said_as_git_says_it() -> None:
    assert unified("a\nb", "a\nb\n").splitlines()[3:] == [" a", "-b", "\\ No newline at end of file", "+b"]


def test_line_ends_are_shown_only_where_they_differ() -> None:
    assert unified("a\r\nb\n", "a\nb\n").splitlines()[3:] == ["-a^M", "+a", " b"]
    assert unified("a\r\n", "b\r\n").splitlines()[3:] == ["-a", "+b"]
    assert unified("a\r", "a\r\n").splitlines()[3:] == ["-a<CR>", "+a^M"]


def test_what_could_deceive_an_eye_or_a_terminal_is_written_out() -> None:
    text = unified(b"", "x\x1b[2J\x07\u202ey\u2066\u200bz\u2028\x85\u00a0\ttab接続先\u3000\x7f".encode() + b"\xff\n")
    assert text.splitlines()[-1] == (
        "+x^[[2J^G<U+202E>y<U+2066><U+200B>z<U+2028><U+0085><U+00A0>\ttab接続先\u3000^?<FF>"
    )


def test_names_of_files_are_made_visible_too() -> None:
    assert unified("", "a\n", after_name="x\x1b]0;\x07").splitlines()[1] == "+++ x^[]0;^G"


@given(st.text())
def test_nothing_that_a_terminal_obeys_comes_through(text: str) -> None:
    shown = visible(text)
    assert all(character == "\t" or character.isprintable() or character == "\u3000" for character in shown)


lines = st.lists(st.sampled_from(["a", "b", "c", "", "[x]", "k = v", "é"]), max_size=25).map("\n".join)


@given(lines, lines, st.integers(0, 4))
@settings(max_examples=150, deadline=None)
def test_the_difference_turns_one_text_into_the_other(before: str, after: str, context: int) -> None:
    assert _patched(before, unified(before, after, context=context)) == after


def _patched(before: str, diff: str) -> str:
    """Apply a unified diff, checking every line that it says is there."""
    if not diff:
        return before
    old = before.splitlines(keepends=True)
    out: list[str] = []
    at = 0
    rows = diff.split("\n")[2:]
    for index, row in enumerate(rows):
        last = index + 1 < len(rows) and rows[index + 1].startswith("\\")
        content = row[1:] + ("" if last else "\n")
        if row.startswith("@@"):
            start, _, count = row.split()[1][1:].partition(",")
            until = int(start) - (count != "0")
            out += old[at:until]
            at = until
        elif row.startswith((" ", "-")):
            assert old[at] == content
            at += 1
            out += [content] if row.startswith(" ") else []
        elif row.startswith("+"):
            out.append(content)
    return "".join(out + old[at:])


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(
    ("before", "after"),
    [("a\nb", "a\nb\n"), ("", "x\n"), ("x\n", ""), ("".join(f"{n}\n" for n in range(40)), "5\n6\n7\n" * 3)],
)
def test_git_applies_it(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "file").write_text(before)
    patch = unified(before, after, before_name="a/file", after_name="b/file") + "\n"
    command = ["git", "apply", "--unidiff-zero", "--whitespace=nowarn"]
    subprocess.run(command, input=patch, text=True, cwd=tmp_path, check=True)
    assert (tmp_path / "file").read_text() == after


def test_a_profile_added_to_ten_thousand_is_found_at_once() -> None:
    config = "".join(f"[profile p{n}]\nregion = eu-west-1\noutput = json\n\n" for n in range(10_000))
    start = time.process_time()
    shown = unified(config, config + "[profile new]\nregion = x\n")
    assert time.process_time() - start < 1
    assert shown.splitlines()[-2:] == ["+[profile new]", "+region = x"]


# --- policy documents ----------------------------------------------------------------------------


def policy(**elements: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": "A",
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "s3:GetObject",
    }
    statement |= {"Resource": "arn:aws:s3:::bucket/*"} | elements
    return {
        "Version": "2012-10-17",
        "Statement": [{name: v for name, v in statement.items() if v is not None}],
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": "s3:GetObject"}, {"Action": ["s3:GetObject"]}),
        ({"Action": ["s3:A", "s3:B"]}, {"Action": ["s3:b", "S3:A", "s3:A"]}),
        ({"Resource": ["x", "y"]}, {"Resource": ["y", "x"]}),
        ({"Principal": {"AWS": ROOT}}, {"Principal": {"AWS": ["111111111111"]}}),
        ({"Principal": {"AWS": "arn:aws-cn:iam::111111111111:root"}}, {"Principal": {"AWS": "111111111111"}}),
        ({"Principal": "*"}, {"Principal": {"AWS": "*"}}),
        (
            {"Principal": {"AWS": [ROOT, "x"], "Service": "s"}},
            {"Principal": {"Service": ["s"], "AWS": ["x", ROOT]}},
        ),
        ({"NotPrincipal": {"AWS": ROOT}}, {"NotPrincipal": {"AWS": "111111111111"}}),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": False}}},
            {"Condition": {"Bool": {"aws:securetransport": ["False"]}}},
        ),
        (
            {"Condition": {"NumericLessThan": {"s3:max-keys": 10}}},
            {"Condition": {"NumericLessThan": {"s3:max-keys": "10"}}},
        ),
        (
            {"Condition": {"StringLike": {"s3:prefix": ["b", "a"]}}},
            {"Condition": {"StringLike": {"s3:prefix": ["a", "b", "a"]}}},
        ),
        ({"Condition": {}}, {}),
        ({"Condition": {"StringEquals": {}}}, {}),
        ({"Sid": ""}, {"Sid": None}),
    ],
)  # fmt: skip
def test_what_aws_rewrites_makes_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = policy(**one), policy(**other)
    assert same(before, after)
    assert same(json.dumps(before), after)
    assert documents(before, after) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Effect": "Allow"}, {"Effect": "Deny"}),
        ({"Sid": "A"}, {"Sid": "B"}),
        ({"Action": "s3:GetObject"}, {"Action": ["s3:GetObject", "s3:PutObject"]}),
        ({"Action": "s3:GetObject"}, {"Action": None, "NotAction": "s3:GetObject"}),
        ({"Resource": "arn:aws:s3:::bucket/A"}, {"Resource": "arn:aws:s3:::bucket/a"}),
        ({"Principal": {"AWS": ROOT}}, {"Principal": {"AWS": "arn:aws:iam::111111111111:user/root"}}),
        ({"Principal": {"AWS": ROOT}}, {"Principal": {"AWS": "222222222222"}}),
        ({"Principal": {"AWS": "x"}}, {"Principal": {"Service": "x"}}),
        ({"Principal": {"AWS": []}}, {"Principal": {"AWS": "*"}}),
        ({"Principal": "*"}, {"Principal": None}),
        ({"Condition": {"StringEquals": {"k": "A"}}}, {"Condition": {"StringEquals": {"k": "a"}}}),
        ({"Condition": {"StringEquals": {"k": "a"}}}, {"Condition": {"StringLike": {"k": "a"}}}),
        ({"Condition": {"StringEquals": {"k": "a"}}}, {}),
        ({"Condition": {"Null": {"k": "true"}}}, {"Condition": {"Null": {"k": "false"}}}),
    ],
)  # fmt: skip
def test_what_changes_the_meaning_is_a_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = policy(**one), policy(**other)
    assert not same(before, after)
    shown = documents(before, after)
    assert any(line.startswith(("-  ", "+  ")) for line in shown.splitlines())


def test_the_default_version_is_the_old_one_and_not_ours() -> None:
    new, old = policy(), {**policy(), "Version": "2008-10-17"}
    none = {"Statement": policy()["Statement"]}
    assert same(none, old)
    assert not same(none, new)


def test_one_statement_may_stand_without_a_list_and_their_order_is_free() -> None:
    first, second = policy()["Statement"][0], policy(Sid="B")["Statement"][0]
    assert same({"Version": "v", "Statement": first}, {"Version": "v", "Statement": [first]})
    assert same({"Version": "v", "Statement": [first, second]}, {"Version": "v", "Statement": [second, first]})
    assert not same({"Version": "v", "Statement": [first]}, {"Version": "v", "Statement": [first, second]})


def test_a_document_with_a_key_twice_is_the_same_only_as_its_own_text() -> None:
    twice = '{"Version": "2012-10-17", "Statement": [], "Statement": []}'
    assert same(twice, twice)
    assert not same(twice, json.loads(twice))


@pytest.mark.parametrize("odd", [None, 1, "text", [], {}, {"Statement": None}, {"Statement": ["x"]}, {"Statement": 3}])
def test_what_is_no_policy_is_compared_as_it_is(odd: Any) -> None:
    assert same(odd, odd)
    assert not same(odd, {"Statement": [{"Effect": "Deny"}]})
    assert documents(odd, odd) == ""


def test_numbers_and_truth_are_not_confused_outside_conditions() -> None:
    assert not same({"a": 1}, {"a": True})


def test_only_the_changed_line_is_marked_whatever_aws_rewrote() -> None:
    before = policy(Action=["s3:PutObject", "s3:GetObject"])
    changed = policy(Action=["s3:getobject", "s3:PutObject", "s3:DeleteObject"], Principal={"AWS": "111111111111"})
    other = policy(Sid="B")["Statement"][0]
    before["Statement"].append(other)
    changed["Statement"].insert(0, dict(reversed(other.items())))
    marked = [line for line in documents(before, changed).splitlines()[3:] if not line.startswith(" ")]
    assert marked == ['+        "s3:DeleteObject",']


def test_a_document_that_was_not_there_is_all_added_and_one_taken_away_all_removed() -> None:
    added = documents(None, policy(Principal="*"), before_name="none", after_name="bucket policy")
    assert {line[0] for line in added.splitlines()[3:]} == {"+"}
    assert '+      "Principal": "*",' in added
    assert {line[0] for line in documents(policy(), None).splitlines()[3:]} == {"-"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
elements = st.sampled_from(
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition", "Odd"]
)
policies = st.fixed_dictionaries(
    {"Statement": st.lists(st.dictionaries(elements, json_values, max_size=5) | json_values, max_size=3)}
)


@given(policies | json_values, policies | json_values)
def test_whatever_json_it_gets_both_answers_agree(before: Any, after: Any) -> None:
    assert same(before, before)
    assert same(before, after) == same(after, before)
    if before is not None and after is not None:
        assert (documents(before, after) == "") == same(before, after)


names = st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:List*", "kms:Decrypt"]), min_size=1, max_size=4)


@given(names, names, st.randoms(use_true_random=False))
def test_shuffled_and_unwrapped_it_stays_the_same(actions: list[str], values: list[str], chance: random.Random) -> None:
    before = policy(Action=actions, Condition={"StringEquals": {"k": values, "j": "v"}})
    shuffled = actions[:]
    chance.shuffle(shuffled)
    after = policy(
        Action=shuffled[0] if len(shuffled) == 1 else shuffled,
        Condition={"StringEquals": {"j": ["v"], "K": values[::-1]}},
    )
    assert same(before, after)
