"""What is sensitive in a result, what an empty loop checks, infinities as text, and where explosions end.

The first three tables hold what Terraform 1.15 answers.
"""

import json
from pathlib import Path

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang import effort
from batchplan.ops.console import Session, bare_session
from batchplan.report.values import value_text


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session over nothing."""
    return bare_session(tmp_path)


@pytest.mark.parametrize(
    ("expression", "sensitive"),
    [
        ('true ? "x" : sensitive("y")', True),
        ('false ? sensitive("x") : "y"', True),
        ("true ? 1 : (false ? sensitive(2) : 3)", True),
        ("(true ? {a = 1, b = 2} : sensitive({a = 1})).b", True),
        ("true ? [1] : [sensitive(2)]", False),
        ("(true ? {a = 1} : {a = sensitive(2)}).a", False),
        ("merge(sensitive(null), {a = 1})", False),
        ("merge(sensitive({}), {a = 1})", True),
        ("convert([sensitive(1)], list(string))", True),
        ("convert({a = sensitive(1), b = 2}, object({a = string, b = number})).b", True),
        ('{a = 1}[sensitive("a")]', False),
        ('tomap({a = 1})[sensitive("a")]', True),
    ],
)
def test_marks_go_where_terraform_puts_them(session: Session, expression: str, *, sensitive: bool) -> None:
    """A result is sensitive exactly where it is in Terraform."""
    assert session.evaluate(f"issensitive({expression})") is sensitive


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("[for v in [] : v if {}]", None),
        ("[for v in {} : v if null]", None),
        ("[for v in [] : v if sensitive(1)]", None),
        ("{for v in [] : v => v if v + 1}", None),
        ('[for v in tolist([]) : v if upper("a", "b")]', None),
        ("[for v in [] : v if v.x]", "[]"),
        ("[for k, v in {} : v if length(k) > 0]", "[]"),
        ("{for v in [] : v => v if can(v.x)}", "{}"),
        ('"a${1 / 0}"', '"a+Inf"'),
        ("tostring(pow(10, 400))", '"+Inf"'),
        ("{(-1 / 0) = 1}", '{"-Inf": 1}'),
        ('1 < "inf"', "true"),
        ('"${ceil(-0.5)} ${floor(-0)} ${ceil(-0)}"', '"0 0 0"'),
        ('"-Inf" < tonumber("+inf")', "true"),
        ('tonumber("infinity")', None),
        ('try(templatestring("${local.missing}", {}), "x")', None),
    ],
)
def test_answers_are_those_of_terraform(session: Session, expression: str, answer: str | None) -> None:
    """A condition is checked although nothing is there to loop over; infinities have Go's names."""
    if answer is None:
        with pytest.raises(Fault):
            session.stored(expression)
    else:
        assert json.loads(value_text(session.stored(expression))) == json.loads(answer)


@pytest.mark.parametrize(
    "expression",
    [
        "[for a in range(1024) : [for b in range(1024) : range(1024)]]",
        "try([for a in range(1024) : [for b in range(1024) : range(1024)]], 1)",
        'join("", [for a in range(1024) : join("", [for b in range(1024) : join("", range(1024))])])',
        '[for a in range(1024) : format("%1000000s", a)]',
        '[for a in range(1024) : "${join("", range(1024))}${join("", [for b in range(400) : range(1024)]...)}"]',
        "flatten([for a in range(1024) : [for b in range(1024) : setproduct(range(32), range(32))]])",
        'formatlist("%1000000s", range(1024))',
        'join(join(format("%10000s", ""), range(1024)), range(1024))',
    ],
)
def test_an_explosion_ends_in_a_diagnostic(session: Session, expression: str) -> None:
    """Loops within loops are stopped by what they make, and try() does not hide it."""
    with pytest.raises(Fault) as caught:
        session.evaluate(expression)
    assert caught.value.diagnostic.code.id in ("E0219", "E0204")


def test_each_evaluation_counts_for_itself(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one expression has made does not burden the next."""
    monkeypatch.setattr(effort, "MAX_ELEMENTS", 2500)
    compiled = session.compile("length([for a in range(1000) : a])")
    for _ in range(3):
        assert compiled.evaluate(session.environment) == 1000


def test_a_pattern_that_matches_at_every_character_ends(session: Session) -> None:
    """Matches are counted while they are found, not afterwards."""
    with pytest.raises(Fault):
        session.evaluate('regexall("x", replace(format("%1000001s", ""), " ", "x"))')


def test_fileset_leaves_out_what_may_not_be_looked_at(session: Session, tmp_path: Path) -> None:
    """A name that is too long, or forbidden, is no file."""
    (tmp_path / "a").write_text("")
    assert value_text(session.evaluate(f'fileset("{tmp_path}", "{{a,{"b" * 300}}}")')) == '["a"]'
    assert value_text(session.evaluate(f'fileset("{tmp_path}", "{"b" * 300}/*")')) == "[]"
