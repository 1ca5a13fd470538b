"""Templates in files and strings: variables, types, faults at their place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import NULL, ObjectValue, TupleValue, Value


def variables(**given: Value) -> Value:
    return ObjectValue(given)


def test_file(evaluate: Callable[..., Value], plain: Callable[[Value], object], tmp_path: Path) -> None:
    """A template of text gives a string; a lone interpolation keeps its type."""
    (tmp_path / "hello.tpl").write_text("hi ${name}%{ for x in xs } ${upper(x)}%{ endfor }")
    (tmp_path / "lone.tpl").write_text("${xs}")
    given = variables(name="me", xs=TupleValue(["a", "b"]))
    assert evaluate('templatefile("hello.tpl", given)', tmp_path, given=given) == "hi me A B"
    assert plain(evaluate('templatefile("lone.tpl", given)', tmp_path, given=given)) == ["a", "b"]


def test_fault_keeps_its_place(evaluate: Callable[..., Value], tmp_path: Path) -> None:
    """A fault inside a template points into the template file."""
    (tmp_path / "t.tpl").write_text("line\n${nothing}")
    with pytest.raises(Fault) as caught:
        evaluate('templatefile("t.tpl", {})', tmp_path)
    at = caught.value.diagnostic.at
    assert at is not None
    assert at.source.name.endswith("t.tpl")
    assert (at.first.line, at.first.column) == (2, 3)


@pytest.mark.parametrize("call", ['templatefile("t.tpl", {})', "templatestring(t, {})"])
def test_no_recursion(evaluate: Callable[..., Value], tmp_path: Path, call: str) -> None:
    """A template may not call the functions that evaluate templates."""
    (tmp_path / "t.tpl").write_text("${" + call + "}")
    with pytest.raises(Fault):
        evaluate('templatefile("t.tpl", {t = "x"})', tmp_path)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('templatefile("t.tpl", ["x"])', "map or object"),
        ('templatefile("t.tpl", {"a b" = 1})', '"a b" cannot be the name'),
        ('templatefile("t.tpl", {"1a" = 1})', '"1a" cannot be the name'),
        ('templatefile("none.tpl", {})', "there is no file"),
        ('templatestring("literal", {})', "plain reference"),
        ('templatestring("${text}", {})', "plain reference"),
        ("templatestring((text), {})", "plain reference"),
        ("templatestring(upper(text), {})", "plain reference"),
        ("templatestring(number, {})", "must be a string"),
        ("templatestring(text, {x = null})", "null"),
        ("templatestring(text, {x = []})", "does not fit"),
    ],
)
def test_refusals(evaluate: Callable[..., Value], tmp_path: Path, expression: str, reason: str) -> None:
    """What cannot be a template or its variables is refused with the reason."""
    (tmp_path / "t.tpl").write_text("x")
    with pytest.raises(Fault) as caught:
        evaluate(expression, tmp_path, text="${x}", number=1)
    assert reason in caught.value.diagnostic.detail


def test_string(evaluate: Callable[..., Value]) -> None:
    """A template in a string gives a string, whatever the template gives."""
    assert evaluate("templatestring(all.text, {x = 1})", all=variables(text="${x}")) == "1"
    assert evaluate("templatestring(all[0], {x = 1})", all=TupleValue(["a${x}", NULL])) == "a1"
