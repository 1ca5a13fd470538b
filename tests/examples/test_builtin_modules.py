"""The modules that come with batchplan: fetched by init and used as anyone would."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchplan.config.installed import InstalledModules
from batchplan.config.project import Inputs, load_project
from batchplan.ops.init import builtin_root, initialise
from batchplan.report.values import value_text

Use = Callable[[str, str], Any]


@pytest.fixture
def use(tmp_path: Path) -> Use:
    """Return the output of a built-in module with inputs, or the codes of what is wrong."""

    def run(name: str, inputs: str, output: str = "m") -> Any:
        text = f'module "m" {{\n  source = "batchplan/{name}"\n{inputs}\n}}\noutput "m" {{ value = module.m }}\n'
        (tmp_path / "main.batch.hcl").write_text(text, encoding="utf-8")
        made = initialise(tmp_path, (), {}, upgrade=False)
        assert not list(made.diagnostics), "\n".join(map(str, made.diagnostics))
        project = load_project(tmp_path, InstalledModules(tmp_path), Inputs())
        if project.diagnostics.has_errors:
            return [one.code.id for one in project.diagnostics]
        assert project.evaluated is not None
        return json.loads(value_text(project.evaluated.outputs[output].value))

    return run


def test_every_module_is_documented() -> None:
    """Each module has a page of its own, or is described in the page of all."""
    together = (builtin_root() / "README.md").read_text(encoding="utf-8")
    for folder in builtin_root().iterdir():
        if folder.is_dir():
            assert (folder / "README.md").exists() or folder.name in together


def test_image_catalog(use: Use) -> None:
    """Every image goes with its node agent, and is one that the emulated service offers too."""
    images = use("image-catalog", "")["images"]
    assert images["ubuntu-hpc-22"] == {
        "publisher": "microsoft-dsvm",
        "offer": "ubuntu-hpc",
        "sku": "2204",
        "version": "latest",
        "id": None,
        "node_agent_sku_id": "batch.node.ubuntu 22.04",
    }
    listed = json.loads((Path(__file__).parents[2] / "batchplan/emulator/data/images.json").read_text("utf-8"))[
        "images"
    ]
    known = {(one[0], one[1], one[2], one[3]) for one in listed}
    made = {(one["publisher"], one["offer"], one["sku"], one["node_agent_sku_id"]) for one in images.values()}
    assert made <= known


def test_image_catalog_with_own_images(use: Use) -> None:
    """Images of one's own join the others, and versions can be pinned."""
    inputs = (
        'versions = { ubuntu-22 = "1.2.3" }\n'
        'extra = { mine = { id = "/subscriptions/x", node_agent_sku_id = "batch.node.el 9" } }'
    )
    made = use("image-catalog", inputs)
    assert made["images"]["ubuntu-22"]["version"] == "1.2.3"
    assert made["images"]["mine"]["id"] == "/subscriptions/x"
    assert made["images"]["mine"]["version"] is None
    assert "mine" in made["names"]


@pytest.mark.parametrize(
    "inputs",
    ['versions = { nothing = "1" }', 'extra = { mine = { sku = "x", node_agent_sku_id = "y" } }'],
    ids=["unknown name", "half an image"],
)
def test_image_catalog_refuses(use: Use, inputs: str) -> None:
    """What makes no image is refused."""
    assert use("image-catalog", inputs) == ["E0311"]


STEPS = """
  steps = [
    { name = "once", command = "echo 'it''s' >> log" },
    { name = "always", command = "echo again >> log", always = true },
  ]
"""


def start(command_line: str, folder: Path) -> int:
    """Run a command line as a node does, without a shell around it."""
    environment = {"AZ_BATCH_NODE_STARTUP_DIR": str(folder), "PATH": "/usr/bin:/bin"}
    program, flag, script = command_line.split(" ", 2)
    unquoted = subprocess.run(
        ["/bin/bash", "-c", f"printf %s {script}"], check=True, capture_output=True, text=True
    ).stdout
    return subprocess.run([program, flag, unquoted], cwd=folder, env=environment, check=False).returncode


def test_start_task_script(use: Use, tmp_path: Path) -> None:
    """A step is done once, or at every start when it says so."""
    command = use("start-task-script", STEPS)["command_line"]
    assert start(command, tmp_path) == 0
    assert start(command, tmp_path) == 0
    assert (tmp_path / "log").read_text() == "its\nagain\nagain\n"


def test_start_task_script_stops(use: Use, tmp_path: Path) -> None:
    """A step that fails is the end, and is tried again at the next start."""
    steps = 'steps = [{ name = "bad", command = "test -e ok" }, { name = "next", command = "touch reached" }]'
    command = use("start-task-script", steps)["command_line"]
    assert start(command, tmp_path) == 1
    assert not (tmp_path / "reached").exists()
    (tmp_path / "ok").touch()
    assert start(command, tmp_path) == 0
    assert (tmp_path / "reached").exists()


def test_start_task_script_refuses_names(use: Use) -> None:
    """Names of steps are names of files, each for itself."""
    assert use("start-task-script", 'steps = [{ name = "a b", command = "true" }]') == ["E0311"]
    twice = 'steps = [{ name = "a", command = "true" }, { name = "a", command = "true" }]'
    assert use("start-task-script", twice) == ["E0311"]
