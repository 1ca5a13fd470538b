"""`batchplan validate`: as text and as JSON."""

import json

import pytest

GOOD = 'variable "n" { type = number }\nlocals {\n  double = var.n * 2\n}\noutput "o" { value = local.double }\n'
BAD = 'locals { n = "é" }\noutput "o" {\n  value = local.n * 2\n}\n'


def test_valid(run) -> None:
    """A valid configuration says so; variables need no values."""
    ran = run("validate", files={"main.batch.hcl": GOOD})
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "Success! The configuration is valid.\n"


def test_valid_with_warnings(run) -> None:
    """Warnings are shown and leave the configuration valid."""
    files = {"main.batch.hcl": GOOD, "batchplan.batchvars.hcl": "m = 1\n"}
    ran = run("validate", files=files)
    assert ran.code == 0
    assert ran.err.startswith("Warning: E0312")
    assert ran.out == "Success! The configuration is valid. There are warnings above.\n"


def test_invalid(run) -> None:
    """Faults go to the error stream, and the exit code is 1."""
    ran = run("validate", files={"main.batch.hcl": BAD})
    assert (ran.code, ran.out) == (1, "")
    assert "E0205" in ran.err


def test_json_of_valid(run) -> None:
    """The document of a valid configuration has no diagnostics."""
    ran = run("validate", "-json", files={"main.batch.hcl": GOOD})
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "format_version": "1.0",
        "valid": True,
        "error_count": 0,
        "warning_count": 0,
        "diagnostics": [],
    }


def test_json_of_invalid(run) -> None:
    """A diagnostic in JSON has Terraform's members, and the code besides; columns count what one sees."""
    ran = run("validate", "-json", files={"main.batch.hcl": BAD})
    assert (ran.code, ran.err) == (1, "")
    made = json.loads(ran.out)
    assert (made["valid"], made["error_count"]) == (False, 1)
    assert made["diagnostics"] == [
        {
            "severity": "error",
            "code": "E0205",
            "summary": "Invalid operand",
            "detail": "This operand does not fit: a number is required.",
            "range": {
                "filename": "main.batch.hcl",
                "start": {"line": 3, "column": 11, "byte": 43},
                "end": {"line": 3, "column": 18, "byte": 50},
            },
            "snippet": {
                "context": 'output "o"',
                "code": "  value = local.n * 2",
                "start_line": 3,
                "highlight_start_offset": 10,
                "highlight_end_offset": 17,
                "values": [{"traversal": "local.n", "statement": 'is "é"'}],
            },
        }
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [("main.batch.hcl", "a {"), ("main.batch.json", "{"), ("main.batch.hcl", "locals { a = \0 }")],
    ids=["native", "json", "nul"],
)
def test_json_of_broken_files(run, name: str, content: str) -> None:
    """Files with syntax errors give a document too."""
    made = json.loads(run("validate", "-json", files={name: content}).out)
    assert made["error_count"] >= 1
    assert made["diagnostics"][0]["range"]["filename"] == name


def test_json_without_files(run) -> None:
    """A fault without a place has no range."""
    made = json.loads(run("validate", "-json").out)
    assert made["diagnostics"][0]["code"] == "E0409"
    assert "range" not in made["diagnostics"][0]


def test_variables_are_checked_when_given(run) -> None:
    """What is given is checked, though nothing has to be given."""
    ran = run("validate", "-var", "n=x", files={"main.batch.hcl": GOOD})
    assert ran.code == 1
    assert "E0310" in ran.err


def test_instance_is_named(run) -> None:
    """A fault in one of several instances says in which."""
    text = 'pool "p" {\n  for_each = { a = 1, b = "x" }\n  name     = each.value * 2\n}\n'
    ran = run("validate", "-json", files={"main.batch.hcl": text})
    found = [one for one in json.loads(ran.out)["diagnostics"] if one["code"] == "E0205"]
    assert [one["address"] for one in found] == ['pool.p["b"]']


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('provisioner "local-exec" {}', "Nodes are prepared by start tasks"),
        ("connection {}", "Nodes are prepared by start tasks"),
        ('timeouts {\n    create = "30m"\n  }', "health { timeout = … }"),
        ("lifecycle {\n    create_before_destroy = true\n  }", 'strategy = "blue_green", the default'),
    ],
    ids=["provisioner", "connection", "timeouts", "create_before_destroy"],
)
def test_words_of_terraform(run, text: str, told: str) -> None:
    """A word that people bring along from Terraform is refused with what there is in its place."""
    account = '  name = "acme"\n  resource_group_name = "rg"\n  location = "westeurope"\n'
    ran = run("validate", files={"main.batch.hcl": f'account "a" {{\n{account}  {text}\n}}\n'})
    assert ran.code == 1
    assert told in ran.err
