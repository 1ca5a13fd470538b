"""What the examination of a formula says reaches people through a rule, each code through one."""

import re
from pathlib import Path

from batchplan.autoscale.findings import RULES
from batchplan.policy import formulas
from batchplan.policy.rules import scale

ELSEWHERE = {
    **dict.fromkeys(("AS001", "AS002", "AS003", "AS004", "AS005", "AS006", "AS007"), "the schema refuses it"),
    "AS115": "BP1221 tries it out",
    "AS203": "BP1222 reads the bounds",
    **dict.fromkeys(("AS202", "AS205", "AS207", "AS209"), "worth knowing while a formula is written, not in a plan"),
}
"""Codes that no rule repeats, and why."""


def test_every_code_is_told_once() -> None:
    """A code of the examination belongs to one rule, or to the list of those that none repeats."""
    folder = Path(scale.__file__).parent
    told = re.findall(r'"(AS\d{3})"', "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))))
    assert set(told) | set(ELSEWHERE) == set(RULES)
    assert not set(told) & set(ELSEWHERE)


def test_formulas_are_examined_once() -> None:
    """A text has one report, however many rules ask."""
    text = "$TargetDedicatedNodes = 3;"
    assert formulas.report(text) is formulas.report(text)
