"""`batchplan emulator` starts an emulator, finds it again, moves it, and stops it."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from batchplan.backends.memory import MemoryStore
from batchplan.cli.emulator import app
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.emulator import ticks
from batchplan.emulator.faultspec import FaultSpec
from batchplan.emulator.server import Emulator
from batchplan.wiring import open_session

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
PROGRAM = "import sys; from batchplan.cli.emulator import app; sys.argv[0] = 'batchplan emulator'; app()"


@pytest.fixture
def ready(emulator: Emulator, tmp_path: Path) -> Path:
    """The ready file of a running emulator."""
    path = tmp_path / "ready.json"
    path.write_text(json.dumps(emulator.about()))
    return path


@pytest.fixture
def cli(ready: Path) -> Callable[..., Result]:
    """The command line against that emulator."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--ready-file", str(ready)])

    return run


def shown(result: Result) -> Any:
    """Return the JSON a command printed."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_status(cli: Callable[..., Result], emulator: Emulator) -> None:
    """Status tells where the emulator is, for people and as JSON."""
    assert f"arm_endpoint: {emulator.arm_endpoint}" in cli("status").stdout
    assert shown(cli("status", "--json"))["arm_endpoint"] == emulator.arm_endpoint


def test_the_project_here(ready: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder of a project its own emulator is meant; when it does not run, it is said how to start it."""
    own = ready.parent / ".batchplan" / "emulator"
    own.mkdir(parents=True)
    monkeypatch.chdir(ready.parent)
    monkeypatch.setattr("tempfile.tempdir", str(ready.parent / "none"))
    (own / "ready.json").write_text(ready.read_text())
    assert f"arm_endpoint: {emulator.arm_endpoint}" in CliRunner().invoke(app, ["status"]).stdout
    (own / "ready.json").unlink()
    (own / "world.db").touch()
    missing = CliRunner().invoke(app, ["clock", "advance", "1h"])
    assert missing.exit_code == 1
    assert "--data .batchplan/emulator --ready-file .batchplan/emulator/ready.json" in missing.output


def test_clock(cli: Callable[..., Result]) -> None:
    """The clock is shown, advanced, sped up, frozen, and jumps."""
    assert shown(cli("clock", "show"))["now"] == "2025-06-01T08:00:00Z"
    assert shown(cli("clock", "advance", "30m"))["now"] == "2025-06-01T08:30:00Z"
    assert shown(cli("clock", "speed", "2"))["speed"] == 2.0
    assert shown(cli("clock", "freeze"))["frozen"] is True
    assert shown(cli("clock", "next"))["next_event"] is None


def test_faults(cli: Callable[..., Result], arm: Any, account: str) -> None:
    """A fault is added with its members, listed in a line, and cleared."""
    added = cli("fault", "add", "answer", "status=503", "retry_after=2", "--path", "batchAccounts/*", "--id", "f")
    assert added.stdout == "f: answer status=503 retry_after=2 | path=batchAccounts/* | struck 0\n"
    assert arm("GET", account).status == 503
    assert cli("fault", "list").stdout == ("f: answer status=503 retry_after=2 | path=batchAccounts/* | struck 1\n")
    assert len(shown(cli("fault", "list", "--json"))["faults"]) == 1
    assert shown(cli("fault", "add", "cut", "when=after", "--plane", "arm", "--nth", "9", "--json"))["spec"]["nth"] == 9
    assert cli("fault", "clear", "f").stdout == "Removed 1.\n"
    assert cli("fault", "clear").stdout == "Removed 1.\n"
    assert arm("GET", account).status == 200


def test_tasks_submit(cli: Callable[..., Result], batch: Any) -> None:
    """Made-up tasks are submitted to a job with durations, weights and a spread."""
    headers = {"Content-Type": "application/json; odata=minimalmetadata"}
    assert batch("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "none"}}, headers=headers).status == 201
    words = ["--account", "acct", "--job", "j", "--count", "5", "--exit-codes", "0:0.5,3", "--prefix", "t"]
    assert shown(cli("tasks", "submit", *words, "--uniform", "10s:1m"))["tasks"] == 5
    tasks = batch("GET", "/jobs/j/tasks").json["value"]
    assert [task["id"] for task in tasks] == ["t-1", "t-2", "t-3", "t-4", "t-5"]
    lengths = [float(re.search(r"DURATION=([\d.]+)", task["commandLine"])[1]) for task in tasks]  # type: ignore[index]
    assert all(10 <= length <= 60 for length in lengths)


def test_log(cli: Callable[..., Result], arm: Any) -> None:
    """The log is JSONL."""
    for _ in range(3):
        arm("GET", "/subscriptions")
    lines = [json.loads(line) for line in cli("log", "--limit", "2").stdout.splitlines()]
    assert [line["path"] for line in lines] == ["/subscriptions", "/subscriptions"]
    assert cli("log", "--after", str(lines[-1]["n"])).stdout == ""


WRONG = [
    (("clock", "advance", "soon"), "by:"),
    (("fault", "add", "magic"), "effect"),
    (("fault", "add", "answer", "status"), "name=value"),
    (("fault", "clear", "none"), "no fault"),
    (("tasks", "submit", "--account", "a", "--job", "j"), "does not exist"),
]


@pytest.mark.parametrize(("words", "reason"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_mistakes(cli: Callable[..., Result], words: tuple[str, ...], reason: str) -> None:
    """A mistake ends with a reason and a code, never with a traceback."""
    result = cli(*words)
    assert result.exit_code in {1, 2}
    assert reason in re.sub(r"[\s│]+", " ", result.output)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_nothing_runs(tmp_path: Path) -> None:
    """Without an emulator, commands say how to start one."""
    result = CliRunner().invoke(app, ["status", "--ready-file", str(tmp_path / "none.json")])
    assert result.exit_code == 1
    assert "batchplan emulator start" in result.output


def test_dead_emulator(ready: Path) -> None:
    """A ready file of an emulator that is gone is told as such."""
    about = json.loads(ready.read_text())
    ready.write_text(json.dumps({**about, "admin_endpoint": "http://127.0.0.1:1/admin"}))
    result = CliRunner().invoke(app, ["status", "--ready-file", str(ready)])
    assert result.exit_code == 1
    assert "does not answer" in result.output


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.slow
def test_start_and_stop(tmp_path: Path) -> None:
    """An emulator in the background is ready when the command returns, goes on after a restart, and leaves nothing."""
    ready = tmp_path / "there" / "ready.json"
    environment = {"BATCHPLAN_EMULATOR_READY_FILE": str(ready)}
    words = ["start", "--background", "--tls", "--data", str(tmp_path / "data"), "--speed", "0", "--seed", "5"]
    started = run(*words, **environment)
    assert started.returncode == 0, started.stderr
    about = json.loads(ready.read_text())
    assert set(about) == {"arm_endpoint", "ca_file", "admin_endpoint", "pid"}
    assert about["arm_endpoint"].startswith("https://127.0.0.1:")
    try:
        moved = json.loads(run("clock", "advance", "1h", **environment).stdout)["now"]
    finally:
        assert run("stop", **environment).stdout == "Stopped.\n"
    assert not ready.exists()
    assert run(*words, **environment).returncode == 0
    try:
        again = json.loads(ready.read_text())
        assert again["arm_endpoint"] == about["arm_endpoint"]
        assert json.loads(run("clock", "show", **environment).stdout)["now"] >= moved
    finally:
        run("stop", **environment)


@pytest.mark.slow
def test_port_that_is_taken(emulator: Emulator, tmp_path: Path) -> None:
    """A port in use is an error with a sentence."""
    port = emulator.arm_endpoint.rpartition(":")[2]
    result = run("start", "--port", port, "--ready-file", str(tmp_path / "ready.json"))
    assert result.returncode == 1
    assert "cannot listen" in result.stderr
    assert "Traceback" not in result.stderr


def test_foreign_store(tmp_path: Path) -> None:
    """A data folder with something else in it is an error with a sentence."""
    (tmp_path / "world.db").write_bytes(b"no database" * 100)
    words = ["start", "--data", str(tmp_path), "--ready-file", str(tmp_path / "ready.json")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert "cannot be used" in result.output


def test_warning_about_other_hosts(tmp_path: Path) -> None:
    """Listening beyond loopback draws a warning."""
    (tmp_path / "world.db").write_bytes(b"no database" * 100)
    words = ["start", "--host", "0.0.0.0", "--data", str(tmp_path), "--ready-file", str(tmp_path / "ready.json")]
    assert "Warning: 0.0.0.0 is not loopback" in CliRunner().invoke(app, words).output


def test_its_calendar_is_followed(emulator: Emulator, tmp_path: Path) -> None:
    """A command's clock shows the time of the emulator that it works on: what is due there is due."""
    emulator.advance(3 * 86400)
    environ = {"ARM_ENVIRONMENT": "emulator", "BATCHPLAN_ARM_ENDPOINT": emulator.arm_endpoint}

    async def seen() -> datetime:
        session = await open_session(tmp_path, None, MemoryStore(), environ)
        try:
            return session.clock.now()
        finally:
            await session.close()

    there = ticks.to_datetime(emulator.clock.now())
    assert there.year == 2025
    assert abs(asyncio.run(seen()) - there) < timedelta(minutes=1)


def test_so_many_calls_at_once(emulator: Emulator, tmp_path: Path) -> None:
    """A session has no more calls under way than it is told."""
    late = {"method": "GET", "effect": {"kind": "latency", "seconds": 0.02}}
    emulator.call(lambda _: emulator.faults.add(FaultSpec.model_validate(late)))
    environ = {"ARM_ENVIRONMENT": "emulator", "BATCHPLAN_ARM_ENDPOINT": emulator.arm_endpoint}
    account = ACCOUNT_PATTERN.format(SUBSCRIPTION, "rg", "none")

    async def took(in_flight: int) -> float:
        session = await open_session(tmp_path, None, MemoryStore(), environ, in_flight=in_flight)
        try:
            started = asyncio.get_running_loop().time()
            await asyncio.gather(*(session.reader.read(Remote("pool", account, f"p{at}")) for at in range(10)))
            return asyncio.get_running_loop().time() - started
        finally:
            await session.close()

    assert asyncio.run(took(1)) >= 10 * 0.02
