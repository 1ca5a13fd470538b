"""Printing: colour only on a terminal that wants it."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from batchplan.core.diagnostics import Diagnostic, Diagnostics, Severity

if TYPE_CHECKING:
    from batchplan.apply.events import Event
    from batchplan.ops.apply import Applied
    from batchplan.ops.plan import Planned
    from batchplan.plan.change import Changes
    from batchplan.plan.step import Step
    from batchplan.policy.judge import Judgement

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "bold": "bold",
    "dim": "dim",
    "create": "green",
    "update": "yellow",
    "replace": "magenta",
    "delete": "red",
}
_NO_COLOR = False
_EVENTS = False
_BEGUN = False


def switch_colour_off() -> None:
    """Print without colour from now on, as -no-color asks."""
    global _NO_COLOR  # noqa: PLW0603 - one process prints in one way
    _NO_COLOR = True


def tell_as_events(*, wanted: bool) -> None:
    """Print diagnostics as events of a JSON stream from now on, or as text."""
    global _EVENTS, _BEGUN
    _EVENTS, _BEGUN = wanted, False


def tell_nobody() -> None:
    """Let everything that is printed from now on go nowhere, because the reader of this program has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def finish() -> None:
    """See what has been printed on its way; a reader who has gone is no fault of a command that is done."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        tell_nobody()


def coloured(stream: IO[str]) -> bool:
    """Return whether a stream takes colour: a terminal, and neither -no-color, NO_COLOR nor TERM=dumb."""
    if _NO_COLOR or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def write(text: str, stream: IO[str] | None = None) -> None:
    """Print a text as it is."""
    (stream or sys.stdout).write(text)


def line(text: str = "") -> None:
    """Print a line."""
    write(text + "\n")


def document(data: Any) -> None:
    """Print a JSON document."""
    line(json.dumps(data, indent=2, ensure_ascii=False))


def diagnostics(found: Iterable[Diagnostic], stream: IO[str] | None = None) -> None:
    """Print diagnostics, each with its place; as events of a stream where a command prints one."""
    if _EVENTS and stream is None:
        _diagnostic_events(found)
        return
    from batchplan.report.diagnostics import ordered, segments, text

    out = stream or sys.stderr
    listed = ordered(found)
    if not coloured(out):
        for one in listed:
            out.write(text(one))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, force_terminal=True, highlight=False, soft_wrap=True)
    for one in listed:
        made = Text()
        for style, part in segments(one):
            made.append(part, style=STYLES.get(style, ""))
        console.print(made, end="")


def _diagnostic_events(found: Iterable[Diagnostic]) -> None:
    from batchplan.report.diagnostics import ordered
    from batchplan.report.events import diagnostic_event

    for one in ordered(found):
        event(diagnostic_event(one))


def styled(parts: Iterable[tuple[str, str]], stream: IO[str] | None = None) -> None:
    """Print pieces with their styles, where the stream takes colour."""
    out = stream or sys.stdout
    if not coloured(out):
        for _, text in parts:
            out.write(text)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, force_terminal=True, highlight=False, soft_wrap=True)
    made = Text()
    for style, text in parts:
        made.append(text, style=STYLES.get(style, ""))
    console.print(made, end="")


def plan(changes: "Changes", steps: "Sequence[Step]", judgement: "Judgement | None" = None) -> None:
    """Print a plan, with what policy says about it."""
    from batchplan.report.plan import segments

    styled(segments(changes, steps, judgement))


def policy_section(judgement: "Judgement") -> None:
    """Print what policy says, in short."""
    from batchplan.report.policy import section

    styled(section(judgement))


def warnings(found: Diagnostics, *, compact: bool) -> None:
    """Print warnings, or with `compact` how many there are of each code."""
    listed = [one for one in found if one.severity is Severity.WARNING]
    if not compact:
        diagnostics(listed)
        return
    counts: dict[str, int] = {}
    for one in listed:
        name = f"{one.code.id} {one.summary}"
        counts[name] = counts.get(name, 0) + 1
    for name, count in sorted(counts.items()):
        line(f"Warning: {name}" + (f" ({count} times)" if count > 1 else ""))


def event(data: dict[str, Any]) -> None:
    """Print one event of a JSON stream, at once. A stream begins with the version, and each event has a time."""
    global _BEGUN  # noqa: PLW0603 - one command prints one stream
    if _EVENTS and not _BEGUN and data.get("type") != "version":
        from batchplan.report.events import version_event

        _print_event(version_event())
    _BEGUN = True
    _print_event(data)


def _print_event(data: dict[str, Any]) -> None:
    from datetime import UTC, datetime

    stamped = data if not _EVENTS or "@timestamp" in data else {**data, "@timestamp": datetime.now(UTC).isoformat()}
    sys.stdout.write(json.dumps(stamped, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def plan_events(planned: "Planned", judgement: "Judgement | None" = None) -> None:
    """Print a plan as events, and then what policy says about it."""
    from batchplan.report.events import plan_stream
    from batchplan.report.policyjson import events

    for data in plan_stream(planned.changes, planned.diagnostics, planned.made_at):
        event(data)
    for data in events(judgement) if judgement is not None else ():
        event(data)


def run_reporter(*, json: bool) -> "Callable[[Event], None]":
    """Return what shows the events of a run: lines for people, or a JSON stream."""
    from batchplan.apply.events import Started
    from batchplan.report.progress import Lines, event_json

    begun: dict[str, Any] = {}
    lines = Lines()

    def tell(one: "Event") -> None:
        if isinstance(one, Started):
            begun[one.step.id] = one.at
        if json:
            event(event_json(one, begun))
            return
        for text in lines.lines(one):
            line(text)
            sys.stdout.flush()

    def tell_while_read(one: "Event") -> None:
        try:
            tell(one)
        except BrokenPipeError:
            tell_nobody()  # as in `apply | head`: what has been begun is carried on to its end

    return tell_while_read


def end_events(planned: "Planned", applied: "Applied", found: Sequence[Diagnostic]) -> None:
    """Print how a run ended, as events."""
    from batchplan.report.events import end_stream

    for data in end_stream(planned.changes, applied.state.outputs, found, complete=applied.result.complete):
        event(data)


def applied(planned: "Planned", done: "Applied") -> None:
    """Print that a run is complete, and the outputs."""
    from batchplan.report.plan import done_text, outputs_text

    line()
    styled([("bold", done_text(planned.changes) + "\n")])
    shown = outputs_text(done.state.outputs)
    if shown:
        write("\n" + shown)
