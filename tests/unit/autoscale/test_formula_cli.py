"""The commands under `batchplan formula`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from batchplan.cli.formula import app

GOOD = "most = 20;\n$TargetDedicatedNodes = min(most, $PendingTasks.GetSample(1)); // follow\n"
BAD = "$TargetDedicatedNodes = min(20, tasks;\n"


def invoke(*arguments: str, given: str | None = None) -> tuple[int, str]:
    """The exit code and what was written, standard error included."""
    result = CliRunner().invoke(app, list(arguments), input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.txt"
    path.write_text(GOOD)
    return str(path)


def test_check_for_people(good: str) -> None:
    """A finding shows its line and what to do next; the bounds follow."""
    code, text = invoke("check", good)
    assert code == 0
    assert "warning AS102  line 2: $NodeDeallocationOption is not set" in text
    assert "   2 | $TargetDedicatedNodes = min(most, $PendingTasks.GetSample(1)); // follow" in text
    assert "     next: Add $NodeDeallocationOption = taskcompletion;" in text
    assert "bounds  $TargetDedicatedNodes in [0, 20]" in text


def test_check_refuses() -> None:
    """A formula that the service would refuse ends with 1, from standard input as well."""
    code, text = invoke("check", "-", given=BAD)
    assert code == 1
    assert "error AS001  line 1" in text
    assert "bounds" not in text


def test_check_json(good: str) -> None:
    """The document has the verdict, diagnostics with ranges, and bounds."""
    code, text = invoke("check", good, "--json")
    document = json.loads(text)
    assert code == 0
    assert document["ok"] is True
    assert document["bounds"]["$TargetDedicatedNodes"] == {
        "min": 0,
        "max": 20,
        "why": "",
        "keeps_present": False,
        "while_inside": False,
    }
    found = next(item for item in document["diagnostics"] if item["code"] == "AS104")
    start, end = found["range"]["start"], found["range"]["end"]
    assert GOOD[start["offset"] : end["offset"]] == "$PendingTasks.GetSample(1)"
    assert (start["line"], start["column"]) == (2, 35)


def test_check_lines() -> None:
    """Each line in gives one line out, in order, whatever the line holds."""
    odd = json.dumps({"formula": "x = ${\ud800}; // \u2028"})
    lines = [json.dumps({"formula": GOOD}), json.dumps({"formula": BAD}), odd, "nonsense", "[]", '{"formula": 3}']
    code, text = invoke("check", "--jsonl", given="\n".join(lines))
    documents = [json.loads(line) for line in text.splitlines()]
    assert code == 0
    assert [document["ok"] for document in documents] == [True, False, False, False, False, False]
    assert all({"ok", "diagnostics", "bounds"} <= document.keys() for document in documents)


def test_check_of_a_missing_file() -> None:
    """A file that cannot be read is told."""
    code, text = invoke("check", "/nowhere/formula.txt")
    assert code == 1
    assert "Error: cannot read /nowhere/formula.txt" in text


def test_fmt(tmp_path: Path) -> None:
    """A file is laid out in place, and --check only tells with 3."""
    path = tmp_path / "f.txt"
    path.write_text("x=1;y=2")
    assert invoke("fmt", str(path), "--check") == (3, f"{path}\n")
    assert path.read_text() == "x=1;y=2"
    assert invoke("fmt", str(path)) == (0, f"{path}\n")
    assert path.read_text() == "x = 1;\ny = 2;\n"
    assert invoke("fmt", str(path), "--check") == (0, "")


def test_fmt_of_standard_input() -> None:
    """Standard input is laid out on standard output; faults are told and nothing is written."""
    assert invoke("fmt", "-", given="x=1") == (0, "x = 1;\n")
    code, text = invoke("fmt", "-", given=BAD)
    assert code == 1
    assert "AS001" in text


def test_explain(good: str) -> None:
    """Each line is told in words."""
    code, text = invoke("explain", good)
    assert code == 0
    assert "   1 | most is 20." in text
    assert json.loads(invoke("explain", good, "--json")[1])[0] == {
        "line": 1,
        "source": "most = 20",
        "prose": "most is 20.",
    }


def test_bounds() -> None:
    """Bounds come with the reason where there is no limit."""
    formula = "$TargetDedicatedNodes = $TargetDedicatedNodes + $PendingTasks;"
    code, text = invoke("bounds", "-", given=formula)
    assert code == 0
    assert text.startswith("bounds  $TargetDedicatedNodes in [0, ∞]   no limit: the present $TargetDedicatedNodes")
    document = json.loads(invoke("bounds", "-", "--json", given=formula)[1])
    assert document["$TargetDedicatedNodes"]["max"] is None


def test_eval(good: str) -> None:
    """An evaluation takes metrics, clock and present targets from the command line."""
    code, text = invoke("eval", good, "--metric", "PendingTasks=7", "--low-priority", "3")
    assert code == 0
    assert text.splitlines()[:2] == ["$TargetDedicatedNodes=7", "$TargetLowPriorityNodes=3"]
    clock = ("--now", "2026-11-22T09:00:00Z", "--json")
    document = json.loads(invoke("eval", "-", *clock, given="x = time().hour; $TargetDedicatedNodes = x;")[1])
    assert document["targets"] == {"dedicated": 9, "low_priority": 0}
    assert document["error"] is None


def test_eval_of_samples() -> None:
    """Several values are the last samples, 30 seconds apart."""
    formula = (
        "$TargetDedicatedNodes = sum($PendingTasks.GetSample(2)); x = len($PendingTasks.GetSample(TimeInterval_Hour));"
    )
    code, text = invoke("eval", "-", "--metric", "$PendingTasks=1,2,3", given=formula)
    assert code == 0
    assert "$TargetDedicatedNodes=5" in text
    assert "x=3" in text


def test_eval_that_fails() -> None:
    """A failed evaluation keeps the targets, says why and ends with 1."""
    code, text = invoke("eval", "-", "--dedicated", "4", given="$TargetDedicatedNodes = y;")
    assert code == 1
    assert "$TargetDedicatedNodes=4" in text
    assert "Line 1, Col 25: Undefined symbol: y" in text


def test_diff(tmp_path: Path, good: str) -> None:
    """A difference shows what changes and how the bounds move; layout alone is cosmetic."""
    other = tmp_path / "new.txt"
    other.write_text(GOOD.replace("20", "30"))
    code, text = invoke("diff", good, str(other))
    assert code == 0
    assert text.splitlines() == [
        "  ~ most = 20;",
        "    -> most = 30;",
        "bounds  $TargetDedicatedNodes [0, 20] -> [0, 30]",
    ]
    other.write_text(GOOD.replace(" = ", "="))
    assert json.loads(invoke("diff", good, str(other), "--json")[1])["cosmetic"] is True


def test_diff_on_a_load(tmp_path: Path, good: str) -> None:
    """With a load both formulas are simulated on it."""
    other = tmp_path / "new.txt"
    other.write_text("$TargetDedicatedNodes = 1;")
    arguments = ("--simulate", "--tasks", "40", "--span", "6h", "--json")
    document = json.loads(invoke("diff", good, str(other), *arguments)[1])
    assert [item["name"] for item in document["simulation"]] == ["old", "new"]
    assert document["simulation"][1]["peak_nodes"] == 1


def test_simulate(tmp_path: Path, good: str) -> None:
    """Several formulas are compared on one load, in a table, charts and a page."""
    other, html = tmp_path / "other.txt", tmp_path / "page.html"
    other.write_text("$TargetDedicatedNodes = 2;")
    arguments = ("--pattern", "steady", "--tasks", "60", "--span", "6h", "--task-time", "10m", "--price", "0.5")
    code, text = invoke("simulate", good, str(other), *arguments, "--html", str(html))
    assert code == 0
    assert text.splitlines()[0].split() == ["good", "other"]
    assert "p95 delay" in text
    assert "target" in text
    assert html.read_text().startswith("<!doctype html>")
    assert "target" not in invoke("simulate", good, *arguments, "--no-chart")[1]


def test_simulate_a_recorded_load(tmp_path: Path, good: str) -> None:
    """A CSV file is the load; the same seed gives the same document."""
    load = tmp_path / "load.csv"
    load.write_text("arrival,minutes\n0,10\n60,10\n4000,5\n")
    arguments = ("simulate", good, "--workload", str(load), "--json", "--interval", "PT5M")
    document = json.loads(invoke(*arguments)[1])
    assert document[0]["finished"] + document[0]["unfinished"] == 3
    assert json.loads(invoke(*arguments)[1]) == document


@pytest.mark.parametrize(
    "arguments",
    [
        ("--pattern", "tidal"),
        ("--span", "soon"),
        ("--loss", "2"),
        ("--workload", "/nowhere.csv"),
        ("--start", "monday"),
    ],
)
def test_simulate_with_a_wrong_flag(good: str, arguments: tuple[str, str]) -> None:
    """A value that means nothing is told, and nothing is simulated."""
    code, text = invoke("simulate", good, *arguments)
    assert code == 1
    assert text.startswith("Error: ")


def test_optimise() -> None:
    """The search shows the best values, their outcome and the formula; it ends with 1 when the goal is not met."""
    formula = "nodes = 1; $TargetDedicatedNodes = nodes;"
    arguments = ("--vary", "nodes=1,2,4", "--tasks", "40", "--span", "6h", "--task-time", "10m", "--pattern", "steady")
    code, text = invoke("optimise", "-", *arguments, "--goal", "p95 delay <= 1 h, least node hours", given=formula)
    assert code == 0
    assert "meets the goal, of 3 tried" in text
    assert invoke("optimise", "-", *arguments, "--goal", "most nodes <= 0", given=formula)[0] == 1
    assert "Error:" in invoke("optimise", "-", "--vary", "x=1,2", given=formula)[1]


def test_lengths_of_time(good: str) -> None:
    """Lengths of time are read as people and as the service write them."""
    for span in ("21600", "21600s", "360m", "6h", "0.25d", "PT6H", "5h60m"):
        code, text = invoke("simulate", good, "--tasks", "5", "--span", span, "--json")
        assert code == 0, span
        assert json.loads(text)[0]["evaluations"] == 25
