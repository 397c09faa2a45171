"""A quick `aws` for the scripts under test: the AWS CLI's arguments, sent on by clients that are made once.

The AWS CLI itself takes half a second a call. Fifty setups make some thousand calls, real ones to the practice
accounts; `test_shell_aws_cli.py` runs the script with the AWS CLI itself.
"""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHIM = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/@PORT@
printf '%s\\0' "$(($# + 1))" "${AWS_PROFILE-}" "$@" >&3
IFS= read -r status <&3
if [[ $status == 0 ]]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
"""


@contextmanager
def stand_in(folder: Path, clients: Callable[[str, str], Any]) -> Iterator[list[list[str]]]:
    """Put an `aws` into a folder; yield the list to which each call's arguments are added."""
    calls: list[list[str]] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            count = int(self._word())
            profile, *arguments = [self._word() for _ in range(count)]
            calls.append(arguments)
            status, text = answer(lambda service: clients(profile, service), arguments)
            self.wfile.write(f"{status}\n{text}".encode())

        def _word(self) -> str:
            out = bytearray()
            while (byte := self.rfile.read(1)) not in {b"\0", b""}:
                out += byte
            return out.decode()

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        shim = folder / "aws"
        shim.write_text(SHIM.replace("@PORT@", str(server.server_address[1])))
        shim.chmod(0o755)
        yield calls
        server.shutdown()
        thread.join()


def answer(client_of: Callable[[str], Any], arguments: list[str]) -> tuple[int, str]:
    """Make one call as the AWS CLI would; return its exit status and what it prints."""
    import jmespath
    from botocore import xform_name
    from botocore.exceptions import ClientError

    service, command, *rest = arguments
    options = dict(_options(rest))
    query, output = options.pop("query", ""), options.pop("output", "json")
    options.pop("region", None)
    client = client_of({"s3api": "s3"}.get(service, service))
    method = command.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = shape.members if shape else {}
    keys = {name: _key(xform_name(name)) for name in members}
    given = {name: _typed(members[name], options.pop(key)) for name, key in keys.items() if key in options}
    assert not options, options
    try:
        found = getattr(client, method)(**given)
    except ClientError as error:
        return 254, f"\nAn error occurred ({error.response['Error']['Code']}) when calling {command}: {error}\n"
    found.pop("ResponseMetadata", None)
    value = jmespath.search(query, found) if query else found
    if output == "text":
        return 0, f"{value}\n"
    return 0, json.dumps(value, default=str, ensure_ascii=False) + "\n" if value else ""


def _key(name: str) -> str:
    return name.replace("_", "-")


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    rest = list(words)
    while rest:
        word = rest.pop(0)
        assert word.startswith("--"), word
        name, equals, value = word[2:].partition("=")
        if not equals:
            value = rest.pop(0) if rest and not rest[0].startswith("--") else "true"
        yield name, value


def _typed(shape: Any, value: str) -> Any:
    if shape.type_name in {"list", "structure"}:
        return json.loads(value)
    if shape.type_name == "integer":
        return int(value)
    return value == "true" if shape.type_name == "boolean" else value
