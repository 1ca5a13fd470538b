"""`batchplan schema` and `batchplan explain` of kinds and fields."""

import json


def test_schema_lists_the_kinds(run) -> None:
    """One line for each kind, and how to read on."""
    done = run("schema")
    assert done.code == 0
    assert "job_schedule" in done.out
    assert "data.vm_sizes" in done.out
    assert "batchplan explain NAME" in done.out


def test_schema_json_is_for_tools(run) -> None:
    """With -json, all fields of all kinds."""
    done = run("schema", "-json")
    assert done.code == 0
    made = json.loads(done.out)
    assert made["format_version"] == "1.0"
    size = made["resource_schemas"]["pool"]["block"]["attributes"]["vm_size"]
    assert size["required"] is True
    assert size["api"] == "properties.vmSize"


def test_explain_tells_of_a_field(run) -> None:
    """A field by its kind and name."""
    done = run("explain", "pool.vm_size")
    assert done.code == 0
    assert done.out.startswith("pool.vm_size (string, required)\n")


def test_explain_answers_a_mistyped_field(run) -> None:
    """An unknown name ends with 1 and a hint."""
    done = run("explain", "pool.vm_sise")
    assert done.code == 1
    assert 'Did you mean "vm_size"?' in done.err


def test_validate_checks_against_the_schema(run) -> None:
    """A field that no kind has is an error of validate."""
    text = 'account "a" {\n  name = "acme"\n  resource_group_name = "rg"\n  locaton = "westeurope"\n}\n'
    done = run("validate", files={"main.batch.hcl": text})
    assert done.code == 1
    assert 'Did you mean "location"?' in done.err
