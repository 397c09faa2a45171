"""No secret survives, in whatever form AWS, its tools and a shell write it; names of keys do."""

from __future__ import annotations

import base64
import html
import json
import secrets
import shlex
import string
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wizard import redact as module
from wizard.redact import MASK, arguments, redact, remember

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = (
    "IQoJb3JpZ2luX2VjEJr//////////wEaDmFwLW5vcnRoZWFzdC0xIkgwRgIhAKx0ZzUxYVlQ3K5mPq2b9T1w"
    "cN8rQ4sVtY7zB6uL0eHjAiEAz3xF9dG5kM2pR8vW1nC4bT6yJ7qS0aLhE="
)
BASE64 = string.ascii_letters + string.digits + "/+"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    module.forget_all()
    yield
    module.forget_all()


# Every place in which a person, AWS or a tool writes the three values. {i} id, {s} secret, {t} token.
FORMS = {
    "the credentials file": "[default]\naws_access_key_id = {i}\naws_secret_access_key = {s}\n",
    "a token in it": "[x]\naws_session_token={t}\naws_security_token = {t}\n",
    "a diff of it": "+aws_access_key_id = {i}\n-aws_secret_access_key = {s}\n+aws_secret_access_key={s}\n",
    "a continued value": "aws_secret_access_key =\n  {s}\naws_session_token =\n\t{t}\n",
    "a diff of a continued value": "+aws_secret_access_key =\n+  {s}\n",
    "CRLF": "aws_access_key_id={i}\r\naws_secret_access_key={s}\r\n",
    "a shell": "export AWS_SECRET_ACCESS_KEY={s}\nexport AWS_SESSION_TOKEN='{t}'\n",
    "a shell, quoted": 'export AWS_SECRET_ACCESS_KEY="{s}"; export AWS_SESSION_TOKEN="{t}"',
    "before a command": "AWS_SECRET_ACCESS_KEY={s} AWS_SESSION_TOKEN={t} aws s3 ls",
    "PowerShell": '$Env:AWS_SECRET_ACCESS_KEY="{s}"\n$env:AWS_SECRET_ACCESS_KEY={s}',
    "cmd.exe": "set AWS_SECRET_ACCESS_KEY={s}\n",
    "create-access-key": '{{"AccessKey": {{"AccessKeyId": "{i}", "SecretAccessKey": "{s}"}}}}',
    "JSON over lines": '"SecretAccessKey":\n    "{s}",\n"SessionToken" : "{t}"',
    "JSON in JSON": '{{"message": "{{\\"SecretAccessKey\\": \\"{s}\\", \\"SessionToken\\":\\"{t}\\"}}"}}',
    "a Python repr": "{{'Credentials': {{'SecretAccessKey': '{s}', 'SessionToken': '{t}'}}}}",
    "keyword arguments": "f(aws_access_key_id='{i}', aws_secret_access_key='{s}', aws_session_token='{t}')",
    "botocore's object": "Credentials(access_key={i}, secret_key={s}, token={t})",
    "YAML": "aws_secret_access_key: {s}\naws_session_token: {t}\n",
    "Terraform": 'secret_key = "{s}"\n  token = "{t}"\n',
    "the console's CSV": "Access key ID,Secret access key\r\n{i},{s}\r\n",
    "the CSV with a BOM": "\ufeffAccess key ID,Secret access key\n{i},{s}\n",
    "the CSV of users": "User Name,Access key ID,Secret access key,Console login link\nbob,{i},{s},https://x\n",
    "two lines": "{i}\n{s}\n",
    "a colon": "{i}:{s}",
    "the CLI's text": "ACCESSKEY\t{i}\t2026-11-24T00:00:00Z\t{s}\tActive\tcliuser",
    "the CLI's table": "|  AccessKeyId     |  {i}  |\n|  SecretAccessKey |  {s}  |\n|  SessionToken |  {t} |",
    "aws configure set": "aws configure set aws_secret_access_key {s} --profile x",
    "an argument": "tool --secret-access-key {s} --session-token {t}",
    "IAM's XML": "<SecretAccessKey>{s}</SecretAccessKey><SessionToken>{t}</SessionToken>",
    "a sentence": "the key {s} was refused, and so was {t}.",
    "brackets": "({s}) [{s}] <{t}> `{s}`",
    "an exception": "KeyError: '{s}'",
    "a header": "X-Amz-Security-Token: {t}\n",
}  # fmt: skip


def _leaks(text: str, secret: str) -> bool:
    """Whether the secret stands in the text, or any stretch of it that would help to guess it."""
    return any(secret[at : at + 12] in text for at in range(len(secret) - 11))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_secrets_are_masked_wherever_they_are_written(form: str) -> None:
    text = redact(form.format(i=KEY_ID, s=SECRET, t=TOKEN))
    assert not _leaks(text, SECRET)
    assert not _leaks(text, TOKEN)
    assert MASK in text
    assert (KEY_ID in text) == ("{i}" in form)


tokens = st.binary(min_size=90, max_size=400).map(lambda raw: "FwoGZXIvYXdzE" + base64.b64encode(raw).decode())
# A secret key is known by its shape alone where nothing beside it says what it is.
UNNAMED = {"a sentence", "brackets", "an exception"}


def _no_easy_stretch(secret: str) -> bool:
    return len(set(secret)) > 8


@given(
    secret=st.text(BASE64, min_size=40, max_size=40).filter(_no_easy_stretch),
    token=tokens,
    form=st.sampled_from(sorted(FORMS)),
)
def test_no_planted_secret_survives(secret: str, token: str, form: str) -> None:
    # AWS's keys are random. One without a digit (odds of 1 in 800) or one case is known only by its name.
    mixed = any(map(str.islower, secret)) and any(map(str.isupper, secret)) and any(map(str.isdigit, secret))
    assume(mixed or form not in UNNAMED)
    text = redact(FORMS[form].format(i=KEY_ID, s=secret, t=token))
    assert not _leaks(text, secret)
    assert not _leaks(text, token)


@given(
    secret=st.text(string.ascii_letters, min_size=40, max_size=40).filter(_no_easy_stretch),
    form=st.sampled_from(sorted(FORMS.keys() - UNNAMED)),
)
def test_a_key_of_letters_alone_is_known_by_what_names_it(secret: str, form: str) -> None:
    assert not _leaks(redact(FORMS[form].format(i=KEY_ID, s=secret, t=TOKEN)), secret)


@pytest.mark.parametrize("secret", ["hunter-22!x.y_z", "NotOfAwssLength", "practiceSecretOfTheEmbeddedAws"])
@pytest.mark.parametrize(
    "form",
    sorted(FORMS.keys() - UNNAMED - {"two lines", "a colon", "the CLI's text", "an argument", "aws configure set"}
    - {"the CLI's table", "a header"}),
)  # fmt: skip
def test_a_named_secret_may_have_any_shape(form: str, secret: str) -> None:
    assert not _leaks(redact(FORMS[form].format(i=KEY_ID, s=secret, t=TOKEN)), secret)


@given(st.lists(st.sampled_from(sorted(FORMS.values())), max_size=4), st.text(max_size=60))
def test_masking_twice_is_masking_once(forms: list[str], noise: str) -> None:
    once = redact(noise.join(form.format(i=KEY_ID, s=SECRET, t=TOKEN) for form in forms))
    assert redact(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        "arn:aws:s3:::bucket/Reports2024/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh1",
        "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "arn:aws:kms:ap-northeast-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        '  File "/usr/lib/python3.11/site-packages/botocore/Client9/handlersXYZ/abcdefghij.py", line 3',
        "AIDAJQABLZS4A3QDU576Q AROAJQABLZS4A3QDU576Q " + KEY_ID,
        'export AWS_SECRET_ACCESS_KEY="$(jq -r .Credentials.SecretAccessKey <<<"$answer")"',
        "AWS_SECRET_ACCESS_KEY=$SECRET\n",
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        "The secret access key has 39 characters; it must have 40.",
        '"s3:GetBucketLocation", "s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads"',
        "接続先アカウント 222222222222 のバケットポリシー",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_a_presigned_url_loses_what_makes_it_a_key() -> None:
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{KEY_ID}/20261124/ap-northeast-1/s3/aws4_request",
        "X-Amz-Security-Token": TOKEN,
        "X-Amz-Signature": "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
    }
    text = redact(f"GET https://bucket.s3.amazonaws.com/key?{urlencode(query)} failed")
    assert KEY_ID in text
    assert "fe5f80f7" not in text
    assert not _leaks(text, TOKEN)
    assert not _leaks(text, quote(TOKEN, safe=""))
    assert text.endswith(" failed")


def test_the_signature_of_a_request_header_is_masked() -> None:
    header = f"AWS4-HMAC-SHA256 Credential={KEY_ID}/x, SignedHeaders=host, Signature={'a1' * 32}"
    assert redact(header) == header.replace("a1" * 32, MASK)


def test_several_keys_after_one_id_are_all_masked() -> None:
    others = ["".join(secrets.choice(string.ascii_letters) for _ in range(40)) for _ in range(3)]
    text = redact(f"{KEY_ID} {' '.join(others)}")
    assert text == f"{KEY_ID} {MASK} {MASK} {MASK}"


def test_other_columns_of_the_console_csv_stay() -> None:
    text = "Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,short\n\nother,line"
    assert redact(text) == f"Access key ID,Secret access key\n{KEY_ID},{MASK}\n\nother,line"


# --- registered secrets --------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=6, max_size=60))
def test_a_remembered_secret_is_masked_in_every_way_of_writing_it(secret: str) -> None:
    secret = secret.strip()
    assume(len(secret) >= module.SHORTEST_REMEMBERED)
    assume(secret not in MASK)
    remember(secret)
    for written in (
        secret,
        quote(secret, safe=""),
        quote(secret, safe="").lower() if secret.islower() else quote(secret, safe=""),
        urlencode({"k": secret})[2:],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        json.dumps(secret).replace("/", "\\/")[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
    ):
        assert redact(f"before {written} after") == f"before {MASK} after"
    module.forget_all()


def test_a_longer_secret_is_masked_whole_when_a_shorter_one_is_its_start() -> None:
    remember("abcdef")
    remember("abcdefghijkl")
    assert redact("x abcdefghijkl y") == f"x {MASK} y"


def test_too_short_a_secret_does_not_mask_everything() -> None:
    remember("a")
    remember("   ")
    assert redact("a banana") == "a banana"


# --- command lines -------------------------------------------------------------------------------


def test_a_command_line_keeps_its_shape_and_loses_its_secrets() -> None:
    argv = [
        "x",
        "--secret-access-key",
        "short",
        "--password=p",
        "--side",
        "both",
        "--token",
        "--json",
        SECRET,
    ]
    assert arguments(argv) == [
        "x", "--secret-access-key", MASK, f"--password={MASK}", "--side", "both", "--token", "--json", MASK,
    ]  # fmt: skip


def test_a_command_line_can_be_read_back() -> None:
    argv = ["s3-crossaccount", "profile", "write", "a file.toml", "--keys", "-"]
    assert shlex.join(arguments(argv)) == shlex.join(argv)


@pytest.mark.parametrize(
    "text",
    [
        "A" * 500_000,
        "aA1/" * 125_000,
        "secret access key " * 20_000,
        KEY_ID + " " * 500_000,
        f"{KEY_ID} " * 20_000,
    ],
    ids=["one letter", "base64", "names", "blanks", "ids"],
)
def test_half_a_megabyte_of_noise_is_no_matter_of_seconds(text: str) -> None:
    start = time.process_time()
    redact(text)
    assert time.process_time() - start < 5
