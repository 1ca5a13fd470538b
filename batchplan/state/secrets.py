"""Keyed hashes that stand for secrets: equal secrets have equal hashes, and nothing leads back.

The key is made with the state and kept in it, so that a hash tells only whether a value has changed,
and the same password in two states has two hashes.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MARK = "$secret"


def new_key() -> str:
    """Return a fresh key, in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keyed_hash(key: str, value: Any) -> str:
    """Return the hash of a secret (any JSON value) under a key."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def placeholder(digest: str) -> dict[str, str]:
    """Return what stands in a document for a secret."""
    return {MARK: digest}


def is_placeholder(value: Any) -> bool:
    """Return whether a value of a document stands for a secret."""
    return isinstance(value, Mapping) and set(value) == {MARK}


def transformed(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return JSON-like data with a function applied to all that is neither a record nor a list."""
    if isinstance(value, Mapping) and not is_placeholder(value):
        return {name: transformed(item, leaf) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [transformed(item, leaf) for item in value]
    return leaf(value)


def concealed(value: Any, like: Any, key: str) -> Any:
    """Return JSON-like data in which what is one of the secrets of other data is its placeholder too.

    A field that can be read, and was given a secret, is observed in the clear.
    """
    known = set(_hashes(like))
    if not known:
        return value

    def leaf(found: Any) -> Any:
        digest = keyed_hash(key, found) if isinstance(found, str) else ""
        return placeholder(digest) if digest in known else found

    return transformed(value, leaf)


def _hashes(node: Any) -> Iterator[str]:
    if is_placeholder(node):
        yield node[MARK]
    elif isinstance(node, Mapping):
        for part in node.values():
            yield from _hashes(part)
    elif isinstance(node, (list, tuple)):
        for part in node:
            yield from _hashes(part)
