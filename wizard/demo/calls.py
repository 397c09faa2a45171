"""Call the emulator from inside its own process, as an account's root; nothing is signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Application = Callable[..., Awaitable[None]]


class Root:
    """The root user of one account, calling in one region."""

    def __init__(self, application: Application, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self._application = application

    async def iam(self, action: str, **parameters: str) -> None:
        """Call an IAM action."""
        body = urlencode({"Action": action, "Version": "2010-05-08", **parameters})
        await self._call("iam", "POST", "/", body, {"content-type": "application/x-www-form-urlencoded"})

    async def kms(self, action: str, **parameters: str) -> None:
        """Call a KMS action."""
        target = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"TrentService.{action}"}
        await self._call("kms", "POST", "/", json.dumps(parameters), target)

    async def s3_put(self, path: str, body: str) -> None:
        """Put what `path` names (`/bucket`, `/bucket?policy`, `/bucket/key`) into S3."""
        await self._call("s3", "PUT", path, body, {"content-type": "text/plain"})

    async def _call(self, service: str, method: str, path: str, body: str, headers: Mapping[str, str]) -> None:
        content = body.encode()
        # An account's id as an access key is the emulator's root: no signature is looked at.
        scope = f"{self.account}/20260101/{self.region}/{service}/aws4_request"
        sent = {
            "host": "127.0.0.1",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "content-length": str(len(content)),
            **headers,
        }
        status, said = await _exchange(self._application, _request(method, path, sent), content)
        if not 200 <= status < 300:  # noqa: PLR2004 -- HTTP's success
            raise RuntimeError(f"{service} {method} {path} as {self.account}: {status} {said}")


def _request(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the ASGI scope of an HTTP request."""
    target, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }


async def _exchange(application: Application, request: dict[str, Any], body: bytes) -> tuple[int, str]:
    """Return the status and the body that the application answers."""
    arriving = [{"type": "http.request", "body": body, "more_body": False}]
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return arriving.pop() if arriving else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    await application(request, receive, send)
    status = next((message["status"] for message in answered if "status" in message), 0)
    said = b"".join(message.get("body", b"") for message in answered)
    return status, said.decode(errors="replace")
