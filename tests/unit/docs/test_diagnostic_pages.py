"""The pages of the diagnostic codes: one for each, and their examples do what they say."""

import re
from pathlib import Path

import pytest

from batchplan.config.kinds import AnyKinds
from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver
from batchplan.core.codes import CODES

PAGES = Path(__file__).resolve().parents[3] / "batchplan" / "docs" / "diagnostics"
EXAMPLE = re.compile(r"^```(hcl|json|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")

LANGUAGE = sorted(code for code in CODES if code < "E05")
"""Codes that loading a configuration can give."""


def page(code: str) -> str:
    """Return the page of a code."""
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """There is a page for each code of the registry and no other."""
    assert {path.stem for path in PAGES.glob("*.md")} == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_form(code: str) -> None:
    """A page has the summary of its code as title, an example, and what to do."""
    text = page(code)
    assert text.startswith(f"# {code} {CODES[code].summary}\n\n")
    assert re.findall(r"^## .*$", text, re.MULTILINE) == ["## Example", "## What to do"]
    assert EXAMPLE.search(text)
    assert 10 <= text.count("\n") <= 40


@pytest.mark.parametrize("code", LANGUAGE)
def test_example(code: str, tmp_path: Path) -> None:
    """The example of a page gives the code, unless it is shown as text."""
    examples = [(kind, text) for kind, text in EXAMPLE.findall(page(code)) if kind != "text"]
    if not examples:
        assert code in AS_TEXT
        return
    for kind, text in examples:
        named = FILE.match(text)
        name = named[1] if named else "main.batch.json" if kind == "json" else "main.batch.hcl"
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = load_project(tmp_path, LocalResolver(), Inputs(), kinds=AnyKinds())
    assert code in [one.code.id for one in project.diagnostics]


AS_TEXT = {
    "E0102",
    "E0119",
    "E0220",
    "E0224",
    "E0321",
    "E0322",
    "E0405",
    "E0406",
    "E0407",
    "E0408",
    "E0409",
    "E0414",
    "E0415",
}
"""Codes that need a flag, a network, a peculiar file or more text than a page has room for."""
