"""Machine edits: arguments set, added and removed, in blocks that are there or not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rulecases import Case, Header, completed, context_of

from batchplan.lang.format import format_text
from batchplan.ops.fix import Fixes, fixes, literal
from batchplan.policy.judge import judged
from batchplan.policy.model import Edit, Finding, Outcome, Phase
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Subject

POOL = """pool "p" {
  vm_size = "standard_d4s_v5" # the size
  start_task {
    command_line = "x"
  }
  user_accounts {
    name     = "a"
    password = "p"
  }
  backup "north" {
    account_id = account.west.id
    vm_size    = "standard_d2s_v5"
  }
  replacement { strategy = "recreate" }
}
"""


def fixed(folder: Path, text: str, edit: Edit) -> Fixes:
    """Return what an edit makes of a configuration."""

    @rule("BP1099", "Always", kinds=["pool"])
    def always(_pool: Subject, _see: Scope) -> Iterator[Finding]:
        """Something can be edited."""
        yield Finding("edit it", edit.path, edit=edit)

    context = context_of(Case(Outcome.FAIL, "", Header(), text), folder)
    return fixes(
        folder, context, judged(context, [always], chosen("recommended", built_in_sets(), [always]), [Phase.STATIC])
    )


def edited(folder: Path, text: str, edit: Edit) -> tuple[str, list[str]]:
    """Return a configuration after an edit, and what was left to a person."""
    found, whole = fixed(folder, text, edit), completed(text)
    after = found.files[0].after if found.files else whole
    shown = [line for line in after.split("\n") if line not in whole.split("\n")]
    gone = [f"-{line}" for line in whole.split("\n") if line not in after.split("\n")]
    return "\n".join(gone + shown), [why for _, why in found.left]


@pytest.mark.parametrize(
    ("edit", "shown", "left"),
    [
        (Edit("vm_size", "a"), '-  vm_size = "standard_d4s_v5" # the size\n  vm_size = "a" # the size', []),
        (Edit("task_slots_per_node", 4), "  task_slots_per_node = 4", []),
        (Edit("start_task.wait_for_success", True), "    wait_for_success = true", []),
        (Edit("start_task.user_identity.auto_user.scope", "pool"), "    user_identity {\n      auto_user {\n        scope = \"pool\"\n      }\n    }", []),
        (Edit("user_accounts[0].password", None), '-    password = "p"', []),
        (Edit("backup.north.vm_size", None), '-    vm_size    = "standard_d2s_v5"', []),
        (Edit("replacement.strategy", "blue_green"), '-  replacement { strategy = "recreate" }\n  replacement { strategy = "blue_green" }', []),
        (Edit("replacement.surge", 2), "", ["the block on line 15 is written in one line"]),
        (Edit("network_configuration.subnet_id", None), "", []),
        (Edit("backup.north.account_id", "x"), "", ["account_id is an expression (main.batch.hcl:12)"]),
    ],
)  # fmt: skip
def test_edits(tmp_path: Path, edit: Edit, shown: str, left: list[str]) -> None:
    """Each edit changes the lines that it has to, and no others."""
    assert edited(tmp_path, POOL, edit) == (shown, left)


def test_a_file_in_the_usual_layout_stays_in_it(tmp_path: Path) -> None:
    """What is written is aligned with what stands around it."""
    text = format_text(completed(POOL))
    found = fixed(tmp_path, text, Edit("user_accounts[0].linux_user_configuration.uid", 1000)).files[0]
    assert found.before == text
    added = fixed(tmp_path, text, Edit("user_accounts[0].elevation_level", "admin")).files[0].after
    assert added == format_text(added)
    assert '    name            = "a"\n    password        = "p"\n    elevation_level = "admin"\n' in added
    assert found.after == format_text(found.after)


def test_literals() -> None:
    """Values are written as the language reads them."""
    assert literal("a ${b}") == '"a $${b}"'
    assert literal({"a": [1, True, None]}) == "{ a = [1, true, null] }"
