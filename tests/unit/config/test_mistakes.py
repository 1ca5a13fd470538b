"""Typical mistakes, each with the whole text that a person sees.

A case is one file: the project's files under `-- name --` lines, perhaps `-- options --`, and then, under
`-- diagnostics --`, what is printed. `--accept` rewrites that last part.
"""

import re
from pathlib import Path

import pytest

from batchplan.config.kinds import AnyKinds
from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver
from batchplan.config.variables import VariableFlag
from batchplan.report.diagnostics import ordered, text

CASES = sorted(Path(__file__).parent.glob("mistakes/*.txt"))
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


def rendered(folder: Path, given: Inputs) -> str:
    """Return the diagnostics of the project in a folder as people see them."""
    project = load_project(folder, LocalResolver(), given, kinds=AnyKinds())
    shown = "".join(text(one) for one in ordered(project.diagnostics))
    return shown.replace(str(folder), "/project")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_mistake(case: Path, tmp_path: Path, golden) -> None:
    """Names its cause, shows its place and says what to do."""
    found = sections(case.read_text(encoding="utf-8"))
    for name, content in found.items():
        if name not in ("options", "diagnostics"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
    found["diagnostics"] = rendered(tmp_path, inputs(found.get("options", "")))
    assert found["diagnostics"], "a mistake without a diagnostic"
    golden(case, "".join(f"-- {name} --\n{content}" for name, content in found.items()))
