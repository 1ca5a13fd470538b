"""What was asked and answered: the last requests in memory, all of them in a JSONL file when there is one.

Secrets never reach it: credentials in headers are not kept, members with secret names and signatures
in URLs are replaced, and answers are kept only when they are errors.
"""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qsl

from batchplan.emulator.model import Json
from batchplan.emulator.wire.http import Reply, Request

HIDDEN = "(hidden)"
KEPT_HEADERS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "content-type", "user-agent")
LONGEST_BODY = 64 * 1024
_SECRET = re.compile(
    r"password|secret|token|accountkey|saskey|sshprivatekey|protectedsettings|primary|secondary|assertion|code_verifier|^sig$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"([?&](?:sig|signature|code|token)=)[^&\s\"']+", re.IGNORECASE)


@dataclass(slots=True)
class RequestLog:
    """The log. `path` names the JSONL file, or None; entries older than `size` requests are forgotten in memory."""

    path: Path | None = None
    size: int = 10_000
    entries: deque[Json] = field(init=False)
    count: int = 0
    _file: TextIO | None = None

    def __post_init__(self) -> None:
        self.entries = deque(maxlen=self.size)

    def add(
        self,
        request: Request,
        reply: Reply | None,
        *,
        at: str,
        plane: str,
        account: str | None,
        seconds: float,
        faults: tuple[str, ...] = (),
    ) -> None:
        """Record a request; `reply` is None when the connection was cut. `at` is virtual time, `seconds` real."""
        self.count += 1
        entry: Json = {
            "n": self.count,
            "at": at,
            "plane": plane,
            "account": account,
            "method": request.method,
            "path": request.path,
            "query": {name: HIDDEN if _SECRET.search(name) else _unsigned(v) for name, v in request.query.items()},
            "headers": {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers},
            "body": readable(request.body, request.headers.get("content-type", "")),
            "status": reply.status if reply else None,
            "ms": round(seconds * 1000, 3),
        }
        if reply is not None and reply.status >= 400:
            entry["answer"] = readable(reply.body, reply.headers.get("Content-Type", "application/json"))
        if faults:
            entry["faults"] = list(faults)
        self.entries.append(entry)
        if self.path is not None:
            self._write(self.path, entry)

    def last(self, limit: int = 100, after: int = 0) -> list[Json]:
        """Return the newest entries, oldest first, with numbers above `after`."""
        found = [entry for entry in self.entries if entry["n"] > after]
        return found[-limit:] if limit else []

    def clear(self) -> None:
        """Forget the entries in memory; the file stays."""
        self.entries.clear()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, path: Path, entry: Json) -> None:
        if self._file is None:
            self._file = path.open("a", encoding="utf-8")
        self._file.write(json.dumps(entry, separators=(",", ":")) + "\n")
        self._file.flush()


def readable(body: bytes, content_type: str) -> Any:
    """Return a body for the log: JSON and forms with secrets hidden, None for an empty one, else its size."""
    if not body:
        return None
    if len(body) > LONGEST_BODY:
        return f"({len(body)} bytes)"
    text = body.decode("utf-8", "replace")
    if "form-urlencoded" in content_type:
        return {name: HIDDEN if _SECRET.search(name) else value for name, value in parse_qsl(text)}
    try:
        return redacted(json.loads(text))
    except (ValueError, RecursionError):
        return f"({len(body)} bytes)"


def redacted(value: Any) -> Any:
    """Return JSON with the values of secret members hidden, and the signatures of URLs cut out."""
    if isinstance(value, dict):
        return {name: HIDDEN if _SECRET.search(name) and item else redacted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return _unsigned(value) if isinstance(value, str) else value


def _unsigned(text: str) -> str:
    return _SIGNATURE.sub(rf"\1{HIDDEN}", text) if "=" in text else text
