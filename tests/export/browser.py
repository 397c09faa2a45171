"""A headless Chromium that is spoken to over two pipes: the DevTools protocol, with no package between."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.programs import installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLAGS = (
    "--headless",
    "--no-sandbox",  # root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


class Tab:
    """A page: commands to it, and the events that came meanwhile."""

    def __init__(self, read: int, write: int) -> None:
        self._read = os.fdopen(read, "rb", buffering=0)
        self._write = os.fdopen(write, "wb", buffering=0)
        self._rest, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def close(self) -> None:
        """Close both pipes."""
        self._read.close()
        self._write.close()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        while True:
            found = self._message()
            if found.get("id") == self._number:
                assert "error" not in found, found
                result: dict[str, Any] = found["result"]
                return result
            self.events.append(found)

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            read = self._read.read(65536)
            assert read, "Chromium ended"
            self._rest += read
        one, _nul, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(one)
        return message

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.events.clear()
        self.ask("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message())

    def run(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited, as if a person had just acted."""
        found = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def click(self, expression: str) -> None:
        """Click with the mouse in the middle of an element."""
        self.run(f"({expression}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        place = self.run(
            f"(() => {{ const box = ({expression}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", buttons=1, clickCount=1
            )

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]


@contextmanager
def chromium(folder: Path) -> Iterator[Tab]:
    """Start Chromium with an empty profile, and end it."""
    browser = installed("chromium", "chromium-browser")
    commands_read, commands_write = os.pipe()
    answers_read, answers_write = os.pipe()

    def wire() -> None:
        # The protocol's pipes are 3 (commands) and 4 (answers); first away from those numbers, then onto them.
        commands, answers = os.dup(commands_read), os.dup(answers_write)
        os.dup2(commands, 3)
        os.dup2(answers, 4)

    child = subprocess.Popen(
        [browser, *FLAGS, f"--user-data-dir={folder}"],
        preexec_fn=wire,  # noqa: PLW1509 -- nothing else gives a child the numbers 3 and 4
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(commands_read)
    os.close(answers_write)
    tab = Tab(answers_read, commands_write)
    try:
        yield tab
    finally:
        child.terminate()
        child.wait(20)
        tab.close()
