"""Where the projects of these tests are, and what one puts beside them."""

import shutil
from pathlib import Path

from lifecycle_driver import Place

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = Path(__file__).parent / "projects"
NAMES = ("quickstart", "accounts", "packages", "fixed_pool", "scaled_pools", "jobs", "modules")


def put(place: Place, name: str) -> None:
    """Put a project into its place, with files for its packages."""
    source = ROOT / "examples" / name if name == "quickstart" else PROJECTS / name
    shutil.copytree(source, place.folder, dirs_exist_ok=True)
    if name == "packages":
        (place.folder / "one.zip").write_bytes(b"PK-one")
        (place.folder / "two.zip").write_bytes(b"PK-two")
