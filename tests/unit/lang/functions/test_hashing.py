"""Hashes and UUIDs are those of Terraform 1.15."""

import base64
import re

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from batchplan.lang.functions import hashing
from batchplan.lang.functions.function import ArgumentError, FunctionError
from batchplan.lang.numbers import parse
from batchplan.lang.values import Value

TABLE = {function.name: function for function in hashing.FUNCTIONS}
URL_SPACE = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
TADA = "faa898db-9b9d-5b75-86a9-149e7bb8e3b8"

CASES: list[tuple[str, list[Value], str]] = [
    ("md5", ["é"], "66ddcd97cfdeabb2f6fb8a999b4bc76f"),
    ("sha1", ["test"], "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"),
    ("sha256", ["hello world"], "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"),
    ("base64sha256", ["test"], "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
    ("uuidv5", ["url", "tada"], "2c1ff6b4-211f-577e-94de-d978b0caa16e"),
    ("uuidv5", ["x500", "é"], "d13e05fb-cfd5-575b-8154-f5979b02b254"),
    ("uuidv5", ["dns", ""], "4ebd0208-8328-5d69-8c44-ec50939c0967"),
    ("uuidv5", [f"URN:UUID:{URL_SPACE}", "tada"], TADA),
    ("uuidv5", [f"[{URL_SPACE.upper()}]", "tada"], TADA),
    ("uuidv5", [URL_SPACE.replace("-", ""), "tada"], TADA),
]
FAULTS: list[tuple[str, list[Value], int]] = [
    ("uuidv5", ["DNS", "a"], 0),
    ("uuidv5", ["6ba7b810x9dad-11d1-80b4-00c04fd430c8", "a"], 0),
    ("uuidv5", ["6ba7-b8109dad11d180b400c04fd430c8", "a"], 0),
    ("bcrypt", ["a", 19], 1),
    ("bcrypt", ["a", parse("4.5")], 1),
    ("bcrypt", ["a", 4, 5], 2),
    ("bcrypt", ["a" * 73, 4], 0),
    ("rsadecrypt", ["!", ""], 0),
    ("rsadecrypt", ["YQ==", "no key"], 1),
]
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = serialization.Encoding.PEM
FORMATS = serialization.PrivateFormat


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, form: FORMATS, password: bytes | None = None) -> str:
    """Return a private key in PEM format."""
    seal = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(PEM, form, seal).decode()


def sealed(data: bytes) -> str:
    """Return data encrypted for the key."""
    return base64.b64encode(KEY.public_key().encrypt(data, padding.PKCS1v15())).decode()


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES, ids=lambda part: str(part)[:30])
def test_returns_what_terraform_returns(name: str, arguments: list[Value], expected: str) -> None:
    """A call has Terraform's result."""
    assert TABLE[name].call(arguments) == expected


@pytest.mark.parametrize(("name", "arguments", "index"), FAULTS, ids=lambda part: str(part)[:30])
def test_names_the_argument_that_is_wrong(name: str, arguments: list[Value], index: int) -> None:
    """An argument that cannot be used is named by its index."""
    with pytest.raises(ArgumentError) as caught:
        TABLE[name].call(arguments)
    assert caught.value.index == index


@pytest.mark.parametrize(
    ("name", "encoded"), [("sha512", "sha512"), ("base64sha512", "sha512")], ids=["hexadecimal", "base64"]
)
def test_sha512_has_64_bytes(name: str, encoded: str) -> None:
    """Both forms of SHA-512 carry the same 64 bytes."""
    text = TABLE[name].call(["test"])
    assert isinstance(text, str)
    data = base64.b64decode(text) if name.startswith("base64") else bytes.fromhex(text)
    assert data.hex() == TABLE[encoded].call(["test"])
    assert len(data) == 64


@pytest.mark.parametrize(("arguments", "cost"), [(["a\0é", 4], "04"), (["a", 3], "10")], ids=["cost 4", "too cheap"])
def test_bcrypt_makes_a_hash_that_verifies(arguments: list[Value], cost: str) -> None:
    """A cost below 4 means the usual 10."""
    import bcrypt

    text = TABLE["bcrypt"].call(arguments)
    assert isinstance(text, str)
    assert text.startswith(f"$2a${cost}$")
    assert isinstance(arguments[0], str)
    assert bcrypt.checkpw(arguments[0].encode(), text.encode())


def test_uuid_is_random() -> None:
    """Each call gives another UUID of version 4."""
    first, second = (str(TABLE["uuid"].call([])) for _ in range(2))
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)


@pytest.mark.parametrize(
    "form", [FORMATS.TraditionalOpenSSL, FORMATS.PKCS8, FORMATS.OpenSSH], ids=["PKCS 1", "PKCS 8", "OpenSSH"]
)
def test_rsadecrypt_opens_what_was_sealed(form: FORMATS) -> None:
    """All usual formats of RSA keys are read."""
    assert TABLE["rsadecrypt"].call([sealed("é".encode()), pem(KEY, form)]) == "é"


def test_rsadecrypt_refuses_what_was_not_sealed_for_the_key() -> None:
    """Something that was encrypted for another key is an error, never random text."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(FunctionError):
        TABLE["rsadecrypt"].call([sealed(b"x"), pem(other, FORMATS.PKCS8)])


@pytest.mark.parametrize(
    "key",
    [pem(KEY, FORMATS.PKCS8, b"secret"), pem(ec.generate_private_key(ec.SECP256R1()), FORMATS.PKCS8)],
    ids=["passphrase", "not RSA"],
)
def test_rsadecrypt_refuses_other_keys(key: str) -> None:
    """A key that is protected, or of another kind, is an error of the second argument."""
    with pytest.raises(ArgumentError) as caught:
        TABLE["rsadecrypt"].call([sealed(b"x"), key])
    assert caught.value.index == 1
