"""Base64 as Go reads it: padded, the standard alphabet, line breaks ignored, spare bits ignored."""

import base64
import re

_PADDED = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def decode(source: str) -> bytes | None:
    """Return the bytes, or None when the text is not base64."""
    plain = source.replace("\r", "").replace("\n", "")
    return base64.b64decode(plain) if _PADDED.fullmatch(plain) else None


def encode(data: bytes) -> str:
    """Return the text."""
    return base64.b64encode(data).decode("ascii")
