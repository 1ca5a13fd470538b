"""Did you mean?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchplan.core.suggest import did_you_mean, distance, nearest

NEAR = [
    ("naem", ["name", "vm_size"], "name"),
    ("NAME", ["name"], "name"),
    ("nodes", ["node", "modes"], "modes"),
    ("xyz", ["name"], None),
    ("", ["a"], "a"),
    ("prevent_destory", ["prevent_destroy", "ignore_changes"], "prevent_destroy"),
    ("a", ["b"], "b"),
    ("ab", [], None),
]


@pytest.mark.parametrize(("given_name", "known", "wanted"), NEAR, ids=[one[0] or "empty" for one in NEAR])
def test_nearest(given_name: str, known: list[str], wanted: str | None) -> None:
    """The nearest name is found when it is near."""
    assert nearest(given_name, known) == wanted
    assert did_you_mean(given_name, known) == (f' Did you mean "{wanted}"?' if wanted is not None else "")


WORDS = st.text("abc", max_size=6)


@given(WORDS, WORDS)
def test_distance_is_symmetric(left: str, right: str) -> None:
    """The distance is the same both ways, and nothing only between equals."""
    assert distance(left, right, 10) == distance(right, left, 10)
    assert (distance(left, right, 10) == 0) == (left == right)


@given(WORDS, WORDS, st.integers(0, 4))
def test_distance_stops_at_the_limit(left: str, right: str, limit: int) -> None:
    """With a limit the answer is the same up to it, and beyond it only says so."""
    whole = distance(left, right, 20)
    found = distance(left, right, limit)
    assert found == whole if whole <= limit else found > limit
