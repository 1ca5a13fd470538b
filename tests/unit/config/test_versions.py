"""Versions and constraints on them, and whether they are enforced."""

import pytest

import batchplan
from batchplan.config.versions import VersionError, parse_constraint, parse_version

CONSTRAINTS = [
    ("1.2.3", "1.2.3", True),
    ("= 1.2.3", "1.2.4", False),
    ("!= 1.2.3", "1.2.3", False),
    (">= 1.2, < 2", "1.9.9", True),
    (">= 1.2, < 2", "2.0.0", False),
    ("> 1", "1.0.0", False),
    ("<= 1.0", "1.0.0", True),
    ("~> 1.2", "1.9.0", True),
    ("~> 1.2", "2.0.0", False),
    ("~> 1.2", "1.1.9", False),
    ("~> 1.2.3", "1.2.9", True),
    ("~> 1.2.3", "1.3.0", False),
    ("~> 1", "1.5.0", True),
    ("v1.0.0", "1.0.0", True),
    (">=1.0.0-beta", "1.0.0", True),
]


@pytest.mark.parametrize(("constraint", "version", "allowed"), CONSTRAINTS)
def test_constraints(constraint: str, version: str, allowed: bool) -> None:
    """A constraint allows the versions it describes."""
    assert parse_constraint(constraint).allows(parse_version(version)) is allowed


@pytest.mark.parametrize("text", ["", "one", "1.2.3.4", ">= ", "=> 1", ">= 1 2", "1,,2", ">= 1,"])
def test_refused(text: str) -> None:
    """What is no constraint is refused."""
    with pytest.raises(VersionError):
        parse_constraint(text)


ENFORCED = [
    (f">= {batchplan.__version__}", []),
    ("> 0.0.1", []),
    (">= 99", ["E0411"]),
    ("< 0.0.1", ["E0411"]),
    ("one", ["E0307"]),
]


@pytest.mark.parametrize(("text", "codes"), ENFORCED, ids=[text for text, _ in ENFORCED])
def test_required_version(load, text: str, codes: list[str]) -> None:
    """A configuration that asks for another batchplan is refused, wherever it asks."""
    settings = f'batchplan {{ required_version = "{text}" }}\n'
    assert load(settings).codes == codes
    assert load({"main.batch.hcl": 'module "m" { source = "./m" }', "m/a.batch.hcl": settings}).codes == codes


def test_required_version_is_a_literal(load) -> None:
    """The version is read before anything is evaluated."""
    assert load("batchplan { required_version = local.v }\nlocals { v = 1 }").codes == ["E0308"]
