"""Parameters are Terraform's, where its signatures are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from batchplan.lang.functions import encoding, formatting, hashing, regexes, strings, yaml
from batchplan.lang.functions.function import Function, Parameter
from batchplan.lang.types import to_json

SIGNATURES = Path(__file__).resolve().parents[4] / "../shared/oracle/functions.json"
FUNCTIONS = [
    function for module in (strings, formatting, regexes, encoding, yaml, hashing) for function in module.FUNCTIONS
]


def described(parameter: Parameter) -> list[Any]:
    """Return a parameter as the file of signatures has it."""
    return [parameter.name, to_json(parameter.type), *(["nullable"] if parameter.nullable else [])]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_takes_what_terraform_takes(function: Function) -> None:
    """Names, types, nullability and the variadic parameter agree."""
    if not SIGNATURES.exists():
        pytest.skip("the signatures are not at hand")
    expected = json.loads(SIGNATURES.read_text())[function.name]
    assert [described(parameter) for parameter in function.parameters] == expected["params"]
    assert (described(function.variadic) if function.variadic else None) == expected.get("variadic")
    if not callable(function.returns):
        assert to_json(function.returns) == expected["returns"]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_says_what_it_does(function: Function) -> None:
    """Each function has a description of one sentence."""
    assert function.description.endswith(".")
