"""Why is it denied, by recorded answers of AWS: the causes that an embedded AWS doesn't have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.recorded_aws import RECORDED, SECRET, Recorded
from wizard.aws.diagnose.result import kinds as known_kinds
from wizard.aws.diagnose.run import Ask, diagnose
from wizard.aws.diagnose.told import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.aws.diagnose.result import Diagnosis

SCENARIOS: dict[str, Any] = RECORDED["scenarios"]
# What a diagnosis may send: nothing but reads, and the beginning and end of an upload in parts.
READS = ("Get", "List", "Head", "Describe", "AssumeRole")


def found_by(ask: dict[str, str]) -> Diagnosis:
    known: dict[str, Any] = {"source_profile": "source-admin", "destination_profile": "destination-admin"}
    known |= {"profile": "app"} | {key: value for key, value in ask.items() if key != "mfa"}
    code = ask.get("mfa")
    return diagnose(
        Ask("example-reports", "daily/2026-10.csv", ask_mfa=(lambda _prompt: str(code)) if code else None, **known)
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_cause_is_told_from_the_others(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = SCENARIOS[name]
    recorded = Recorded(scenario, tmp_path, monkeypatch)

    found = found_by(scenario["ask"])

    expected = scenario["expect"]
    assert [cause.kind for cause in found.causes] == expected["kinds"]
    assert found.works is expected["works"]
    if found.causes:
        main = found.causes[-1] if expected["kinds"][0] == "object-missing" else found.causes[0]
        told = " ".join((main.message, *(change.diff for change in main.changes)))
        assert all(text in told for text in [*expected.get("says", ()), *expected.get("diff", ())]), told
        assert main.certain is expected["certain"]
        assert {"side": main.side, "link": main.link}.items() >= {
            key: value for key, value in expected.items() if key in {"side", "link"}
        }.items()
    assert found.mended is expected.get("mended")
    assert {one.what for one in found.unseen} >= set(expected.get("unseen", ()))
    assert all(operation.partition(".")[2].startswith(READS) for _caller, operation in recorded.calls)
    shown = "\n".join(text_of(found))
    assert SECRET not in shown
    assert all(known_kinds()[kind].page in shown for kind in expected["kinds"])
