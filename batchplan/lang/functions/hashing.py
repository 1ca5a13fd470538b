"""Hashes, UUIDs, and the one function that decrypts."""

import hashlib
import uuid as uuids
from dataclasses import dataclass

from batchplan.lang.functions import base64text, text
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.functions.text import nfc
from batchplan.lang.numbers import Number
from batchplan.lang.types import NUMBER, STRING
from batchplan.lang.values import Value

_STR = Parameter("str", STRING)
_NAMESPACES = {
    "dns": uuids.NAMESPACE_DNS,
    "url": uuids.NAMESPACE_URL,
    "oid": uuids.NAMESPACE_OID,
    "x500": uuids.NAMESPACE_X500,
}
_BCRYPT_COST = 10
_BCRYPT_MOST = 18
"""Terraform has no such limit below 31, which takes days."""
_BCRYPT_BYTES = 72


@function("base64sha256", _STR, returns=STRING)
def base64sha256(value: str) -> Value:
    """Return the SHA-256 hash of a string in base64."""
    return base64text.encode(hashlib.sha256(value.encode()).digest())


@function("base64sha512", _STR, returns=STRING)
def base64sha512(value: str) -> Value:
    """Return the SHA-512 hash of a string in base64."""
    return base64text.encode(hashlib.sha512(value.encode()).digest())


@function("bcrypt", _STR, variadic=Parameter("cost", NUMBER), returns=STRING)
def bcrypt(value: str, *costs: Number) -> Value:
    """Return a bcrypt hash, another one each time; the cost is 10 unless given."""
    import bcrypt as library

    if len(costs) > 1:
        raise ArgumentError(2, "only the string and a cost can be given")
    cost = text.whole(1, costs[0]) if costs else _BCRYPT_COST
    if cost > _BCRYPT_MOST:
        raise ArgumentError(
            1, f"the cost is at most {_BCRYPT_MOST}; each step doubles the time, and that takes long enough"
        )
    data = value.encode()
    if len(data) > _BCRYPT_BYTES:
        raise ArgumentError(0, f"bcrypt hashes at most {_BCRYPT_BYTES} bytes; this has {len(data)}")
    salt = library.gensalt(cost if cost >= 4 else _BCRYPT_COST, prefix=b"2a")
    return library.hashpw(data, salt).decode("ascii")


@function("md5", _STR, returns=STRING)
def md5(value: str) -> Value:
    """Return the MD5 hash of a string in hexadecimal."""
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class _Key:
    """An RSA key: modulus, private exponent, length in bytes."""

    modulus: int
    exponent: int
    size: int

    def decrypt(self, data: bytes) -> bytes | None:
        """Return what was encrypted with PKCS #1 v1.5, None when it was not with this key.

        The library's own decryption answers a wrong key with random bytes, on purpose; here that is an error.
        """
        number = int.from_bytes(data, "big")
        if len(data) > self.size or number >= self.modulus:
            return None
        padded = pow(number, self.exponent, self.modulus).to_bytes(self.size, "big")
        end = padded.find(b"\0", 2)
        return padded[end + 1 :] if padded[:2] == b"\0\2" and end >= 10 else None


def _private_key(source: str) -> _Key:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    data = source.encode()
    load = load_ssh_private_key if b"BEGIN OPENSSH PRIVATE KEY" in data else load_pem_private_key
    try:
        key = load(data, password=None)
    except TypeError:
        raise ArgumentError(1, "it is protected by a passphrase; give it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ArgumentError(1, "it is not a private key in PEM format") from None
    if not isinstance(key, RSAPrivateKey):
        raise ArgumentError(1, "it is a private key, but not of RSA")
    private = key.private_numbers()
    return _Key(private.public_numbers.n, private.d, (key.key_size + 7) // 8)


@function("rsadecrypt", Parameter("ciphertext", STRING), Parameter("privatekey", STRING), returns=STRING)
def rsadecrypt(ciphertext: str, privatekey: str) -> Value:
    """Decrypt base64 with an RSA private key in PEM format."""
    data = base64text.decode(ciphertext)
    if data is None:
        raise ArgumentError(0, "it is not base64 with the standard alphabet and padding")
    plain = _private_key(privatekey).decrypt(data)
    if plain is None:
        raise FunctionError("the text was not encrypted for this key with PKCS #1 v1.5")
    return nfc(plain.decode(errors="replace"))


@function("sha1", _STR, returns=STRING)
def sha1(value: str) -> Value:
    """Return the SHA-1 hash of a string in hexadecimal."""
    return hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()


@function("sha256", _STR, returns=STRING)
def sha256(value: str) -> Value:
    """Return the SHA-256 hash of a string in hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()


@function("sha512", _STR, returns=STRING)
def sha512(value: str) -> Value:
    """Return the SHA-512 hash of a string in hexadecimal."""
    return hashlib.sha512(value.encode()).hexdigest()


@function("uuid", returns=STRING)
def uuid() -> Value:
    """Return a random UUID, another one each time."""
    return str(uuids.uuid4())


def _namespace(source: str) -> uuids.UUID | None:
    """Read a UUID with hyphens, also as a URN or in brackets of any kind, or its 32 digits."""
    digits = source
    if len(source) == 45 and source[:9].lower() == "urn:uuid:":
        digits = source[9:]
    elif len(source) == 38:
        digits = source[1:-1]
    if len(digits) == 36:
        if any(digits[at] != "-" for at in (8, 13, 18, 23)):
            return None
        digits = digits[:8] + digits[9:13] + digits[14:18] + digits[19:23] + digits[24:]
    if len(digits) != 32 or not all(c in "0123456789abcdefABCDEF" for c in digits):
        return None
    return uuids.UUID(hex=digits)


@function("uuidv5", Parameter("namespace", STRING), Parameter("name", STRING), returns=STRING)
def uuidv5(namespace: str, name: str) -> Value:
    """Return the UUID of a name in a namespace."""
    space = _NAMESPACES.get(namespace) or _namespace(namespace)
    if space is None:
        raise ArgumentError(0, 'it is neither a UUID nor one of "dns", "url", "oid" and "x500"')
    return str(uuids.uuid5(space, name))


FUNCTIONS: tuple[Function, ...] = (
    base64sha256,
    base64sha512,
    bcrypt,
    md5,
    rsadecrypt,
    sha1,
    sha256,
    sha512,
    uuid,
    uuidv5,
)
