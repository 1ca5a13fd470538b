"""`batchplan console`"""

import json as jsonlib
import sys
from typing import Annotated, Any

import typer

from batchplan.cli import show
from batchplan.cli.options import VariableFiles, Variables
from batchplan.cli.running import run, store

LEAVING = ("exit", "quit")


def console(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Answer one JSON line for each JSON line of standard input.")
    ] = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Try expressions: over the configuration in this folder, or over nothing where there is none."""
    session = _session(var, var_file)
    if jsonl:
        return _jsonl(session)
    if not sys.stdin.isatty():
        return _lines(session)
    return _interactive(session)


def _session(var: list[str], var_file: list[str]) -> Any:
    from pathlib import Path

    from batchplan.cli.options import open_project
    from batchplan.config.filenames import configuration_files
    from batchplan.core.diagnostics import Diagnostics, UserError
    from batchplan.ops.console import bare_session, now, project_session, recorded_kinds
    from batchplan.ops.state import current

    folder = Path.cwd()
    primary, _ = configuration_files(folder, Diagnostics())
    if not primary:
        return bare_session(folder, plan_timestamp=now())
    project = open_project(var, var_file, plan_timestamp=now())
    state = run(current(store())) if not project.diagnostics.has_errors else None
    if state is not None:
        project = project.evaluated_with(recorded_kinds(state))
    if project.diagnostics.has_errors or project.evaluated is None:
        raise UserError(project.diagnostics.items)
    return project_session(project.evaluated)


def _evaluate(session: Any, text: str) -> bool:
    from batchplan.core.diagnostics import Fault
    from batchplan.lang.display import show as display

    try:
        show.line(display(session.evaluate(text)))
    except Fault as error:
        show.diagnostics([error.diagnostic])
        return False
    return True


def _lines(session: Any) -> int:
    """Without a terminal, standard input is one expression after another, each as long as its brackets are open."""
    from batchplan.ops.console import complete

    pending = ""
    fine = True
    for line in sys.stdin:
        if not pending.strip() and line.strip() in LEAVING:
            break
        pending += line
        if pending.strip() and complete(pending):
            fine &= _evaluate(session, pending)
            pending = ""
    if pending.strip():
        fine &= _evaluate(session, pending)
    return 0 if fine else 1


def _interactive(session: Any) -> int:
    from batchplan.ops.console import complete

    _history()
    show.line('Type an expression; "exit" or Ctrl-D leaves.')
    pending = ""
    while True:
        try:
            line = input("> " if not pending else ". ")
        except EOFError:
            show.line()
            return 0
        except KeyboardInterrupt:
            show.line()
            pending = ""
            continue
        if not pending and line.strip() in LEAVING:
            return 0
        pending += line + "\n"
        if not line.strip() or complete(pending):
            if pending.strip():
                _evaluate(session, pending)
            pending = ""


def _history() -> None:
    """Keep what was typed from one session to the next, where the platform can."""
    try:
        import readline
    except ImportError:
        return
    import atexit
    from pathlib import Path

    path = Path.home() / ".batchplan_history"
    if path.is_file():
        readline.read_history_file(path)
    readline.set_history_length(1000)
    atexit.register(readline.write_history_file, path)


def _jsonl(session: Any) -> int:
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(_answer(session, line) + "\n")
            sys.stdout.flush()
    return 0


def _answer(session: Any, line: bytes) -> str:
    from batchplan.core.diagnostics import Fault
    from batchplan.report.values import type_text, value_text

    try:
        request = jsonlib.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _refusal(f"The line is not UTF-8: {error.reason} at byte {error.start}.")
    except ValueError as error:
        return _refusal(f"The line is no JSON: {error}.")
    except RecursionError:
        return _refusal("The line is nested too deeply.")
    if not isinstance(request, dict) or not isinstance(request.get("expr"), str):
        return _refusal('A line must be an object with a text "expr".')
    if request.get("mode", "expr") not in ("expr", "attr"):
        return _refusal('"mode" is "expr" or "attr".')
    try:
        value = session.stored(_whole(request["expr"]), attribute=request.get("mode") == "attr")
        return f'{{"ok": true, "value": {value_text(value)}, "type": {type_text(value)}}}'
    except Fault as error:
        from batchplan.report.diagnostics import as_json

        made = as_json(error.diagnostic)
        answer = {"ok": False, "code": made["code"], "summary": made["summary"], "detail": made["detail"]}
        if "range" in made:
            answer["range"] = {"start": made["range"]["start"], "end": made["range"]["end"]}
        return jsonlib.dumps(answer, ensure_ascii=False)


def _whole(text: str) -> str:
    """Return a text with halves of surrogate pairs, which JSON can hold and UTF-8 cannot, as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refusal(detail: str) -> str:
    return jsonlib.dumps({"ok": False, "code": "E0121", "summary": "Invalid JSON", "detail": detail})
