"""Typical mistakes, each with the whole text that a person sees.

A case is one file: the project's files under `-- name --` lines, perhaps `-- options --`, and then, under
`-- diagnostics --`, what is printed. `--accept` rewrites that last part.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from batchplan.config.kinds import AnyKinds
from batchplan.config.project import Inputs, Project, load_project
from batchplan.config.sources import LocalResolver
from batchplan.config.variables import VariableFlag
from batchplan.report.diagnostics import ordered, summary_json, text

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("mistakes/*.txt"))
SECTION = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


def sections(case: str) -> dict[str, str]:
    """Return the texts of a case by the names of its sections."""
    _, *parts = SECTION.split(case)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def inputs(options: str) -> Inputs:
    """Return what the lines of an options section give: `var NAME=VALUE`, `file NAME`, `env NAME=VALUE`."""
    flags, environment = [], {}
    for line in options.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "env":
            name, _, environment[name] = rest.partition("=")
        else:
            flags.append(VariableFlag("var" if kind == "var" else "file", rest))
    return Inputs(flags, environment)


def loaded(folder: Path, found: Mapping[str, str]) -> Project:
    """Write the files of a case into a folder and load them."""
    for name, content in found.items():
        if name not in ("options", "diagnostics"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
    return load_project(folder, LocalResolver(), inputs(found.get("options", "")), kinds=AnyKinds())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_mistake(case: Path, tmp_path: Path, golden) -> None:
    """Names its cause, shows its place and says what to do."""
    found = sections(case.read_text(encoding="utf-8"))
    project = loaded(tmp_path, found)
    shown = "".join(text(one) for one in ordered(project.diagnostics))
    found["diagnostics"] = shown.replace(str(tmp_path), "/project")
    assert found["diagnostics"], "a mistake without a diagnostic"
    golden(case, "".join(f"-- {name} --\n{content}" for name, content in found.items()))


DOCUMENTS = (
    "tab_and_wide",
    "range_over_lines",
    "check_failed",
    "flag_does_not_fit",
    "postcondition_failed",
    "several_at_once",
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_as_json(name: str, tmp_path: Path, golden) -> None:
    """Other programs get the same as a document in Terraform's shape."""
    found = sections((FOLDER / "mistakes" / f"{name}.txt").read_text(encoding="utf-8"))
    project = loaded(tmp_path, found)
    text = json.dumps(summary_json(project.diagnostics), indent=2, ensure_ascii=False) + "\n"
    golden(FOLDER / "documents" / f"{name}.json", text)
