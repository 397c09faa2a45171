"""Runs commands with a fault in one of their AWS calls: each in a forked child of this one-threaded process.

Reads JSON lines `{"argv", "environ", "out", "fault": null | {"kind", "when", "call"}}`, answers each with
`{"status", "calls"}`: the exit status (negative: the signal) and how many AWS calls were begun.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries import standard

from wizard.access_path import explained
from wizard.aws import apply, clients, preparing, preparing_undo, proven, undo
from wizard.commands import apply as apply_command
from wizard.commands import progress
from wizard.commands import undo as undo_command
from wizard.policy import check

if TYPE_CHECKING:
    import botocore.session

KINDS = ("kill", "throttling", "timeout", "reset", "expired", "denied")
_CODES = {"throttling": (400, "Throttling"), "expired": (403, "ExpiredToken"), "denied": (403, "AccessDenied")}
_LASTING = {"expired"}  # credentials that ended stay ended for the run


class Fault:
    """Breaks one logical call (with all of botocore's attempts): before it is sent, or after AWS carried it out."""

    def __init__(self, kind: str, when: str, call: int, counted: Path) -> None:
        self._kind, self._when, self._call, self._counted = kind, when, call, counted
        self._seen = 0

    def listen(self, session: botocore.session.Session) -> None:
        session.register("before-send.*", self._sending)

    def _sending(self, **event: Any) -> Any:
        request = event["request"]
        told = request.headers.get("amz-sdk-request", b"attempt=1")
        if b"attempt=1" in (told if isinstance(told, bytes) else told.encode()):
            self._seen += 1
            self._counted.write_text(str(self._seen), encoding="ascii")
        hit = self._seen == self._call or (self._kind in _LASTING and self._seen > self._call)
        if not self._kind or not hit:
            return None
        # AWS doesn't carry out what it refuses; for a key that matters: one that is new then is somebody else's.
        refused_key = self._kind in _CODES and "Action=CreateAccessKey" in str(request.body or "")
        if self._when == "after" and self._seen == self._call and not refused_key:
            with_body = URLLib3Session().send(request)
            _ = with_body.content
        return self._break(request)

    def _break(self, request: Any) -> AWSResponse:
        if self._kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._kind == "timeout":
            raise ReadTimeoutError(endpoint_url=request.url)
        if self._kind == "reset":
            raise ConnectionClosedError(endpoint_url=request.url)
        status, code = _CODES[self._kind]
        return answer(request, status, code)


def answer(request: Any, status: int, code: str, message: str = "injected") -> AWSResponse:
    """Return an error as KMS (JSON), IAM and STS (wrapped XML) or S3 (plain XML) answers a request with it."""
    if "TrentService" in str(request.headers.get("X-Amz-Target", "")):
        content = json.dumps({"__type": f"{code}Exception", "message": message})
    else:
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        content = f"<ErrorResponse>{error}</ErrorResponse>" if request.method == "POST" else error
    made = AWSResponse(request.url, status, HTTPHeaders(), None)
    vars(made)["_content"] = content.encode()
    return made


def _child(job: dict[str, Any]) -> int:
    os.environ.update(job["environ"])
    out = os.open(job["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((0, nothing), (1, out), (2, out)):
        os.dup2(target, number)
    told = job["fault"] or {"kind": "", "when": "", "call": 0}
    clients.on_session = Fault(told["kind"], told["when"], told["call"], Path(job["counted"])).listen
    standard.ExponentialBackoff.delay_amount = lambda *_arguments: 0  # type: ignore[method-assign] # no waiting
    from wizard.__main__ import main

    status = main(job["argv"])
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def serve() -> None:
    """Answer jobs until standard input ends."""
    # Read once, before the forks: also what the commands import late.
    _ = apply, preparing, preparing_undo, proven, undo, progress, check, explained, apply_command, undo_command
    before = clients.Clients(clients.Place(region="us-east-1"))
    for service in ("iam", "sts", "s3", "kms"):
        before._client(service, "")  # its model is read once, before the forks
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 99
            try:
                status = _child(job)
            finally:
                os._exit(status)
        _pid, ended = os.waitpid(child, 0)
        counted = Path(job["counted"])
        calls = int(counted.read_text(encoding="ascii")) if counted.exists() else 0
        counted.unlink(missing_ok=True)
        sys.stdout.write(json.dumps({"status": os.waitstatus_to_exitcode(ended), "calls": calls}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
