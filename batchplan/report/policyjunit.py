"""What policy says as JUnit XML: a case for each rule and object."""

from xml.etree import ElementTree as ET

from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.policy.model import Outcome, Verdict
from batchplan.report.junit import clean


def policy_junit(judgement: Judgement) -> str:
    """Return a document with a suite for each family of rules. What could not be told is skipped, with the reason.

    An open finding that blocks, or is an error, is a failure; others are told in the output of the case.
    """
    findings: dict[int, list[Judged]] = {}
    for one in judgement.findings:
        findings.setdefault(id(one.verdict), []).append(one)
    root = ET.Element("testsuites", {"name": f"batchplan policy ({judgement.chosen.name})"})
    suites: dict[str, ET.Element] = {}
    for verdict in judgement.verdicts:
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            continue
        family = verdict.rule.family
        if family not in suites:
            suites[family] = ET.SubElement(root, "testsuite", {"name": family})
        _case(suites[family], verdict, findings.get(id(verdict), []))
    for suite in suites.values():
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
        suite.set("tests", str(len(suite)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, verdict: Verdict, found: list[Judged]) -> None:
    name = f"{verdict.rule.id} {verdict.rule.title}: {verdict.address or 'the plan'}"
    case = ET.SubElement(suite, "testcase", {"classname": verdict.rule.id, "name": clean(name), "time": "0"})
    if verdict.internal:
        ET.SubElement(case, "error", {"message": clean(verdict.reason)})
        return
    if verdict.outcome in (Outcome.UNKNOWN, Outcome.NOT_CHECKED):
        word = "not known yet" if verdict.outcome is Outcome.UNKNOWN else "not checked"
        ET.SubElement(case, "skipped", {"message": clean(f"{word}: {verdict.reason}")})
        return
    failing = [one for one in found if one.status is Status.OPEN and (one.blocks or one.severity.word == "error")]
    if failing:
        text = "\n".join(_told(one) for one in failing)
        ET.SubElement(case, "failure", {"message": clean(failing[0].finding.message)}).text = clean(text)
    others = [one for one in found if one not in failing]
    if others:
        ET.SubElement(case, "system-out").text = clean("\n".join(_told(one) for one in others))


def _told(one: Judged) -> str:
    because = f": {one.because}" if one.because else ""
    status = f" ({one.status}{because})" if one.status is not Status.OPEN else ""
    place = f"{one.place}: " if one.place is not None else ""
    hint = f" Next: {one.finding.remediation}" if one.finding.remediation else ""
    return f"{place}{one.severity.word} {one.finding.message}{status}{hint}"
