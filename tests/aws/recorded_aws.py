"""An AWS that answers from a recording: each caller (by access key) and operation has its answer, else AccessDenied.

It sits where botocore's Stubber sits (`before-call`), for every client of every session that is made.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.aws import clients

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "diagnose" / "recorded.json").read_text(encoding="utf-8")
)
SECRET = "recordedSecretOfNobody/000000000000000000"
_DENIED = {"error": {"Code": "AccessDenied", "Message": "Access Denied"}, "status": 403}


class Recorded:
    """One recording, put in AWS's place with config and credentials files of its own."""

    def __init__(self, scenario: Mapping[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        base = RECORDED["base"]
        self.calls: list[tuple[str, str]] = []
        self._answers: dict[str, dict[str, Any]] = copy.deepcopy(base["answers"])
        for caller, answers in scenario["answers"].items():
            self._answers.setdefault(caller, {}).update(copy.deepcopy(answers))
        profiles = {name: values | scenario["profiles"].get(name, {}) for name, values in base["profiles"].items()}
        profiles |= {name: values for name, values in scenario["profiles"].items() if name not in profiles}
        config = "".join(
            f"[profile {name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
            for name, values in profiles.items()
        )
        keys = "".join(
            f"[{name}]\naws_access_key_id = {_key(name)}\naws_secret_access_key = {SECRET}\n"
            for name, values in profiles.items()
            if "role_arn" not in values
        )
        for name, text in (("config", config), ("credentials", keys)):
            (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name, value in scenario["environ"].items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(clients, "on_session", self._listen)

    def _listen(self, session: Any) -> None:
        session.register("before-call.*.*", self._answer)

    def _answer(self, *, model: Any, params: Any, request_signer: Any, **_event: Any) -> tuple[Any, dict[str, Any]]:
        key = request_signer._credentials.access_key
        caller = next((name for name in self._answers if key in {_key(name), _key(name, "ASIA")}), "nobody")
        operation = f"{model.service_model.service_name}.{model.name}"
        self.calls.append((caller, operation))
        told = self._answers.get(caller, {}).get(operation, _DENIED)
        if isinstance(told, list):  # the first whose text is in the request, or that asks for none
            told = next(one for one in told if one.get("when", "") in str(params["body"]))
            told = {name: value for name, value in told.items() if name != "when"}
        headers = told.get("headers", {})
        if "error" in told:
            metadata = {"HTTPStatusCode": told["status"], "HTTPHeaders": headers}
            return _Http(told["status"]), {"Error": told["error"], "ResponseMetadata": metadata}
        return _Http(200), {**_sent(told), "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": headers}}


def _sent(value: Any) -> Any:
    """Return an answer as AWS sends it: a policy is a text in it, which the recording keeps as an object."""
    if isinstance(value, dict):
        return json.dumps(value) if "Statement" in value else {name: _sent(inner) for name, inner in value.items()}
    return [_sent(inner) for inner in value] if isinstance(value, list) else value


class _Http:
    """What botocore looks at of an HTTP response."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        self.raw = None  # the answer is parsed already


def _key(name: str, kind: str = "AKIA") -> str:
    return f"{kind}EXAMPLE{name.upper().replace('-', '')}001"[:20].ljust(20, "0")
