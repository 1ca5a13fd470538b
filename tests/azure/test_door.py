"""The SDKs have one door."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "batchplan"
DOOR = PACKAGE / "azure"
SDKS = ("azure", "aiohttp", "msal")


def imported(path: Path) -> set[str]:
    """Return the first names of all that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_only_the_door_imports_the_sdks() -> None:
    """No other package imports azure.* or its HTTP client."""
    found = [path for path in PACKAGE.rglob("*.py") if DOOR not in path.parents and imported(path) & set(SDKS)]
    assert not found


@pytest.mark.parametrize("module", ["settings", "clouds", "errors", "facts", "provider", "goals"])
def test_settings_are_cheap(module: str) -> None:
    """What commands need before they ask Azure anything does not load the SDKs."""
    check = f"import sys, batchplan.azure.{module}; sys.exit(any(n.split('.')[0] in {SDKS!r} for n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", check], check=False, capture_output=True, text=True, cwd=PACKAGE.parent
    )
    assert done.returncode == 0, done.stderr
