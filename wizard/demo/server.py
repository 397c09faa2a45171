"""The child process: the repaired emulator on the socket that it was handed, gone when its parent is."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

from wizard.demo import metadata

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hypercorn.typing import ASGIFramework

    from wizard.demo.seed import Seed

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Message, Receive, Send], Awaitable[None]]

_REMOVAL_ATTEMPTS = 20
_CLOSED = ("/_ministack", "/_localstack", "/_aws")


def main() -> None:
    """Serve until standard input ends. Arguments: the folder of its own, the listening socket, its URL.

    Events are JSON lines on standard output: `{"ready": true}`, `{"reset": true}`, or `{"failed": …}`.
    """
    folder, socket_number, endpoint = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    events = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # what the emulator prints must not be taken for an event
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    commands: asyncio.Queue[str] = asyncio.Queue()
    # Before the imports: the parent may end while they run.
    threading.Thread(target=_watch, args=(folder, loop, commands), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: _leave(folder))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    failure = _unusable()
    if failure:
        events.write(json.dumps({"failed": failure}) + "\n")
        _leave(folder)
    loop.run_until_complete(_serve(folder, socket_number, endpoint, events, commands))
    _leave(folder)


def _watch(folder: Path, loop: asyncio.AbstractEventLoop, commands: asyncio.Queue[str]) -> None:
    """Hand on commands; standard input ends when the parent ends, even by kill -9.

    Not PR_SET_PDEATHSIG: macOS has none, and Linux sends it when the parent's *thread* ends.
    """
    for line in sys.stdin:
        loop.call_soon_threadsafe(commands.put_nowait, line.strip())
    _leave(folder)


def _leave(folder: Path) -> NoReturn:
    """Remove the folder and end at once: everything is in memory, nothing needs an orderly end."""
    for _attempt in range(_REMOVAL_ATTEMPTS):  # another thread may just be writing into it
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
    os._exit(0)


def _unusable() -> dict[str, str] | None:
    from importlib import metadata as packages

    from wizard.demo.repairs import PINNED

    try:
        found = packages.version("ministack")
    except packages.PackageNotFoundError:
        return {"reason": "missing"}
    return None if found == PINNED else {"reason": "version", "found": found}


async def _serve(folder: Path, socket_number: int, endpoint: str, events: TextIO, commands: asyncio.Queue[str]) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as emulator

    from wizard.demo import repairs
    from wizard.demo.seed import Seed

    repairs.install()
    seed = Seed(emulator.app, folder, endpoint)
    # Each time as a task: it has a context of its own, so that no later request inherits an account.
    await asyncio.create_task(seed.sow())
    config = Config()
    config.bind = [f"fd://{socket_number}"]
    config.loglevel = "ERROR"
    config.keep_alive_timeout = 75
    application = cast("ASGIFramework", _guarded(emulator.app, seed))
    serving = asyncio.create_task(serve(application, config, shutdown_trigger=asyncio.Event().wait))
    events.write(json.dumps({"ready": True}) + "\n")
    while not serving.done():
        command = asyncio.create_task(commands.get())
        await asyncio.wait({serving, command}, return_when=asyncio.FIRST_COMPLETED)
        if command.done() and command.result() == "reset":
            emulator._reset_all_state()  # noqa: SLF001 -- its own /_ministack/reset, which is closed below
            await asyncio.create_task(seed.sow())
            events.write(json.dumps({"reset": True}) + "\n")
    await serving


def _guarded(application: Application, seed: Seed) -> Application:
    """Serve AWS's own calls only, as if they had come by TLS, and the credentials of a machine.

    Left out is the emulator's start-up (it runs scripts from fixed folders, cleans up other people's
    containers and opens more ports) and its `/_ministack/` pages, which need no credentials.
    """

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while True:
                stage = (await receive())["type"]
                await send({"type": f"{stage}.complete"})
                if stage == "lifespan.shutdown":
                    return
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith((*_CLOSED, metadata.PREFIX)):
            status, said = metadata.answer(path, seed.sessions)
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": said.encode()})
            return
        headers = [pair for pair in scope["headers"] if pair[0].lower() != b"x-forwarded-proto"]
        await application({**scope, "headers": [*headers, (b"x-forwarded-proto", b"https")]}, receive, send)

    return serve
