"""Every example loads, in the usual layout, and makes the instances it says."""

from pathlib import Path

import pytest

from batchplan.config.installed import InstalledModules
from batchplan.config.project import Inputs, Project, load_project
from batchplan.ops.formatting import format_paths

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
GOLDEN = Path(__file__).parent / "instances"


def loaded(folder: Path, workspace: str = "default") -> Project:
    """Return an example, which has no faults."""
    project = load_project(folder, InstalledModules(folder), Inputs(workspace=workspace))
    assert not list(project.diagnostics), "\n".join(map(str, project.diagnostics))
    return project


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example(example: Path, golden) -> None:
    """An example has no faults; its instances are on record."""
    evaluated = loaded(example).evaluated
    assert evaluated is not None
    lines = [f"{instance.address}\n" for instance in evaluated.instances]
    golden(GOLDEN / f"{example.name}.txt", "".join(lines))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_documented(example: Path) -> None:
    """An example says what it shows."""
    assert (example / "README.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("folder", ["examples", "modules"])
def test_layout(folder: str) -> None:
    """Examples and modules are in the usual layout."""
    made = format_paths([ROOT / folder], recursive=True, write=False)
    assert [str(one.path) for one in made.changed] == []


def test_protected_in_prod_only() -> None:
    """prevent_destroy may depend on the workspace."""
    for workspace, protected in (("default", False), ("prod", True)):
        evaluated = loaded(ROOT / "examples" / "ignore-node-counts", workspace).evaluated
        assert evaluated is not None
        pool = next(one for one in evaluated.instances if one.address.kind == "pool")
        assert pool.prevent_destroy is protected
