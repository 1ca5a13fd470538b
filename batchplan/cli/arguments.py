"""Terraform's way of writing flags, made into the usual one before anything reads them."""

from collections.abc import Sequence

SWITCHES = frozenset(
    {
        "all", "auto-approve", "check", "compact-warnings", "destroy", "detailed-exitcode", "diff", "emulator", "dry-run", "force", "input", "json", "jsonl", "list", "live", "lock", "no-color", "or-create", "plugins", "prune", "raw",
        "from-unreachable", "keep-primary", "recursive", "refresh", "refresh-only", "resubmit", "settle", "static", "then-return", "upgrade", "verbose",
        "watch", "write",
    }
)  # fmt: skip
"""Flags without a value, for which `-flag=true` and `-flag=false` are understood."""

VALUES = frozenset({"chdir", "var", "var-file"})
"""Flags whose value may itself look like a flag."""


ELSEWHERE = {
    "backend-config": "The backend block says where states are kept; its values may be variables.",
    "generate-config-out": "plan has it, for what import blocks take over, and import, for one object.",
    "input": "This command never asks anything, so it can be left out.",
    "parallelism": "apply and destroy have it, for how many steps run at once, and plan, for how many calls.",
    "state": "The backend block says where states are kept; workspaces are several of one configuration.",
}
"""Flags of Terraform that a command does not have, and what a person who gives one is told."""


def as_typed(flag: str) -> str:
    """Return a flag as people write it: `--no-input` stands for `-input=false`."""
    name = flag.lstrip("-")
    if name.startswith("no-") and name.removeprefix("no-") in SWITCHES:
        return f"-{name.removeprefix('no-')}=false"
    return f"-{name}"


def normalise(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with every long flag in two dashes; after `--` nothing is touched.

    `-json` becomes `--json`, `-check=false` `--no-check`, `-help` `--help`. A lone dash, which means
    standard input, and negative numbers stay.
    """
    made: list[str] = []
    previous = ""
    for at, argument in enumerate(arguments):
        if argument == "--":
            return [*made, *arguments[at:]]
        if previous in VALUES:
            made.append(argument)
            previous = ""
            continue
        flag = _flag(argument)
        made.append(flag)
        previous = flag[2:] if flag.startswith("--") and "=" not in flag else ""
    return made


def _flag(argument: str) -> str:
    body = argument.lstrip("-")
    if not argument.startswith("-") or not body or body[0].isdigit() or (len(body) == 1 and argument[1] != "-"):
        return argument
    name, equals, value = body.partition("=")
    if equals and name in SWITCHES and value.lower() in ("true", "false"):
        return f"--{name}" if value.lower() == "true" else f"--no-{name}"
    return f"--{body}"


def global_flags(arguments: Sequence[str]) -> tuple[str | None, bool, list[str]]:
    """Return the folder of `-chdir`, whether `-no-color` was given anywhere, and the other arguments."""
    folder: str | None = None
    no_color = False
    rest: list[str] = []
    waiting = False
    for argument in arguments:
        if waiting:
            folder, waiting = argument, False
        elif argument == "--chdir" and not rest:
            waiting = True
        elif argument.startswith("--chdir=") and not rest:
            folder = argument.removeprefix("--chdir=")
        elif argument == "--no-color":
            no_color = True
        else:
            rest.append(argument)
    return folder, no_color, rest
