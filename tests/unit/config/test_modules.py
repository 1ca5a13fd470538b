"""Modules: what goes in, what comes out, how often, and where they are."""

from pathlib import Path

import pytest

ECHO = 'variable "x" { default = 0 }\noutput "x" { value = var.x }\npool "p" { name = "p${var.x}" }\n'


def calling(body: str, more: str = "") -> dict[str, str]:
    """Return a project that calls a module which gives its input back."""
    return {"main.batch.hcl": f'module "m" {{\n source = "./m"\n{body}\n}}\n{more}', "m/main.batch.hcl": ECHO}


FORMS = [
    ("once", "x = 3", "module.m.x", 3, ["module.m.pool.p"]),
    ("default", "", "module.m.x", 0, ["module.m.pool.p"]),
    ("count", "count = 2\nx = count.index", "module.m[*].x", [0, 1], ["module.m[0].pool.p", "module.m[1].pool.p"]),
    ("count zero", "count = 0", "module.m", [], []),
    (
        "for_each",
        'for_each = { a = 1, b = 2 }\nx = "${each.key}${each.value}"',
        "{ for k, m in module.m : k => m.x }",
        {"a": "a1", "b": "b2"},
        ['module.m["a"].pool.p', 'module.m["b"].pool.p'],
    ),
    ("for_each index", 'for_each = toset(["a"])\nx = each.value', 'module.m["a"].x', "a", ['module.m["a"].pool.p']),
    ("enabled", "enabled = true\nx = 1", "module.m.x", 1, ["module.m.pool.p"]),
    ("disabled", "enabled = false\nx = 1", "module.m == null", True, []),
]


@pytest.mark.parametrize(("body", "shown", "value", "addresses"), [f[1:] for f in FORMS], ids=[f[0] for f in FORMS])
def test_forms(load, body: str, shown: str, value: object, addresses: list[str]) -> None:
    """A module call is one instance or several, and its value has that shape."""
    found = load(calling(body, f'output "o" {{ value = {shown} }}'))
    assert found.outputs == {"o": value}
    assert found.addresses == addresses


def test_nested(load) -> None:
    """Modules call modules; addresses and path.module say which."""
    found = load(
        {
            "main.batch.hcl": 'module "a" {\n source = "./a"\n count = 2\n n = count.index\n}\n'
            'output "o" { value = module.a[*].o }',
            "a/main.batch.hcl": 'variable "n" {}\nmodule "b" {\n source = "../b"\n for_each = toset(["x"])\n'
            ' n = "${var.n}${each.key}"\n}\noutput "o" { value = module.b["x"].o }',
            "b/main.batch.hcl": 'variable "n" {}\npool "p" {}\noutput "o" { value = "${path.module}:${var.n}" }',
        }
    )
    assert found.outputs == {"o": ["b:0x", "b:1x"]}
    assert found.addresses == ['module.a[0].module.b["x"].pool.p', 'module.a[1].module.b["x"].pool.p']


def test_files_are_relative_to_the_module(load) -> None:
    """path.module, file() and templatefile() mean the folder of the module."""
    found = load(
        {
            "main.batch.hcl": 'module "m" { source = "./m" }\noutput "o" { value = module.m.o }\noutput "r" '
            "{ value = path.root }",
            "m/main.batch.hcl": 'output "o" { value = [file("${path.module}/t.txt"), path.module, path.root] }',
            "m/t.txt": "text",
        }
    )
    assert found.outputs == {"o": ["text", "m", "."], "r": "."}


def test_depends_on_reaches_into_modules(load) -> None:
    """Depending on a module means on every resource in it."""
    text = 'module "m" { source = "./m" }\npool "q" { depends_on = [module.m] }\n'
    found = load({"main.batch.hcl": text, "m/main.batch.hcl": 'pool "p" {}\n'})
    node = next(one for one in found.evaluated.tree.needs if str(one) == "pool.q")
    assert [str(one) for one in found.evaluated.needed_blocks(node)] == ["module.m.pool.p"]


def test_references_reach_through_modules(load) -> None:
    """What a pool needs is found through locals, inputs and outputs."""
    found = load(
        {
            "main.batch.hcl": 'account "a" { name = "acme" }\nlocals { name = account.a.name }\n'
            'module "m" {\n source = "./m"\n x = local.name\n}\npool "q" { name = module.m.x }\n',
            "m/main.batch.hcl": ECHO,
        }
    )
    needs = {
        str(node): [str(one) for one in found.evaluated.needed_blocks(node)] for node in found.evaluated.tree.needs
    }
    assert needs["pool.q"] == ["account.a"]
    assert needs["module.m.pool.p"] == ["account.a"]
    order = [str(node) for node in found.evaluated.tree.order if node.type == "resource"]
    assert order.index("account.a") < order.index("module.m.pool.p")


def test_providers_argument(load) -> None:
    """A call may pass providers; the arguments of a provider block are kept for later."""
    text = (
        'provider "azure" { subscription_id = "1" }\nprovider "azure" {\n alias = "other"\n}\n'
        'module "m" {\n source = "./m"\n providers = { azure = azure.other }\n}\n'
    )
    found = load({"main.batch.hcl": text, "m/main.batch.hcl": 'pool "p" {}\n'})
    assert found.addresses == ["module.m.pool.p"]
    root = found.project.root
    assert root is not None
    assert set(root.module.providers) == {("azure", None), ("azure", "other")}
    assert root.module.calls["m"].providers is not None


def test_const_source(load) -> None:
    """A source may use variables that are const, and path.module."""
    files = calling("x = 1").copy()
    files["main.batch.hcl"] = (
        'variable "where" {\n default = "m"\n const = true\n}\nmodule "m" { source = "./${var.where}" }\n'
    )
    assert load(files).addresses == ["module.m.pool.p"]


def test_const_in_a_called_module(load) -> None:
    """A const variable of a called module may decide about the modules that one calls."""
    files = {
        "main.batch.hcl": 'module "m" {\n source = "./m"\n kind = "b"\n}\noutput "o" { value = module.m.o }',
        "m/main.batch.hcl": 'variable "kind" { const = true }\nmodule "k" { source = "./${var.kind}" }\n'
        'output "o" { value = module.k.o }',
        "m/a/main.batch.hcl": 'output "o" { value = "a" }',
        "m/b/main.batch.hcl": 'output "o" { value = "b" }',
    }
    assert load(files).outputs == {"o": "b"}
    files["main.batch.hcl"] = 'pool "p" {}\nmodule "m" {\n source = "./m"\n kind = pool.p.name\n}\n'
    assert "E0215" in load(files).codes or "E0214" in load(files).codes


def test_sensitive_inside_is_told_by_the_caller(load) -> None:
    """A module may have an output that is sensitive without saying so; the root has to say it."""
    files = {
        "main.batch.hcl": 'module "m" { source = "./m" }\noutput "o" { value = module.m.o }',
        "m/main.batch.hcl": 'output "o" {\n value = "x"\n sensitive = true\n}',
    }
    assert load(files).codes == ["E0325"]


FAULTS = [
    ("missing folder", {"main.batch.hcl": 'module "m" { source = "./x" }'}, ["E0403"]),
    ("file as folder", {"main.batch.hcl": 'module "m" { source = "./x" }', "x": ""}, ["E0403"]),
    ("empty folder", {"main.batch.hcl": 'module "m" { source = "./x" }', "x/readme": ""}, ["E0409"]),
    ("no source", {"main.batch.hcl": 'module "m" {}'}, ["E0304"]),
    ("source of wrong type", {"main.batch.hcl": 'module "m" { source = [1] }'}, ["E0404"]),
    ("absolute", {"main.batch.hcl": 'module "m" { source = "/x" }'}, ["E0404"]),
    ("not installed", {"main.batch.hcl": 'module "m" { source = "git::https://example.com/x.git" }'}, ["E0402"]),
    ("itself", {"main.batch.hcl": 'module "m" { source = "./" }'}, ["E0413"]),
    ("unknown input", calling("y = 1"), ["E0303"]),
    ("unknown output", calling("", 'output "o" { value = module.m.y }'), ["E0209"]),
    ("fault inside", {"main.batch.hcl": 'module "m" { source = "./m" }', "m/a.batch.hcl": "x"}, ["E0114"]),
    ("block inside", calling("x = 1\nfoo {}"), ["E0301"]),
]


@pytest.mark.parametrize(("files", "codes"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_faults(load, files: dict[str, str], codes: list[str]) -> None:
    """What is wrong with a module call is said once."""
    assert load(files).codes == codes


def test_a_faulty_module_is_reported_with_its_file(load, tmp_path: Path) -> None:
    """A fault in a called module names the file relative to the project."""
    found = load({"main.batch.hcl": 'module "m" { source = "./m" }', "m/a.batch.hcl": 'pool "p" { a = local.b }'})
    assert found.details.startswith("m/a.batch.hcl:1: E0214")
