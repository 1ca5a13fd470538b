"""Results of tests as JUnit XML."""

from xml.etree import ElementTree as ET

from batchplan.core.codes import ASSERTION_FAILED
from batchplan.core.diagnostics import Diagnostic
from batchplan.report.junit import Case, Suite, junit_xml
from batchplan.report.tests import summary


def test_a_document() -> None:
    """Each case is there with its status, time and what was found; numbers add up."""
    found = Diagnostic(ASSERTION_FAILED, 'size is <2> & "3"')
    cases = [Case("a", "pass", 0.5), Case("b", "fail", 1.0, [found]), Case("c", "error", 0, [found]), Case("d", "skip")]
    (suite,) = ET.fromstring(junit_xml([Suite("t.batchtest.hcl", cases)]))
    assert suite.attrib == {
        "name": "t.batchtest.hcl",
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
        "time": "1.500",
    }
    assert [[part.tag for part in case] for case in suite] == [[], ["failure"], ["error"], ["skipped"]]
    failure = suite[1][0]
    assert failure.attrib["message"] == 'size is <2> & "3"'
    assert "E0823 Test assertion failed" in (failure.text or "")


def test_what_xml_cannot_hold() -> None:
    """Characters that XML does not know are replaced; the document can be read."""
    found = Diagnostic(ASSERTION_FAILED, "bell \x07 half \ud800 ok é 🎉")
    (suite,) = ET.fromstring(junit_xml([Suite("\x00s", [Case("\x1bc", "fail", 0, [found])])]))
    assert suite[0][0].attrib["message"] == "bell � half � ok é 🎉"


def test_problems_of_a_whole_file() -> None:
    """What went wrong outside of all runs is a case of its own."""
    (suite,) = ET.fromstring(junit_xml([Suite("f", [Case("a", "pass")], [Diagnostic(ASSERTION_FAILED, "x")])]))
    assert (suite.attrib["tests"], suite.attrib["errors"]) == ("2", "1")


def test_the_last_line() -> None:
    """The sum says whether all went well, first."""
    assert summary(["pass", "pass"]) == "Success! 2 passed, 0 failed."
    assert summary(["pass", "fail", "error", "skip"]) == (
        "Failure! 1 passed, 1 failed, 1 could not be carried out, 1 skipped."
    )
