"""How things are done in the app: its keys and buttons, where a command would name an option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.text import mark
from wizard.ways import Way

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_THE_APP: Mapping[Way, str] = {
    Way.USE_EXISTING: mark("the button “Use what is there”"),
    Way.DROP_DELETED: mark("the button “Drop deleted principals”"),
    Way.OWN_STATEMENTS: mark("the button “Only this setup's statements”"),
    Way.APPLY_AGAIN: "Ctrl+X",
    Way.UNDO: "Ctrl+U",
    Way.HAND_OVER: mark("Ctrl+E writes what they need"),
    Way.ENDPOINT: mark("AWS_ENDPOINT_URL, or the profile's endpoint_url"),
    Way.PROFILES: "Ctrl+L",
    Way.SOURCE_PROFILE: "Ctrl+L",
    Way.DESTINATION_PROFILE: "Ctrl+L",
    Way.CALLER: mark("choose it in the list"),
    Way.WRITE_TEST: mark("the button “Verify, and write a test object”"),
    Way.KEYS_TO: mark("`s3-crossaccount apply FILE --keys-to FILE`"),
}
