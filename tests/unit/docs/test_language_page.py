"""The page about the language: what it lists is what there is."""

import re
from pathlib import Path

from batchplan.config.declarations import DATA_KINDS, KINDS
from batchplan.config.decode import HANDLERS
from batchplan.lang.calls import SPECIAL
from batchplan.lang.library import library

DOCS = Path(__file__).resolve().parents[3] / "batchplan" / "docs"
PAGE = (DOCS / "language.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text under a heading of the page."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_functions() -> None:
    """The list of functions is complete and has nothing else."""
    listed = set(re.findall(r"`([a-z0-9_:]+)`", section("Functions").rpartition("\n\n")[2]))
    listed |= set(re.findall(r"`(provider::[a-z_:]+)`", section("Functions")))
    assert listed == {*library(DOCS, DOCS, None), *SPECIAL}


def test_blocks() -> None:
    """Every block is described."""
    text = section("Blocks")
    for block in (*HANDLERS, *KINDS, *DATA_KINDS):
        assert re.search(rf"`(data )?\"?{block}\b", text), block


def test_links() -> None:
    """Links between the pages lead somewhere."""
    for page in DOCS.glob("**/*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
