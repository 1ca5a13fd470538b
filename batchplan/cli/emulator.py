"""`batchplan emulator`: start a simulated Azure Batch, and move it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import ssl

app = typer.Typer(no_args_is_help=True, help="Run and move a simulated Azure Batch.")
fault_app = typer.Typer(no_args_is_help=True, help="Faults: what goes wrong, when, how often.")
clock_app = typer.Typer(no_args_is_help=True, help="Virtual time.")
tasks_app = typer.Typer(no_args_is_help=True, help="Made-up work.")
app.add_typer(fault_app, name="fault")
app.add_typer(clock_app, name="clock")
app.add_typer(tasks_app, name="tasks")

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
START_SECONDS = 30.0
OWN = ".batchplan/emulator"
"""Where a project keeps the world of `-emulator`."""

ReadyFile = Annotated[
    Path | None,
    typer.Option(
        "--ready-file",
        envvar="BATCHPLAN_EMULATOR_READY_FILE",
        help="JSON file that says where the emulator is; written when it is ready.",
        show_default="in the temporary directory",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def default_ready_file() -> Path:
    """Return where an emulator says where it is, unless told otherwise: one per user."""
    return Path(tempfile.gettempdir()) / f"batchplan-emulator-{os.getuid() if hasattr(os, 'getuid') else 'user'}.json"


def running_ready_file() -> Path:
    """Return where the emulator that is meant says where it is: that of the project here, or the user's."""
    own = Path(OWN, "ready.json")
    return own if own.exists() else default_ready_file()


@app.command()
def start(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of ARM; 0 chooses one.")] = 0,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS with a generated certificate authority.")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="Keep the world here; without it, nowhere.")] = None,
    speed: Annotated[float, typer.Option("--speed", min=0, help="Virtual seconds per second; 0 freezes.")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", help="Decides everything that is left to chance.")] = 0,
    strict_resource_groups: Annotated[
        bool, typer.Option("--strict-resource-groups", help="Refuse accounts in resource groups that do not exist.")
    ] = False,
    ready_file: ReadyFile = None,
    background: Annotated[
        bool, typer.Option("--background", help="Return once it is ready, and leave it running.")
    ] = False,
) -> None:
    """Start the emulator; in the foreground it runs until it is interrupted or stopped."""
    ready = ready_file or default_ready_file()
    if host not in LOOPBACK:
        typer.echo(f"Warning: {host} is not loopback. The emulator accepts any credentials.", err=True)
    if background:
        given = ["--host", host, "--port", str(port), "--speed", str(speed), "--seed", str(seed)]
        given += [*(["--data", str(data)] if data else []), *(["--tls"] if tls else [])]
        given += ["--strict-resource-groups"] if strict_resource_groups else []
        _start_apart(ready, given)
        return
    from batchplan.emulator.options import Options
    from batchplan.emulator.server import Emulator
    from batchplan.emulator.store import ForeignStore

    options = Options(
        host=host,
        port=port,
        tls=tls,
        data=data,
        speed=speed,
        seed=seed,
        strict_groups=strict_resource_groups,
        log=data / "requests.jsonl" if data else None,
    )
    try:
        Emulator(options).serve(lambda emulator: _tell(ready, emulator.about()))
    except OSError as error:
        raise _failed(f"The emulator cannot listen on {host}:{port}: {error.strerror or error}") from None
    except ForeignStore as error:
        raise _failed(f"{data} cannot be used: {error}.") from None
    finally:
        _forget(ready)


def _tell(ready: Path, about: dict[str, Any]) -> None:
    """Say that the emulator is ready, in one step: whoever sees the file can read all of it."""
    ready.parent.mkdir(parents=True, exist_ok=True)
    fresh = ready.with_name(f"{ready.name}.{os.getpid()}")
    fresh.write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    fresh.replace(ready)
    _show(about, as_json=False)


def _forget(ready: Path) -> None:
    """Remove the ready file, unless another emulator has written it meanwhile."""
    if ready.exists() and json.loads(ready.read_text("utf-8")).get("pid") == os.getpid():
        ready.unlink()


def _start_apart(ready: Path, given: list[str]) -> None:
    """Start the same command in the foreground of a process of its own, and wait until it is ready."""
    ready.unlink(missing_ok=True)
    words = ["start", *given, "--ready-file", str(ready)]
    program = "import sys; from batchplan.cli.emulator import app; sys.argv[0] = 'batchplan emulator'; app()"
    with tempfile.TemporaryFile() as noise:
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", program, *words],
            stdin=subprocess.DEVNULL,
            stdout=noise,
            stderr=noise,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if not ready.exists():
            child.terminate()
            noise.seek(0)
            raise _failed(f"The emulator did not start.\n{noise.read().decode(errors='replace').strip()}")
    _show(json.loads(ready.read_text("utf-8")), as_json=False)


@app.command()
def status(ready_file: ReadyFile = None, as_json: AsJson = False) -> None:
    """Show where the emulator is, and its world in numbers."""
    _show(_ask(ready_file, "GET", "/status"), as_json=as_json)


@app.command()
def stop(ready_file: ReadyFile = None) -> None:
    """Stop the emulator and wait until it is gone."""
    ready = ready_file or running_ready_file()
    about = _about(ready)
    try:
        _ask(ready, "POST", "/shutdown")
    except typer.Exit:
        _end(int(about["pid"]))
    deadline = time.monotonic() + START_SECONDS
    while ready.exists() and _alive(int(about["pid"])):
        if time.monotonic() > deadline:
            raise _failed(f"The emulator (process {about['pid']}) does not stop.")
        time.sleep(0.05)
    ready.unlink(missing_ok=True)
    typer.echo("Stopped.")


@fault_app.command("add")
def fault_add(
    kind: Annotated[str, typer.Argument(help="answer, cut, latency, stale, region_down, allocation_failure, ...")],
    effect: Annotated[
        list[str] | None, typer.Argument(help="Members of the effect, as name=value: status=429 retry_after=5.")
    ] = None,
    method: Annotated[str | None, typer.Option("--method")] = None,
    path: Annotated[str | None, typer.Option("--path", help="Glob over the path: pools/*, **/pools/p1.")] = None,
    plane: Annotated[str | None, typer.Option("--plane", help="arm or dataplane.")] = None,
    account: Annotated[str | None, typer.Option("--account")] = None,
    region: Annotated[str | None, typer.Option("--region")] = None,
    pool: Annotated[str | None, typer.Option("--pool", help="Glob over pool ids, for effects on the world.")] = None,
    nth: Annotated[int | None, typer.Option("--nth", min=1, help="Only the nth matching call.")] = None,
    probability: Annotated[float, typer.Option("--probability", help="Share of the matching calls.")] = 1.0,
    count: Annotated[int | None, typer.Option("--count", min=1, help="How often it strikes.")] = None,
    expires_in: Annotated[str | None, typer.Option("--expires-in", help="Virtual time: 30m, 2h, PT1H.")] = None,
    fault_id: Annotated[str | None, typer.Option("--id", help="Its name; a fault of that name is replaced.")] = None,
    ready_file: ReadyFile = None,
    as_json: AsJson = False,
) -> None:
    """Add a fault. The fields of each kind are on the admin page (`status` shows its address)."""
    body = {
        "id": fault_id,
        "method": method,
        "path": path,
        "plane": plane,
        "account": account,
        "region": region,
        "pool": pool,
        "nth": nth,
        "probability": probability,
        "count": count,
        "expires_in": expires_in,
        "effect": {"kind": kind, **dict(map(_member, effect or []))},
    }
    added = _ask(ready_file, "POST", "/faults", {name: value for name, value in body.items() if value is not None})
    if as_json:
        _show(added)
    else:
        typer.echo(_line(added))


@fault_app.command("list")
def fault_list(ready_file: ReadyFile = None, as_json: AsJson = False) -> None:
    """List the faults at work."""
    answer = _ask(ready_file, "GET", "/faults")
    if as_json:
        _show(answer)
        return
    for fault in answer["faults"]:
        typer.echo(_line(fault))


def _line(fault: dict[str, Any]) -> str:
    """Return a fault in one line: what, where, how often it struck."""
    given = {name: value for name, value in fault["spec"].items() if value is not None and name != "id"}
    effect = given.pop("effect")
    where = " ".join(f"{name}={value}" for name, value in given.items() if (name, value) != ("probability", 1.0))
    what = [f"{name}={value}" for name, value in effect.items() if name != "kind" and value not in {None, False}]
    return f"{fault['id']}: {' '.join([effect['kind'], *what])} | {where or 'everything'} | struck {fault['fired']}"


@fault_app.command("clear")
def fault_clear(
    fault_id: Annotated[str | None, typer.Argument(help="One fault; all when left out.")] = None,
    ready_file: ReadyFile = None,
) -> None:
    """Remove one fault, or all."""
    answer = _ask(ready_file, "DELETE", f"/faults/{fault_id}" if fault_id else "/faults")
    typer.echo(f"Removed {answer['removed']}.")


@clock_app.command("show")
def clock_show(ready_file: ReadyFile = None) -> None:
    """Show virtual time."""
    _show(_ask(ready_file, "GET", "/clock"))


@clock_app.command("advance")
def clock_advance(
    by: Annotated[str, typer.Argument(help="30m, 2h, 90 (seconds), PT30M.")], ready_file: ReadyFile = None
) -> None:
    """Move virtual time forward; what falls due happens."""
    _show(_ask(ready_file, "POST", "/clock/advance", {"by": by}))


@clock_app.command("next")
def clock_next(ready_file: ReadyFile = None) -> None:
    """Jump to the next event."""
    _show(_ask(ready_file, "POST", "/clock/next"))


@clock_app.command("speed")
def clock_speed(
    speed: Annotated[float, typer.Argument(min=0, help="Virtual seconds per second.")], ready_file: ReadyFile = None
) -> None:
    """Set the speed of virtual time."""
    _show(_ask(ready_file, "POST", "/clock/speed", {"speed": speed}))


@clock_app.command("freeze")
def clock_freeze(ready_file: ReadyFile = None) -> None:
    """Stop virtual time."""
    _show(_ask(ready_file, "POST", "/clock/freeze"))


@tasks_app.command("submit")
def tasks_submit(
    account: Annotated[str, typer.Option("--account")],
    job: Annotated[str, typer.Option("--job", help="A job that exists.")],
    count: Annotated[int, typer.Option("--count", min=1)] = 1,
    duration: Annotated[str, typer.Option("--duration", help="Fixed, or the mean: 90, 5m, PT5M.")] = "60",
    uniform: Annotated[str | None, typer.Option("--uniform", help="Durations between two: 30s:5m.")] = None,
    exponential: Annotated[bool, typer.Option("--exponential", help="Exponential durations of that mean.")] = False,
    slots: Annotated[int, typer.Option("--slots", min=1)] = 1,
    spread: Annotated[str, typer.Option("--spread", help="They arrive over this time.")] = "0",
    exit_codes: Annotated[str, typer.Option("--exit-codes", help="Codes and weights: 0:0.9,1:0.1.")] = "0:1",
    max_retries: Annotated[int, typer.Option("--max-retries", min=-1)] = 0,
    prefix: Annotated[str, typer.Option("--prefix", help="Task ids are prefix-1, prefix-2, ...")] = "load",
    ready_file: ReadyFile = None,
) -> None:
    """Submit made-up tasks to a job."""
    lengths: dict[str, Any] = {"kind": "exponential" if exponential else "fixed", "seconds": duration}
    if uniform is not None:
        low, _, high = uniform.partition(":")
        lengths = {"kind": "uniform", "low": low, "high": high or low}
    body = {
        "account": account,
        "job": job,
        "count": count,
        "durations": lengths,
        "slots": slots,
        "spread": spread,
        "exit_codes": {code: weight or "1" for code, _, weight in (p.partition(":") for p in exit_codes.split(","))},
        "max_retries": max_retries,
        "prefix": prefix,
    }
    _show(_ask(ready_file, "POST", "/tasks", body))


@app.command()
def log(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 100,
    after: Annotated[int, typer.Option("--after", min=0, help="Only requests with a higher number.")] = 0,
    ready_file: ReadyFile = None,
) -> None:
    """Print the last requests as JSONL, oldest first."""
    for entry in _ask(ready_file, "GET", f"/log?limit={limit}&after={after}")["requests"]:
        typer.echo(json.dumps(entry, separators=(",", ":")))


def _member(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise typer.BadParameter(f"{text!r} is not of the form name=value")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _about(ready: Path) -> dict[str, Any]:
    try:
        found = json.loads(ready.read_text("utf-8"))
    except FileNotFoundError:
        start = "batchplan emulator start"
        if Path(OWN, "world.db").exists():
            start += f" --background --data {OWN} --ready-file {OWN}/ready.json (the world of this project)"
        raise _failed(f"No emulator is running: there is no {ready}. Start one with: {start}") from None
    except ValueError:
        raise _failed(f"{ready} is not a ready file of the emulator.") from None
    return dict(found)


def _ask(ready_file: Path | None, method: str, path: str, body: object = None) -> Any:
    """Return the admin API's answer; end with its message when it refuses or cannot be reached."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    ready = ready_file or running_ready_file()
    about = _about(ready)
    data = None if body is None else json.dumps(body).encode()
    request = Request(about["admin_endpoint"].rstrip("/") + path, data, method=method)  # noqa: S310
    request.add_header("content-type", "application/json")
    try:
        with urlopen(request, timeout=60, context=_trust(about)) as reply:  # noqa: S310
            return json.load(reply)
    except HTTPError as error:
        raise _failed(json.load(error)["error"]["message"]) from None
    except URLError as error:
        raise _failed(f"The emulator of {ready} does not answer: {error.reason}") from None


def _trust(about: dict[str, Any]) -> "ssl.SSLContext | None":
    import ssl

    return ssl.create_default_context(cafile=about["ca_file"]) if about.get("ca_file") else None


def _failed(message: str) -> typer.Exit:
    typer.echo(f"Error: {message}", err=True)
    return typer.Exit(1)


def _show(value: Any, *, as_json: bool = True) -> None:
    if as_json or not isinstance(value, dict):
        typer.echo(json.dumps(value, indent=2))
        return
    for name, item in value.items():
        typer.echo(f"{name}: {item if isinstance(item, str | int | float | None) else json.dumps(item)}")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(pid: int) -> None:
    if _alive(pid):
        os.kill(pid, signal.SIGTERM)
