"""JSON Web Tokens signed with RS256: made by the emulated Entra ID, checked by both planes.

Their times are real, not virtual: clients compare them with their own clocks.
"""

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LIFETIME = 3599  # seconds, as Entra ID answers
_REMEMBERED = 512


class InvalidToken(Exception):
    """A token that is not ours, not valid, or no longer valid. `expired` tells the last case."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.expired = expired


@dataclass(slots=True)
class Issuer:
    """Signs and checks tokens. The key is made when first needed and kept in `path`, if there is one."""

    path: Path | None = None
    clock: Callable[[], float] = time.time
    _key: rsa.RSAPrivateKey | None = None
    _checked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def sign(self, claims: Mapping[str, Any], lifetime: float = LIFETIME) -> str:
        """Return a token with the claims and `iat nbf exp` from the real clock."""
        now = int(self.clock())
        header = {"typ": "JWT", "alg": "RS256", "kid": self.key_id, "x5t": self.key_id}
        body = {**claims, "iat": now, "nbf": now, "exp": now + int(lifetime)}
        text = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(body).encode())}"
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_encode(signature)}"

    def check(self, token: str) -> dict[str, Any]:
        """Return the claims of a token of ours; raise InvalidToken with what is wrong."""
        claims = self._checked.get(token)
        if claims is None:
            claims = self._verified(token)
            if len(self._checked) >= _REMEMBERED:
                self._checked.clear()
            self._checked[token] = claims
        if self.clock() >= claims["exp"]:
            raise InvalidToken("the access token expiry UTC time is in the past", expired=True)
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            text, _, signature = token.rpartition(".")
            head, body = text.split(".")
            header = json.loads(_decode(head))
            claims = json.loads(_decode(body))
            given = _decode(signature)
        except (ValueError, binascii.Error) as error:
            raise InvalidToken("the access token is not well formed") from error
        if not isinstance(header, dict) or header.get("alg") != "RS256" or header.get("kid") != self.key_id:
            raise InvalidToken("the access token is signed with a key that is not known")
        try:
            self.key.public_key().verify(given, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise InvalidToken("the signature of the access token is invalid") from error
        if not isinstance(claims, dict) or not isinstance(claims.get("exp"), int):
            raise InvalidToken("the access token has no expiry")
        return claims

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The signing key."""
        if self._key is None:
            self._key = _kept_key(self.path) if self.path else _process_key()
        return self._key

    @property
    def key_id(self) -> str:
        """The name of the signing key: a digest of its public half."""
        return _key_id(self.key)

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        numbers = self.key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": _encode(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8)),
            "e": _encode(numbers.e.to_bytes(3)),
        }
        return {"keys": [key]}


@cache
def _key_id(key: rsa.RSAPrivateKey) -> str:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _encode(hashlib.sha256(public).digest()[:20])


@cache
def _process_key() -> rsa.RSAPrivateKey:
    """Return one key for all emulators of this process that keep nothing: making one takes a tenth of a second."""
    return rsa.generate_private_key(65537, 2048)


def _kept_key(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        loaded = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError(f"{path} holds no RSA key")
        return loaded
    key = rsa.generate_private_key(65537, 2048)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return key


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
