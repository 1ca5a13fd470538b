"""Configurations in a folder, evaluated with the kinds of the schema."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from batchplan.config.installed import InstalledModules
from batchplan.config.project import Inputs, Project, load_project
from batchplan.config.typed import SchemaKinds
from batchplan.schema.document import Document

Load = Callable[..., Project]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return what evaluates a text as the only file of a project."""

    def run(
        text: str, *, partial: bool = False, kinds: SchemaKinds | None = None, name: str = "main.batch.hcl"
    ) -> Project:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return load_project(tmp_path, InstalledModules(tmp_path), Inputs(), kinds=kinds, partial=partial)

    return run


@pytest.fixture
def faults(load: Load) -> Callable[..., Sequence[tuple[str, str, str]]]:
    """Return what tells code, marked text and detail of each fault of a text."""

    def run(text: str, **options: bool) -> list[tuple[str, str, str]]:
        found = load(text, **options).diagnostics
        return [(item.code.id, item.at.text if item.at else "", item.detail) for item in found]

    return run


@pytest.fixture
def document(load: Load) -> Callable[[str], Document]:
    """Return what reads the only resource of a text as a document."""

    def run(text: str) -> Document:
        kinds = SchemaKinds()
        project = load(text, kinds=kinds)
        assert not list(project.diagnostics), [str(item) for item in project.diagnostics]
        assert project.evaluated is not None
        (instance,) = project.evaluated.instances
        return kinds.document_of(instance.resource, instance.body)[0]

    return run
