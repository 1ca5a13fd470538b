"""`batchplan console`: expressions on standard input, and JSON lines for other programs."""

import json
import re

import pytest

from batchplan.cli import console

LINES = [
    ("number", "1 + 2\n", "3\n"),
    ("text", '"a${1}"\n', '"a1"\n'),
    ("several", "1\n2\n", "1\n2\n"),
    ("blank lines between", "1\n\n2\n", "1\n2\n"),
    ("over several lines", "[\n  1,\n]\n", "[\n  1,\n]\n"),
    ("null", "null\n", "null\n"),
    ("leaves with exit", "1\nexit\n2\n", "1\n"),
    ("secret", 'sensitive("x")\n', "(sensitive value)\n"),
]


@pytest.mark.parametrize(("given", "wanted"), [one[1:] for one in LINES], ids=[one[0] for one in LINES])
def test_lines(run, given: str, wanted: str) -> None:
    """Each expression gives its value."""
    ran = run("console", stdin=given)
    assert (ran.code, ran.out) == (0, wanted)


def test_fault(run) -> None:
    """A fault is shown, the other lines are answered, and the exit code is 1."""
    ran = run("console", stdin="nothing\n1\n")
    assert (ran.code, ran.out) == (1, "1\n")
    assert "E0214" in ran.err


TYPED = [
    ("leaves with exit", "1 + 1\nexit\n2\n", "2\n"),
    ("leaves at the end", "1 + 1\n", "2\n"),
    ("waits for the closing bracket", "[\n1,\n]\n", "[\n  1,\n]\n"),
    ("an empty line ends what is open", "[1,\n\n2\n", "2\n"),
]


@pytest.mark.parametrize(("given", "wanted"), [one[1:] for one in TYPED], ids=[one[0] for one in TYPED])
def test_typed(run, monkeypatch, given: str, wanted: str) -> None:
    """On a terminal, each line is answered as soon as it is complete."""
    monkeypatch.setattr(console, "_history", lambda: None)
    ran = run("console", stdin=given, typed=True)
    assert ran.code == 0
    assert re.sub(r"^([>.] )+", "", ran.out.partition("leaves.\n")[2], flags=re.MULTILINE).rstrip("\n") + "\n" == wanted


def test_project(run) -> None:
    """In a project, its names have their values."""
    text = 'variable "n" { default = 2 }\nlocals { l = var.n * 3 }\n'
    ran = run("console", "-var=n=4", files={"main.batch.hcl": text}, stdin="local.l\nvar.n\n")
    assert (ran.code, ran.out) == (0, '12\n"4"\n')


@pytest.mark.parametrize(
    ("query", "shown"),
    [("sv=1&sig=abc", "(sensitive value)\n"), ("sv=1", '"https://s.example/f?sv=1"\n')],
    ids=["signed", "plain"],
)
def test_addresses_with_a_signature_are_secrets(run, query: str, shown: str) -> None:
    """A field that may hold a shared access signature is worth a sensitive value when it does."""
    text = (
        'pool "p" {\n  account_id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Batch/batchAccounts/west"\n'
        '  name = "p"\n  vm_size = "standard_d2s_v3"\n  node_agent_sku_id = "batch.node.ubuntu 22.04"\n'
        '  image_reference {\n    publisher = "microsoft-dsvm"\n    offer = "ubuntu-hpc"\n    sku = "2204"\n  }\n'
        '  start_task {\n    command_line = "x"\n    resource_files {\n'
        f'      http_url = "https://s.example/f?{query}"\n      file_path = "f"\n    }}\n  }}\n}}\n'
    )
    ran = run("console", files={"main.batch.hcl": text}, stdin="pool.p.start_task.resource_files[0].http_url\n")
    assert (ran.err, ran.out) == ("", shown)


def test_faulty_project(run) -> None:
    """A project with faults is not asked."""
    ran = run("console", files={"main.batch.hcl": "locals { a = b }\n"}, stdin="1\n")
    assert (ran.code, ran.out) == (1, "")
    assert "E0214" in ran.err


def asked(run, *requests: object) -> list[dict[str, object]]:
    """Return the answers to requests, each an object, or a text that is sent as it is."""
    lines = [one if isinstance(one, str) else json.dumps(one) for one in requests]
    ran = run("console", "-jsonl", stdin="\n".join(lines) + "\n")
    assert ran.code == 0
    return [json.loads(line) for line in ran.out.splitlines()]


ANSWERS = [
    ({"expr": "1 + 2"}, {"ok": True, "value": 3, "type": "number"}),
    ({"expr": '{ a = [1, "x"] }'}, {"ok": True, "value": {"a": [1, "x"]}, "type": ["object", {"a": ["tuple", ["number", "string"]]}]}),
    ({"expr": 'toset(["b", "a"])'}, {"ok": True, "value": ["a", "b"], "type": ["set", "string"]}),
    ({"expr": "null"}, {"ok": True, "value": None, "type": "dynamic"}),
    ({"expr": "1", "mode": "attr"}, {"ok": True, "value": 1, "type": "number"}),
    ({"expr": "(1\n+ 2)", "mode": "attr"}, {"ok": True, "value": 3, "type": "number"}),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "answer"), ANSWERS, ids=[one[0]["expr"] for one in ANSWERS])
def test_jsonl(run, request_: dict[str, str], answer: dict[str, object]) -> None:
    """A request is answered with value and type."""
    assert asked(run, request_) == [answer]


def test_jsonl_keeps_all_digits(run) -> None:
    """Numbers keep all their digits."""
    ran = run("console", "-jsonl", stdin='{"expr": "12345678901234567890.123456789"}\n')
    assert '"value": 12345678901234567890.123456789,' in ran.out


def test_jsonl_faults(run) -> None:
    """A fault is an answer with code, summary, detail and range."""
    (answer,) = asked(run, {"expr": "[1][5]"})
    assert (answer["ok"], answer["code"], answer["summary"]) == (False, "E0208", "Invalid index")
    assert answer["range"] == {
        "start": {"line": 1, "column": 4, "byte": 3},
        "end": {"line": 1, "column": 7, "byte": 6},
    }


MALFORMED = [
    "[" * 100_000,
    '{"expr":' * 5_000,
    "nonsense",
    "[]",
    "{}",
    '{"expr": 1}',
    '{"expr": "1", "mode": "x"}',
    '"1"',
    "null",
    '{"expr": "1"',
]


@pytest.mark.parametrize("line", MALFORMED, ids=lambda line: line[:20])
def test_jsonl_malformed(run, line: str) -> None:
    """A line that is no request is answered with a fault, and the next one is read."""
    answers = asked(run, line, {"expr": "1"})
    assert [one["ok"] for one in answers] == [False, True]
    assert all(answers[0][member] for member in ("code", "summary", "detail"))


def test_jsonl_not_utf8(run) -> None:
    """A line in another encoding is answered with a fault; a byte order mark does no harm."""
    ran = run("console", "-jsonl", stdin=b'{"expr": "\xff"}\n\xef\xbb\xbf{"expr": "1"}\n')
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["ok"] for one in answers] == [False, True]
    assert "UTF-8" in answers[0]["detail"]


def test_jsonl_newlines(run) -> None:
    """As the text after `x =`, an expression ends with its line; alone it does not."""
    answers = asked(run, {"expr": "1\n+ 2", "mode": "attr"}, {"expr": "1\n+ 2"})
    assert [one["ok"] for one in answers] == [False, True]


def test_jsonl_lone_surrogate(run) -> None:
    """A text that is no Unicode is answered like any other."""
    answers = asked(run, '{"expr": "\\"\\ud800\\""}', {"expr": "1"})
    assert len(answers) == 2
    assert answers[1]["ok"]


def test_jsonl_infinity_is_not_stored(run) -> None:
    """An infinity can be compared but is no answer."""
    assert [one["ok"] for one in asked(run, {"expr": "1 / 0"}, {"expr": "1 / 0 > 5"})] == [False, True]
