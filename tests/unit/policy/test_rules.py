"""Every rule: its cases come out as they say, its messages stay as they are, and it is documented."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rulecases import asked, exempt, outcome_of, read_cases, told

from batchplan.policy.model import Outcome, Phase, Rule
from batchplan.policy.registry import built_in

FOLDER = Path(__file__).parent / "rules"
RULES = built_in()


def file_of(rule: Rule) -> Path:
    return FOLDER / rule.family.lower() / f"{rule.id}.hcl"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_cases_come_out_as_they_say(rule: Rule, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    """Each case has the outcome that its header names, and its messages are those of the golden file."""
    shown, wrong = [], []
    for at, case in enumerate(read_cases(file_of(rule))):
        folder = tmp_path / str(at)
        folder.mkdir()
        found = asked(rule, case, folder)
        shown.append(told(case, found))
        if outcome_of(found) is not case.outcome or any(one.internal for one in found):
            wrong.append(shown[-1])
    assert not wrong, "\n".join(wrong)
    golden(file_of(rule).with_suffix(".txt"), "\n".join(shown))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_cases_show_every_outcome(rule: Rule) -> None:
    """A rule has a case that passes, one that fails, one it is not about, and one that is not known yet."""
    shown = {case.outcome for case in read_cases(file_of(rule))}
    wanted = {Outcome.PASS, Outcome.FAIL}
    wanted |= {Outcome.NOT_APPLICABLE} if rule.kinds else set()
    wanted |= {Outcome.UNKNOWN}
    wanted |= {Outcome.NOT_CHECKED} if rule.inputs else set()
    assert wanted - exempt(file_of(rule)) <= shown


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_are_documented(rule: Rule) -> None:
    """A rule says what is wrong, why, what to do instead, and where that is from."""
    assert re.fullmatch(r"BP\d{4}", rule.id)
    assert rule.id[2:4] in rule.id
    assert rule.summary.endswith(".")
    assert all((rule.title, rule.why, rule.instead, rule.source)), rule.id
    assert re.fullmatch(r"[a-z][a-z_]+", rule.fault)
    assert not rule.fault.startswith(("no_", "check_"))
    assert rule.phase is not Phase.LIVE or rule.family == "ENGINE" or rule.inputs or "fact" in _source(rule)


def _source(rule: Rule) -> str:
    import inspect

    return inspect.getsource(inspect.getmodule(rule.check))  # type: ignore[arg-type]


@pytest.mark.parametrize("family", sorted({rule.family.lower() for rule in RULES}))
def test_ids_are_never_used_again(family: str, golden: Callable[[Path, str], None]) -> None:
    """An id means the fault that the family's list says, for ever; ids that are gone stay in the list."""
    listed = FOLDER / family / "ids.txt"
    known = dict(line.split(" ", 1) for line in listed.read_text(encoding="utf-8").splitlines())
    present = {one.id: one.fault for one in RULES if one.family.lower() == family}
    assert {id_: known.get(id_, fault) for id_, fault in present.items()} == present, "an id means something else now"
    golden(listed, "".join(f"{id_} {fault}\n" for id_, fault in sorted((known | present).items())))


def test_cases_belong_to_rules() -> None:
    """There is no file of cases without its rule."""
    assert {path.stem for path in FOLDER.rglob("*.hcl")} == {rule.id for rule in RULES}
