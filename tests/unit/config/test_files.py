"""Files: which are read, overrides, JSON, and everything that can be wrong with a file."""

import os
from pathlib import Path

import pytest

from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver

POOL = 'pool "p" {\n  name = "a"\n  size = 1\n  f { v = 1 }\n  g { v = 1 }\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'

OVERRIDES = [
    ("an argument", 'pool "p" { name = "b" }', "pool.p.name", "b"),
    ("others stay", 'pool "p" { name = "b" }', "pool.p.size", 1),
    ("a new argument", 'pool "p" { extra = 2 }', "pool.p.extra", 2),
    ("blocks of a type", 'pool "p" {\n f { v = 2 }\n f { v = 3 }\n}', "pool.p.f[*].v", [2, 3]),
    ("other blocks stay", 'pool "p" {\n f { v = 2 }\n}', "pool.p.g[*].v", [1]),
    ("a local", "locals { l = 2 }", "local.l", 2),
    ("other locals stay", "locals { l = 2 }", "local.k", 1),
    ("a variable's default", 'variable "v" { default = 2 }', "var.v", 2),
    ("a variable's type stays", 'variable "v" { default = "3" }', "var.v", 3),
]


@pytest.mark.parametrize(("text", "shown", "wanted"), [one[1:] for one in OVERRIDES], ids=[one[0] for one in OVERRIDES])
def test_override(load, text: str, shown: str, wanted: object) -> None:
    """What an override file says replaces what other files say, argument by argument."""
    main = POOL + 'locals {\n l = 1\n k = 1\n}\nvariable "v" {\n type = number\n default = 1\n}\n'
    main += f'output "o" {{ value = {shown} }}\n'
    assert load({"main.batch.hcl": main, "a_override.batch.hcl": text}).outputs == {"o": wanted}


def test_override_of_an_output(load) -> None:
    """An output's value can be overridden."""
    assert load(
        {"a.batch.hcl": 'output "o" { value = 1 }', "override.batch.hcl": 'output "o" { value = 2 }'}
    ).outputs == {"o": 2}


def test_override_in_json(load) -> None:
    """An override may be in JSON, and of a file in JSON."""
    files = {"main.batch.json": '{"locals": {"l": 1}, "output": {"o": {"value": "${local.l}"}}}'}
    assert load({**files, "override.batch.json": '{"locals": {"l": 2}}'}).outputs == {"o": 2}
    assert load({**files, "z_override.batch.hcl": "locals { l = 3 }"}).outputs == {"o": 3}


def test_override_merges_lifecycle(load) -> None:
    """The lifecycle block is merged argument by argument."""
    found = load(
        {"main.batch.hcl": POOL, "override.batch.hcl": 'pool "p" {\n lifecycle {\n ignore_changes = all\n }\n}'}
    )
    made = found.instance("pool.p")
    assert made.prevent_destroy
    assert made.resource.lifecycle.ignore_changes == "all"


def test_overrides_in_order_of_name(load) -> None:
    """The last override file by name counts."""
    files = {"main.batch.hcl": 'output "o" { value = 1 }'}
    files |= {f"{name}_override.batch.hcl": f'output "o" {{ value = "{name}" }}' for name in ("a", "b")}
    assert load(files).outputs == {"o": "b"}


@pytest.mark.parametrize(
    "text",
    [
        'pool "q" { name = "x" }',
        "locals { m = 1 }",
        'variable "w" { default = 1 }',
        'provider "azure" {\n alias = "x"\n}',
    ],
)
def test_override_of_nothing(load, text: str) -> None:
    """An override of what is not there is a mistake."""
    assert load({"main.batch.hcl": POOL + "locals { l = 1 }", "override.batch.hcl": text}).codes == ["E0410"]


def test_faults_in_an_override_name_its_file(load) -> None:
    """A fault in an overriding argument is shown where it was written."""
    found = load({"main.batch.hcl": POOL, "x_override.batch.hcl": '\npool "p" { name = nothing }'})
    assert found.details.startswith("x_override.batch.hcl:2: E0214")


JSON = [
    ("variable", '{"variable": {"v": {"type": "number", "default": 3}}, "output": {"o": {"value": "${var.v}"}}}', 3),
    ("list of blocks", '{"variable": [{"v": {"default": 3}}], "output": [{"o": {"value": "${var.v + 1}"}}]}', 4),
    ("type expression", '{"variable": {"v": {"type": "list(string)", "default": ["a"]}}, "output": {"o": {"value": "${var.v}"}}}', ["a"]),
    ("template", '{"output": {"o": {"value": "a${1 + 1}b"}}}', "a2b"),
    ("object keys are templates", '{"output": {"o": {"value": {"${1 + 1}": 1}}}}', {"2": 1}),
    ("comment", '{"//": "a remark", "output": {"o": {"value": 1}}}', 1),
    ("resource", '{"pool": {"p": {"name": "x"}}, "output": {"o": {"value": "${pool.p.name}"}}}', "x"),
    ("nested block", '{"pool": {"p": {"fixed_scale": {"n": 1}}}, "output": {"o": {"value": "${pool.p.fixed_scale[0].n}"}}}', 1),
    ("for_each", '{"pool": {"p": {"for_each": {"a": 1}, "n": "${each.value}"}}, "output": {"o": {"value": "${pool.p[\\"a\\"].n}"}}}', 1),
    ("depends_on", '{"account": {"a": {}}, "pool": {"p": {"depends_on": ["account.a"]}}, "output": {"o": {"value": 1}}}', 1),
    ("lifecycle", '{"pool": {"p": {"lifecycle": {"ignore_changes": ["name"], "precondition": {"condition": "${1 < 2}", "error_message": "x"}}}}, "output": {"o": {"value": 1}}}', 1),
    ("ignore all", '{"pool": {"p": {"lifecycle": {"ignore_changes": "all"}}}, "output": {"o": {"value": 1}}}', 1),
    ("dynamic", '{"pool": {"p": {"dynamic": {"resource_file": {"for_each": ["a"], "content": {"v": "${resource_file.value}"}}}}}, "output": {"o": {"value": "${pool.p.resource_file[0].v}"}}}', "a"),
    ("validation", '{"variable": {"v": {"default": 1, "validation": {"condition": "${var.v > 0}", "error_message": "x"}}}, "output": {"o": {"value": 1}}}', 1),
    ("moved", '{"moved": {"from": "pool.a", "to": "pool.b"}, "output": {"o": {"value": 1}}}', 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [one[1:] for one in JSON], ids=[one[0] for one in JSON])
def test_json(load, text: str, wanted: object) -> None:
    """The same configuration can be written in JSON."""
    assert load({"main.batch.json": text}).outputs == {"o": wanted}


def test_json_beside_native(load) -> None:
    """A project may have files in both syntaxes."""
    files = {"a.batch.hcl": "locals { a = 1 }", "b.batch.json": '{"output": {"o": {"value": "${local.a}"}}}'}
    assert load(files).outputs == {"o": 1}


NAMES = [
    ("a.batch.hcl", True),
    ("a.batch.json", True),
    (".hidden.batch.hcl", False),
    ("a.batch.hcl~", False),
    ("#a.batch.hcl", False),
    ("a.hcl", False),
    ("a.tf", False),
    ("sub/a.batch.hcl", False),
]


@pytest.mark.parametrize(("name", "read"), NAMES, ids=[name for name, _ in NAMES])
def test_which_files_belong(load, name: str, read: bool) -> None:
    """Files of a module end in .batch.hcl or .batch.json, and lie in its folder itself."""
    text = '{"locals": {"x": 1}}' if name.endswith("json") else "locals { x = 1 }"
    found = load({"main.batch.hcl": 'output "o" { value = 1 }', name: text})
    root = found.project.root
    assert root is not None
    assert ("x" in root.module.locals) is read


def bad_file(folder: Path, content: bytes) -> list[str]:
    """Return the codes of a project of one file."""
    (folder / "main.batch.hcl").write_bytes(content)
    project = load_project(folder, LocalResolver(), Inputs())
    return [one.code.id for one in project.diagnostics]


BYTES = [
    ("empty", b"", []),
    ("only a comment", b"# nothing", []),
    ("byte order mark", "\ufefflocals { a = 1 }\n".encode(), []),
    ("CRLF", b"locals {\r\n  a = 1\r\n}\r\n", []),
    ("CR alone", b"locals {\r  a = 1\r}\r", None),
    ("Latin-1", "# Größe\n".encode("latin-1"), ["E0408"]),
    ("UTF-16", "locals { a = 1 }\n".encode("utf-16"), ["E0408"]),
    ("NUL", b"locals { a = \0 }\n", ["E0101"]),
    ("NUL in a string", b'locals { a = "\0" }\n', None),
    ("binary", bytes(range(256)), ["E0408"]),
    ("deep nesting", b"locals { a = " + b"[" * 5000 + b"]" * 5000 + b" }", ["E0119"]),
    ("deep blocks", b"a {\n" * 5000 + b"}\n" * 5000, None),
    ("deep parentheses", b"locals { a = " + b"(" * 100000 + b" }", None),
]


@pytest.mark.parametrize(("content", "codes"), [one[1:] for one in BYTES], ids=[one[0] for one in BYTES])
def test_content(tmp_path: Path, content: bytes, codes: list[str] | None) -> None:
    """Whatever a file holds, the answer is a configuration or a diagnostic; None stands for some diagnostic or none."""
    found = bad_file(tmp_path, content)
    if codes is not None:
        assert found == codes


def codes_of(folder: Path) -> list[str]:
    """Return the codes of the project in a folder."""
    return [one.code.id for one in load_project(folder, LocalResolver(), Inputs()).diagnostics]


def test_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    """A folder called x.batch.hcl is reported."""
    (tmp_path / "x.batch.hcl").mkdir()
    assert codes_of(tmp_path) == ["E0407"]


def test_dangling_link(tmp_path: Path) -> None:
    """A link to nothing is reported."""
    (tmp_path / "x.batch.hcl").symlink_to(tmp_path / "nothing")
    assert codes_of(tmp_path) == ["E0407"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    """A file without the right to read it is reported."""
    (tmp_path / "x.batch.hcl").write_text("")
    (tmp_path / "x.batch.hcl").chmod(0)
    assert codes_of(tmp_path) == ["E0407"]


def test_pipe(tmp_path: Path) -> None:
    """A pipe in the place of a file is reported instead of being waited for."""
    os.mkfifo(tmp_path / "x.batch.hcl")
    assert codes_of(tmp_path) == ["E0407"]


def test_no_files(tmp_path: Path) -> None:
    """A folder without configuration is reported, and one that is not there."""
    assert codes_of(tmp_path) == ["E0409"]
    assert codes_of(tmp_path / "nothing") == ["E0407"]


def test_several_faults_at_once(load) -> None:
    """One run finds the faults of all files and blocks."""
    found = load(
        {
            "a.batch.hcl": 'locals { a = uper("x") }\npool "p" {\n name = vra.x\n}\nvariable "v" {\n typ = 1\n default = 1\n}',
            "b.batch.hcl": "locals { b = [1, }\n",
            "c.batch.hcl": 'output "o" { value = local.nothing }',
        }
    )
    assert {"E0201", "E0214", "E0303"} <= set(found.codes)
    assert len(found.codes) >= 5
