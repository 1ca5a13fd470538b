"""Results as JUnit XML, which CI systems show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from batchplan.core.diagnostics import Diagnostic
from batchplan.report.diagnostics import text

Status = Literal["pass", "fail", "error", "skip"]

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `seconds` is how long it took."""

    name: str
    status: Status
    seconds: float = 0.0
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that belong together, such as the runs of a file. `problems` belong to no case."""

    name: str
    cases: Sequence[Case]
    problems: Sequence[Diagnostic] = ()


def junit_xml(suites: Sequence[Suite]) -> str:
    """Return a document with a case for each case, and one for what went wrong outside of all cases of a suite."""
    root = ET.Element("testsuites")
    for suite in suites:
        cases = list(suite.cases)
        if suite.problems:
            cases.append(Case("(the file as a whole)", "error", 0.0, suite.problems))
        node = ET.SubElement(root, "testsuite", _numbers(suite.name, cases))
        for case in cases:
            _case(node, suite.name, case)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _numbers(name: str, cases: Sequence[Case]) -> dict[str, str]:
    def count(status: Status) -> str:
        return str(sum(case.status == status for case in cases))

    seconds = sum(case.seconds for case in cases)
    return {
        "name": clean(name),
        "tests": str(len(cases)),
        "failures": count("fail"),
        "errors": count("error"),
        "skipped": count("skip"),
        "time": f"{seconds:.3f}",
    }


def _case(parent: ET.Element, suite: str, case: Case) -> None:
    attributes = {"name": clean(case.name), "classname": clean(suite), "time": f"{case.seconds:.3f}"}
    node = ET.SubElement(parent, "testcase", attributes)
    told = "".join(map(text, case.diagnostics))
    if case.status == "skip":
        ET.SubElement(node, "skipped", {"message": "a run before it could not be carried out"})
    elif case.status in ("fail", "error"):
        message = case.diagnostics[0].detail if case.diagnostics else ""
        word = "failure" if case.status == "fail" else "error"
        ET.SubElement(node, word, {"message": clean(message)}).text = clean(told)
    elif told:
        ET.SubElement(node, "system-err").text = clean(told)


def clean(content: str) -> str:
    """Return a text without what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", content)
