"""Where the projects of these tests are, and what one puts beside them."""

import shutil
from pathlib import Path

from lifecycle_driver import Place

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = Path(__file__).parent / "projects"
NAMES = ("quickstart", "accounts", "packages", "fixed_pool", "scaled_pools", "jobs", "modules", "regions", "everything")


def put(place: Place, name: str) -> None:
    """Put a project into its place, with files for its packages."""
    source = ROOT / "examples" / name if name == "quickstart" else PROJECTS / name
    shutil.copytree(source, place.folder, dirs_exist_ok=True)
    for file in {"packages": ("one", "two"), "regions": ("tool",), "everything": ("tool",)}.get(name, ()):
        (place.folder / f"{file}.zip").write_bytes(f"PK-{file}".encode())
