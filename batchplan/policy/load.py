"""Everything that decides what is checked, and how: built-in rules, plug-ins, and what the configuration says."""

from collections.abc import Sequence
from dataclasses import dataclass

from batchplan.config.evaluate import Evaluated
from batchplan.core.codes import INVALID_POLICY_SET, UNKNOWN_RULE
from batchplan.core.diagnostics import Diagnostic, Diagnostics, UserError
from batchplan.core.suggest import did_you_mean
from batchplan.policy.blocks import Blocks, read_blocks
from batchplan.policy.model import Rule
from batchplan.policy.plugins import plugin_rules
from batchplan.policy.registry import built_in
from batchplan.policy.sets import DEFAULT, Chosen, built_in_sets, chosen


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules, the set that was chosen, and what the configuration says beside."""

    rules: tuple[Rule, ...]
    chosen: Chosen
    blocks: Blocks


def load_policy(
    evaluated: Evaluated | None, diagnostics: Diagnostics, *, set_name: str | None = None, plugins: bool = True
) -> Policy:
    """Return the policy of a configuration; report what is wrong with its blocks.

    The set is the one that is asked for; else the one that says it is active; else the only one there is; else
    batchplan's default. Raises UserError for one that does not exist.
    """
    own = built_in()
    known = {one.id: one for one in own}
    others = plugin_rules(known, diagnostics) if plugins else ()
    known |= {one.id: one for one in others}
    blocks = Blocks()
    if evaluated is not None:
        module = evaluated.root.module
        blocks = read_blocks(module, evaluated.instance.names, evaluated.root.functions, known, diagnostics)
    rules = (*own, *others, *(one.rule() for one in blocks.policies))
    return Policy(rules, _chosen(blocks, rules, set_name, diagnostics), blocks)


def _chosen(blocks: Blocks, rules: Sequence[Rule], asked: str | None, diagnostics: Diagnostics) -> Chosen:
    sets = {**built_in_sets(), **blocks.sets}
    if asked is not None:
        if asked not in sets:
            detail = f'There is no policy set "{asked}".{did_you_mean(asked, sets)} There are: {", ".join(sets)}.'
            raise UserError([Diagnostic(UNKNOWN_RULE, detail)])
        name = asked
    else:
        name = _active(blocks, diagnostics)
    if diagnostics.has_errors:
        name = DEFAULT  # its bases may lead nowhere, which has been said
    return chosen(name, sets, rules)


def _active(blocks: Blocks, diagnostics: Diagnostics) -> str:
    if len(blocks.active) > 1:
        listed = " and ".join(blocks.active)
        detail = f"The policy sets {listed} are active at once. Let one be, or choose it: -policy-set NAME"
        diagnostics.error(INVALID_POLICY_SET, detail)
    if blocks.active:
        return blocks.active[0]
    return next(iter(blocks.sets)) if len(blocks.sets) == 1 and not blocks.idle else DEFAULT
