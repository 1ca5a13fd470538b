"""Input variables: what they accept, where their values come from, and which of several counts."""

from typing import Any

import pytest

SHOW = 'output "v" { value = var.v }\n'


def declared(body: str) -> str:
    """Return a configuration with one variable and an output that shows it."""
    return f'variable "v" {{\n{body}\n}}\n{SHOW}'


SOURCES = [
    ("default", [], {}, {}, "default"),
    ("environment", ["env"], {}, {}, "env"),
    ("own file", ["env"], {"batchplan.batchvars.hcl": 'v = "own"'}, {}, "own"),
    ("own json file", ["env"], {"batchplan.batchvars.json": '{"v": "own json"}'}, {}, "own json"),
    (
        "json after hcl",
        [],
        {"batchplan.batchvars.hcl": 'v = "own"', "batchplan.batchvars.json": '{"v": "own json"}'},
        {},
        "own json",
    ),
    (
        "auto files by name",
        ["env"],
        {
            "b.auto.batchvars.hcl": 'v = "b"',
            "a.auto.batchvars.hcl": 'v = "a"',
            "batchplan.batchvars.hcl": 'v = "own"',
        },
        {},
        "b",
    ),
    ("flag", ["env"], {"b.auto.batchvars.hcl": 'v = "b"'}, ["v=flag"], "flag"),
    ("last flag", [], {}, ["v=one", "v=two"], "two"),
    ("file flag after flag", [], {"x.hcl": 'v = "file"'}, ["v=one", "@x.hcl"], "file"),
    ("flag after file flag", [], {"x.hcl": 'v = "file"'}, ["@x.hcl", "v=one"], "one"),
    ("file of another name is not read", [], {"prod.batchvars.hcl": 'v = "prod"'}, [], "default"),
]


@pytest.mark.parametrize(("env", "files", "given", "wanted"), [one[1:] for one in SOURCES], ids=[s[0] for s in SOURCES])
def test_precedence(load, env: list[str], files: dict[str, str], given: list[str], wanted: str) -> None:
    """The strongest of the given values counts."""
    environment = {"BATCHPLAN_VAR_v": env[0]} if env else {}
    found = load({"main.batch.hcl": declared('default = "default"'), **files}, list(given), environment=environment)
    assert found.outputs == {"v": wanted}


TEXTS = [
    ("no type keeps the text", "", "[1, 2]", "[1, 2]"),
    ("string keeps the text", "type = string", '"a"', '"a"'),
    ("empty string", "type = string", "", ""),
    ("equals sign in the value", "type = string", "a=b", "a=b"),
    ("number", "type = number", "3.50", 3.5),
    ("bool", "type = bool", "true", True),
    ("list is an expression", "type = list(string)", '["a", "b"]', ["a", "b"]),
    ("object with defaults", 'type = object({ a = number, b = optional(string, "x") })', "{a=1}", {"a": 1, "b": "x"}),
    ("any is an expression", "type = any", "[1]", [1]),
    ("map of numbers", "type = map(number)", '{a="1"}', {"a": 1}),
    ("set drops repeats", "type = set(string)", '["b","a","b"]', ["a", "b"]),
    ("tuple", "type = tuple([string, number])", '["a", "2"]', ["a", 2]),
]


@pytest.mark.parametrize(("body", "text", "wanted"), [one[1:] for one in TEXTS], ids=[one[0] for one in TEXTS])
def test_text_values(load, body: str, text: str, wanted: Any) -> None:
    """A text from a flag or the environment is read by the variable's type."""
    assert load(declared(body), [f"v={text}"]).outputs == {"v": wanted}
    assert load(declared(body), environment={"BATCHPLAN_VAR_v": text}).outputs == {"v": wanted}


NULLS = [
    ("null replaces the default", 'default = "x"', "v = null", None),
    ("null gives way to the default when not nullable", 'default = "x"\nnullable = false', "v = null", "x"),
    ("null as default", "type = string\ndefault = null", "", None),
    ("null inside", "type = list(string)", "v = [null]", [None]),
]


@pytest.mark.parametrize(("body", "file", "wanted"), [one[1:] for one in NULLS], ids=[one[0] for one in NULLS])
def test_null(load, body: str, file: str, wanted: Any) -> None:
    """Null is a value where the variable takes it."""
    assert load({"main.batch.hcl": declared(body), "a.auto.batchvars.hcl": file}).outputs == {"v": wanted}


FAULTS = [
    ("missing", "", [], "E0309"),
    ("null where not nullable", "nullable = false\ntype = any", ["v=null"], "E0310"),
    ("default null where not nullable", "nullable = false\ndefault = null", [], "E0307"),
    ("does not fit", "type = number", ["v=x"], "E0310"),
    ("no expression", "type = list(string)", ["v=["], "E0310"),
    ("undeclared flag", "default = 1", ["w=1"], "E0312"),
    ("flag without equals", "default = 1", ["v"], "E0310"),
    ("validation", 'validation {\ncondition = var.v == "a"\nerror_message = "no"\n}', ["v=b"], "E0311"),
    ("sensitive must be literal", "default = 1\nsensitive = var.w", [], "E0308"),
    ("sensitive must be bool", 'default = 1\nsensitive = "maybe"', [], "E0307"),
    ("unknown argument", "default = 1\nfoo = 1", [], "E0303"),
    ("unknown block", "default = 1\nfoo {}", [], "E0301"),
    ("function in type", "type = upper(string)\ndefault = 1", [], "E0218"),
]


@pytest.mark.parametrize(("body", "given", "code"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_faults(load, body: str, given: list[str], code: str) -> None:
    """What is wrong with a variable is said once, under its code."""
    assert load(declared(body), given).codes == [code]


def test_undeclared_in_environment_is_no_matter(load) -> None:
    """The environment may hold values for other configurations."""
    assert load(declared("default = 1"), environment={"BATCHPLAN_VAR_other": "1"}).outputs == {"v": 1}


def test_undeclared_in_file_warns(load) -> None:
    """A file with a value for nothing deserves a warning, not an error."""
    found = load({"main.batch.hcl": declared("default = 1"), "batchplan.batchvars.hcl": "w = 1\n"})
    assert found.codes == ["E0312"]
    assert not found.project.diagnostics.has_errors


def test_validation_may_use_other_things(load) -> None:
    """A validation may refer to other variables and locals, and shows its message."""
    text = """
    variable "low" { default = 5 }
    locals { slack = 2 }
    variable "high" {
      default = 6
      validation {
        condition     = var.high >= var.low + local.slack
        error_message = "high must be ${var.low + local.slack} or more."
      }
    }
    """
    found = load(text)
    assert found.codes == ["E0311"]
    assert "high must be 7 or more." in found.details


def test_several_validations_are_all_reported(load) -> None:
    """Every validation that fails is reported."""
    body = 'default = 5\nvalidation {\ncondition = var.v > 9\nerror_message = "a"\n}\n'
    assert load(declared(body + body.replace("default = 5", "").replace('"a"', '"b"'))).codes == ["E0311", "E0311"]


def test_sensitive_flows(load) -> None:
    """What is made of a sensitive variable is sensitive."""
    found = load('variable "s" {\n default = "x"\n sensitive = true\n}\noutput "o" { value = "a${var.s}" }')
    assert found.codes == ["E0325"]
    found = load(
        'variable "s" {\n default = "x"\n sensitive = true\n}\noutput "o" {\n value = var.s\n sensitive = true\n}'
    )
    assert found.evaluated.outputs["o"].sensitive


def test_ephemeral_does_not_leave_the_root(load) -> None:
    """An ephemeral value may pass between modules but not out of the root."""
    files = {
        "main.batch.hcl": 'variable "t" {\n default = "x"\n ephemeral = true\n}\n'
        'module "m" {\n source = "./m"\n t = var.t\n}\n',
        "m/main.batch.hcl": 'variable "t" { ephemeral = true }\noutput "t" {\n value = var.t\n ephemeral = true\n}\n',
    }
    assert load(files).codes == []
    files["main.batch.hcl"] += 'output "t" { value = module.m.t }\n'
    assert load(files).codes == ["E0223"]


def test_deprecated_warns_only_when_given(load) -> None:
    """Using a deprecated variable is a warning; leaving it alone is none."""
    body = 'default = 1\ndeprecated = "Use w."'
    assert load(declared(body)).codes == []
    found = load(declared(body), ["v=2"])
    assert found.codes == ["E0320"]
    assert not found.project.diagnostics.has_errors


def test_reserved_words(load) -> None:
    """A module block needs some words for itself."""
    assert load('variable "source" { default = 1 }').codes == ["E0306"]


def test_partial_leaves_variables_open(load) -> None:
    """In validate, a variable without a value is unknown, and what depends on it is not wrong."""
    text = """
    variable "n" { type = number }
    variable "names" { type = set(string) }
    pool "a" { count = var.n }
    pool "b" { for_each = var.names }
    pool "c" {
      name = "x-${var.n}"
      dynamic "resource_file" {
        for_each = var.names
        content { http_url = resource_file.value }
      }
    }
    output "all" { value = [pool.a[0].name, pool.b["x"].name] }
    """
    assert load(text, partial=True).codes == []


def test_partial_finds_what_is_wrong_anyway(load) -> None:
    """An unknown value of a known type is checked for what can be told."""
    text = 'variable "n" { type = list(string) }\npool "b" {\n for_each = var.n\n}\nlocals { x = var.n.name }\n'
    assert sorted(load(text, partial=True).codes) == ["E0209", "E0314"]
