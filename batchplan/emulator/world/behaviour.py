"""What a command line does, without running it.

The script of a process is read from its environment settings, else guessed from its command line:

    EMULATOR_DURATION      PT5M, or seconds: how long it runs
    EMULATOR_EXIT_CODE     3, or by attempt `1,1,0` (the last one stays)
    EMULATOR_STDOUT, EMULATOR_STDERR   its output
    EMULATOR_LAUNCH_ERROR  a failure code: the process never starts

A command line may carry the same as words: `run.sh EMULATOR_DURATION=90`. Guesses: `sleep 30` and
`timeout /t 30` run 30 s, `exit 3` exits 3, `/bin/false` exits 1, `echo x` prints x; anything else exits 0
after a few seconds.
"""

import re
from collections.abc import Iterable, Mapping

from batchplan.emulator.model import Json
from batchplan.emulator.world import durations, timing
from batchplan.emulator.world.core import World
from batchplan.emulator.world.hooks import Outcome, Work

_WORD = re.compile(r"\b(EMULATOR_[A-Z_]+)=(\"[^\"]*\"|'[^']*'|[^\s\"';&|]+)")
_SLEEP = re.compile(r"\bsleep\s+(\d+(?:\.\d+)?)([smhd]?)\b|\btimeout\s+/t\s+(\d+)", re.IGNORECASE)
_EXIT = re.compile(r"\bexit\s+(?:/b\s+)?(-?\d+)\b", re.IGNORECASE)
_FALSE = re.compile(r"(?:^|[\s/;&|\"'])false(?:$|[\s;&|\"'])")
_ECHO = re.compile(r"\becho\s+([^;&|><]*)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def outcome(world: World, work: Work, environment: Iterable[Json], *parts: object) -> Outcome:
    """Return what a process will do: its script, unless a fault decides otherwise."""
    settings = {str(entry.get("name")): str(entry.get("value") or "") for entry in environment}
    settings |= {name: value.strip("\"'") for name, value in _WORD.findall(work.command)}
    return world.hooks.outcome(work, _scripted(world, work, settings, parts))


def _scripted(world: World, work: Work, settings: Mapping[str, str], parts: tuple[object, ...]) -> Outcome:
    given = settings.get("EMULATOR_DURATION")
    seconds = _seconds(given) if given else None
    code = settings.get("EMULATOR_EXIT_CODE")
    slept = _slept(work.command)
    if seconds is None:
        seconds = slept if slept is not None else timing.draw(world, timing.PROCESS, *parts)
    return Outcome(
        exit_code=_nth(code, work.attempt) if code else _guessed_code(work.command),
        seconds=seconds,
        stdout=settings.get("EMULATOR_STDOUT", _echoed(work.command)),
        stderr=settings.get("EMULATOR_STDERR", ""),
        launch_error=settings.get("EMULATOR_LAUNCH_ERROR"),
    )


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return durations.seconds(text)
    except ValueError:
        return None


def _nth(codes: str, attempt: int) -> int:
    values = [int(code) for code in codes.split(",") if re.fullmatch(r"\s*-?\d+\s*", code)]
    return values[min(attempt, len(values) - 1)] if values else 0


def _slept(command: str) -> float | None:
    found = _SLEEP.findall(command)
    if not found:
        return None
    return sum(float(n or windows) * _UNITS[unit.lower()] for n, unit, windows in found)


def _guessed_code(command: str) -> int:
    found = _EXIT.findall(command)
    if found:
        return int(found[-1])
    return 1 if _FALSE.search(command) else 0


def _echoed(command: str) -> str:
    return "".join(f"{text.strip().strip(chr(34) + chr(39))}\n" for text in _ECHO.findall(command))
