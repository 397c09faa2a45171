"""Access keys from what AWS hands out; what is wrong is said without ever showing the secret."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from wizard import redact
from wizard.errors import BadInputError
from wizard.profiles import keys
from wizard.profiles.keys import AccessKey, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if TYPE_CHECKING:
    from pathlib import Path

ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JSON = json.dumps(
    {
        "AccessKey": {
            "UserName": "cliuser",
            "AccessKeyId": ID,
            "Status": "Active",
            "SecretAccessKey": SECRET,
            "CreateDate": "2026-01-01T00:00:00+00:00",
        }
    },
    indent=4,
)
FORMS = {
    "console": f"Access key ID,Secret access key\r\n{ID},{SECRET}\r\n".encode(),
    "console with a byte order mark": f"\ufeffAccess key ID,Secret access key\n{ID},{SECRET}\n".encode(),
    "console, older": f"User name,Password,Access key ID,Secret access key,Console login link\ncliuser,,{ID},{SECRET},https://x\n".encode(),
    "console, quoted": f'"Access key ID","Secret access key"\n"{ID}","{SECRET}"'.encode(),
    "CLI": JSON.encode(),
    "CLI with --query AccessKey": json.dumps(json.loads(JSON)["AccessKey"]).encode(),
    "CLI in PowerShell": JSON.encode("utf-16"),
    "two lines": f"{ID}\n{SECRET}\n".encode(),
    "two lines with blanks": f"\n  {ID}  \r\n\r\n\t{SECRET} \r\n\n".encode(),
}
BAD = {
    "empty": b"",
    "blank": b" \n \n",
    "one line": f"{ID}\n".encode(),
    "only the secret": f"{SECRET}\n".encode(),
    "three lines": f"{ID}\n{SECRET}\n{SECRET}\n".encode(),
    "wrong way round": f"{SECRET}\n{ID}\n".encode(),
    "cut secret": f"{ID}\n{SECRET[:-1]}\n".encode(),
    "blank in the secret": f"{ID}\n{SECRET[:20]} {SECRET[21:]}\n".encode(),
    "temporary": f"ASIAIOSFODNN7EXAMPLE\n{SECRET}\n".encode(),
    "temporary JSON": json.dumps(
        {"Credentials": {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": SECRET, "SessionToken": "t"}}
    ).encode(),
    "broken JSON": JSON[:-20].encode(),
    "deep JSON": b"[" * 60_000,
    "JSON list": f"[{JSON}]".encode(),
    "JSON without the secret": json.dumps({"AccessKey": {"AccessKeyId": ID}}).encode(),
    "list-access-keys": json.dumps({"AccessKeyMetadata": [{"AccessKeyId": ID}]}).encode(),
    "CSV of a console password": b"User name,Password,Console sign-in URL\ncliuser,hunter22,https://x\n",
    "CSV without a row": b"Access key ID,Secret access key\n",
    "CSV with two rows": f"Access key ID,Secret access key\n{ID},{SECRET}\n{ID},{SECRET}\n".encode(),
    "CSV with a short row": f"Access key ID,Secret access key\n{ID}\n".encode(),
    "CSV with a loose quote": f'Access key ID,Secret access key\n{ID},"{SECRET}"x\n'.encode(),
    "CSV without a header": f"{ID},{SECRET}\n".encode(),
    "not text": b"\x00\xff\xfe\x80" * 10,
    "odd UTF-16": b"\xff\xfea",
    "large": b"x" * 70_000,
    "lower case": f"{ID.lower()}\n{SECRET}\n".encode(),
}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    redact.forget_all()


def test_a_key_the_wrong_way_round_is_said_and_only_the_secret_is_remembered() -> None:
    with pytest.raises(BadInputError, match="wrong way round"):
        keys.access_key(SECRET, ID)
    assert redact.redact(f"{ID} {SECRET}") == f"{ID} ********"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_aws_hands_out_is_read(form: str) -> None:
    found = keys.read(BytesIO(FORMS[form]), where="keys")
    assert found == AccessKey(ID, Secret(SECRET))
    assert found.secret.reveal() == SECRET


@pytest.mark.parametrize("form", BAD)
def test_what_is_no_access_key_is_refused_without_showing_the_secret(form: str) -> None:
    with pytest.raises(BadInputError) as caught:
        keys.read(BytesIO(BAD[form]), where="my keys")
    said = f"{caught.value} {caught.value!r} {caught.value.__cause__} {caught.value.args}"
    assert "my keys" in said
    assert caught.value.mend
    for piece in (SECRET, SECRET[:-1], SECRET[:12], SECRET[-12:], "hunter22"):
        assert piece not in said


def test_a_file_is_read_and_a_missing_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "accessKeys.csv"
    path.write_bytes(FORMS["console"])
    assert keys.load(path).id == ID
    with pytest.raises(BadInputError) as caught:
        keys.load(tmp_path / "none")
    assert caught.value.where == str(tmp_path / "none")


def test_a_secret_is_masked_however_it_is_printed() -> None:
    key = keys.access_key(ID, SECRET)
    for text in (repr(key), str(key), f"{key.secret}", f"{key.secret!r}"):
        assert SECRET not in text
    assert "********" in repr(key)
    assert SECRET not in redact.redact(f"error: {SECRET} was refused")


def test_secrets_are_equal_by_what_they_hold() -> None:
    assert Secret(SECRET) == Secret(SECRET)
    assert Secret(SECRET) != Secret(SECRET[::-1])
    assert len({Secret(SECRET), Secret(SECRET)}) == 1
    assert Secret(SECRET) != SECRET
