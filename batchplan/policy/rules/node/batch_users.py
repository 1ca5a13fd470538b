"""The users and groups that Batch makes on a node."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.statement import Statement
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, all_tasks, pools

_OWN = {"_azbatch": "_azbatch", "poolnonadmin": "PoolNonAdmin", "wataskcommon": "WATaskCommon"}
_CHANGING = frozenset(
    [
        "usermod",
        "userdel",
        "deluser",
        "passwd",
        "chpasswd",
        "chage",
        "chsh",
        "gpasswd",
        "groupmod",
        "groupdel",
        "adduser",
        "useradd",
        "delgroup",
        "remove-localuser",
        "set-localuser",
        "disable-localuser",
        "rename-localuser",
        "enable-localuser",
        "new-localuser",
        "add-localgroupmember",
        "remove-localgroupmember",
        "remove-localgroup",
        "rename-localgroup",
        "set-localgroup",
    ]
)


@rule("BP1313", "User or group of Batch is changed", kinds=STARTING, severity=Severity.ERROR, level=Level.SOFT)
def batch_user_changed(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A task or a pool changes a user or a group that belongs to Batch.

    Why: Batch makes `_azbatch` on Linux, and `PoolNonAdmin` and the group `WATaskCommon` on Windows, and runs tasks
    through them. When they are changed, tasks may not start any more.

    Instead: Make a user of your own in `user_accounts` and name it in `user_identity`.

    Source: "Azure Batch best practices", Batch node underlying dependencies: system-created resources.

    Exceptions: the level is soft, because a reading of scripts may err.
    """
    for title, pool in pools(subject):
        for account in pool.items("user_accounts"):
            name = account.text("name")
            if name.lower() in _OWN:
                yield Finding(
                    f"{title} has a user named {name}, which is the name of Batch's own.",
                    account.path("name"),
                    actual=name,
                    remediation="Give the user another name.",
                )
    for task in all_tasks(subject, see):
        for one in task.command.statements:
            name = _changed(one)
            if name:
                yield Finding(
                    f"{task.title} runs {one.words[0]} on {name}, which belongs to Batch.",
                    task.path,
                    actual=one.text,
                    remediation="Leave it as it is; add user_accounts and run tasks as that user.",
                )


def _changed(one: Statement) -> str:
    """Return the name of Batch's that a statement changes, empty when it changes none."""
    named = next((_OWN[word.lower()] for word in one.words[1:] if word.lower() in _OWN), "")
    if one.program == "net":
        return named if len(one.words) > 3 else ""
    return named if one.program in _CHANGING else ""
