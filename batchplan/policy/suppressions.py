"""The suppressions that stand in objects."""

from collections.abc import Iterable, Iterator, Mapping

from batchplan.policy.context import Suppressed
from batchplan.policy.subject import Subject


def suppressed_in(subjects: Iterable[Subject]) -> Iterator[Suppressed]:
    """Yield the suppressions that objects hold; one whose `when` is false is as good as not written.

    One whose `when` is not known yet counts, or a plan would refuse what the apply accepts.
    """
    for subject in subjects:
        found = subject.node.get("suppress")
        if not isinstance(found, Mapping) or subject.going:
            continue
        for rule, block in found.items():
            if isinstance(block, Mapping) and block.get("when") is not False:
                yield Suppressed(
                    rule=str(rule),
                    address=str(subject.address),
                    reason=_text(block.get("reason")),
                    expires=_text(block.get("expires")) or None,
                    owner=_text(block.get("owner")),
                    place=subject.place(f"suppress.{rule}"),
                )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
