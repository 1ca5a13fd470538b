"""The entry point: arguments to a command, faults to an exit code.

Exit codes: 0 done or no changes; 1 error; 2 changes present (plan -detailed-exitcode); 3 policy refused;
4 plan stale; 5 locked; 6 rollout paused or gate failed.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

from batchplan import __version__
from batchplan.cli.arguments import ELSEWHERE, as_typed, global_flags, normalise

STREAMING = (["plan"], ["apply"], ["destroy"], ["refresh"])
"""Commands whose -json is a stream of events, in which faults are events too."""


INTERRUPTED = 130
"""What typer makes of Ctrl-C while a command has not begun to change anything; it says nothing about it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    given = normalise(sys.argv[1:] if arguments is None else arguments)
    folder, no_color, rest = global_flags(given)
    if no_color:
        from batchplan.cli import show

        show.switch_colour_off()
    if folder is not None:
        try:
            os.chdir(folder)
        except OSError as error:
            return _refuse(f'The folder "{folder}" of -chdir cannot be entered: {(error.strerror or "").lower()}.')
    if rest[:1] in (["version"], ["--version"]) and set(rest[1:]) <= {"--json"}:
        return version(as_json="--json" in rest)
    return _run(rest)


def version(*, as_json: bool) -> int:
    """Print the version; kept apart from the other commands, because it must be quick."""
    if as_json:
        import json
        import platform

        made = {"batchplan_version": __version__, "python_version": platform.python_version(), "platform": sys.platform}
        sys.stdout.write(json.dumps(made, indent=2) + "\n")
    else:
        sys.stdout.write(f"batchplan {__version__}\n")
    return 0


def _refuse(text: str) -> int:
    sys.stderr.write(f"Error: {text}\n")
    return 1


def _run(arguments: list[str]) -> int:
    import typer
    import typer.main

    from batchplan.cli import show
    from batchplan.cli.commands import app
    from batchplan.core.diagnostics import UserError

    command = typer.main.get_command(app)
    show.tell_as_events(wanted=arguments[:1] in STREAMING and "--json" in arguments)
    try:
        result = command.main(args=arguments, prog_name="batchplan", standalone_mode=False)
    except UserError as error:
        show.diagnostics(error.diagnostics)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _refuse("interrupted")
    except _wrong_usage() as error:
        return _usage(error)
    except BrokenPipeError:
        # The reader has gone, as in `batchplan graph | head`; there is nobody left to tell.
        show.tell_nobody()
        return 1
    except Exception as error:  # noqa: BLE001 - the last resort: people get a sentence, and a way to report it
        return _internal(error)
    show.finish()
    if result == INTERRUPTED:
        return _refuse("interrupted")
    return result if isinstance(result, int) else 0


def _internal(error: Exception) -> int:
    """Say that batchplan itself is at fault; the traceback goes into a file, for a report."""
    import tempfile
    import traceback

    if os.environ.get("BATCHPLAN_TRACEBACK"):
        traceback.print_exception(error)
        return 1
    with tempfile.NamedTemporaryFile("w", prefix="batchplan-fault-", suffix=".txt", delete=False) as file:
        traceback.print_exception(error, file=file)
    return _refuse(
        f"this is a fault of batchplan ({type(error).__name__}), not of your configuration. What was done is in the "
        f"journal, and the next command goes on from there. Please report it with this file: {file.name}"
    )


def _wrong_usage() -> type[Exception]:
    """Return what typer raises for wrong usage: of a click of its own in new versions, of the package in older ones."""
    import typer

    return next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _usage(error: Any) -> int:
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "batchplan"
    message = error.format_message().rstrip(".")
    option = getattr(error, "option_name", None)
    if isinstance(option, str) and message.startswith("No such option"):
        message = _no_such_flag(option, getattr(error, "possibilities", None) or ())
    return _refuse(f"{message}{'' if message.endswith('?') else '.'}\n\nSee: {where} -help")


def _no_such_flag(option: str, near: Sequence[str]) -> str:
    typed = as_typed(option)
    name = typed.lstrip("-").partition("=")[0]
    if name in ELSEWHERE:
        return f"There is no {typed} here. {ELSEWHERE[name].rstrip('.')}"
    meant = " or ".join(dict.fromkeys(as_typed(one) for one in near))
    return f"There is no {typed} here" + (f". Did you mean {meant}?" if meant else "")


def entry() -> None:
    """Run as a program."""
    sys.exit(main())
