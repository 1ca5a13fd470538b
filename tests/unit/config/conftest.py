"""What the tests of the configuration share: projects from texts, and their outputs as plain data."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from batchplan.config.evaluate import Evaluated, Instance
from batchplan.config.kinds import AnyKinds
from batchplan.config.project import Inputs, Project, load_project
from batchplan.config.sources import LocalResolver
from batchplan.config.variables import VariableFlag
from batchplan.lang.jsonsyntax import BlockSpec, BodySchema
from batchplan.report.values import value_text

KINDS = AnyKinds(
    {"pool": BodySchema({"fixed_scale": BlockSpec(), "resource_file": BlockSpec(), "start_task": BlockSpec()})}
)


@dataclass(slots=True)
class Loaded:
    """A project that was loaded for a test."""

    project: Project

    @property
    def codes(self) -> list[str]:
        """The codes of all faults, in order of finding."""
        return [one.code.id for one in self.project.diagnostics]

    @property
    def details(self) -> str:
        """What all faults say."""
        return "\n".join(map(str, self.project.diagnostics))

    @property
    def evaluated(self) -> Evaluated:
        """The evaluated configuration, which has no faults."""
        assert not self.codes, self.details
        assert self.project.evaluated is not None
        return self.project.evaluated

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs as plain data."""
        return {name: json.loads(value_text(one.value)) for name, one in self.evaluated.outputs.items()}

    @property
    def addresses(self) -> list[str]:
        """The addresses of all instances."""
        return [str(instance.address) for instance in self.evaluated.instances]

    def instance(self, address: str) -> Instance:
        """Return the instance with an address."""
        return next(one for one in self.evaluated.instances if str(one.address) == address)

    def value(self, address: str, argument: str) -> Any:
        """Return an argument of an instance as plain data."""
        return json.loads(value_text(self.instance(address).body.values[argument]))


Load = Callable[..., Loaded]


def flags(given: Sequence[str]) -> list[VariableFlag]:
    """Return flags from texts: `name=value`, or `@file`."""
    return [VariableFlag("file", text[1:]) if text.startswith("@") else VariableFlag("var", text) for text in given]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write files and load them as a project. A single text is `main.batch.hcl`."""

    def run(
        files: Mapping[str, str] | str,
        given: Sequence[str] = (),
        *,
        environment: Mapping[str, str] | None = None,
        workspace: str = "default",
        partial: bool = False,
    ) -> Loaded:
        for name, content in ({"main.batch.hcl": files} if isinstance(files, str) else files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="")
        inputs = Inputs(flags(given), environment or {}, workspace)
        return Loaded(load_project(tmp_path, LocalResolver(), inputs, kinds=KINDS, partial=partial))

    return run
