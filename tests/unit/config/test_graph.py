"""The order of evaluation, and circles in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchplan.config.graph import topological

GRAPHS = st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9)


@given(GRAPHS)
def test_order_and_circles(needs: dict[int, list[int]]) -> None:
    """Every node comes after what it needs, or lies on a circle that is reported; every node comes once."""
    order, cycles = topological(needs)
    assert sorted(order) == sorted({*needs, *(one for listed in needs.values() for one in listed)})
    for cycle in cycles:
        for node, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert following in needs[node]
    if not cycles:
        place = {node: at for at, node in enumerate(order)}
        assert all(place[needed] < place[node] for node, listed in needs.items() for needed in listed)


def test_long_chains(load) -> None:
    """A chain of references may be of any length."""
    chain = "\n".join(f"a{n} = local.a{n + 1}" for n in range(5000))
    assert load(f'locals {{\n{chain}\na5000 = 1\n}}\noutput "o" {{ value = local.a0 }}').outputs == {"o": 1}


CYCLES = [
    ("two locals", "locals {\n a = local.b\n b = local.a\n}", ["E0401"]),
    ("a local and itself", "locals {\n a = local.a\n}", ["E0412"]),
    ("resources", 'pool "a" { x = pool.b.x }\npool "b" { x = pool.a.x }', ["E0401"]),
    ("depends_on", 'pool "a" { depends_on = [pool.b] }\npool "b" { depends_on = [pool.a] }', ["E0401"]),
    ("count", 'pool "a" { count = length(pool.b) }\npool "b" { count = length(pool.a) }', ["E0401"]),
    ("two separate ones", "locals {\n a = local.b\n b = local.a\n c = local.d\n d = local.c\n}", ["E0401", "E0401"]),
    ("resource and itself", 'pool "a" { x = pool.a.y }', ["E0412"]),
    ("instance and its sibling", 'pool "a" {\n count = 2\n x = pool.a[0].y\n}', ["E0412"]),
]


@pytest.mark.parametrize(("text", "codes"), [one[1:] for one in CYCLES], ids=[one[0] for one in CYCLES])
def test_circles(load, text: str, codes: list[str]) -> None:
    """A circle is reported once."""
    assert load(text).codes == codes


def test_the_same_order_every_time(load) -> None:
    """The order depends on the configuration alone."""
    text = 'locals {\n a = 1\n b = local.a\n}\npool "x" { n = local.b }\npool "y" { n = pool.x.n }\n'
    orders = {tuple(map(str, load(text).evaluated.tree.order)) for _ in range(3)}
    assert len(orders) == 1


def test_workspace(load) -> None:
    """batchplan.workspace is the name of the workspace; terraform.workspace means the same."""
    text = 'output "o" { value = [batchplan.workspace, terraform.workspace] }'
    assert load(text, workspace="prod").outputs == {"o": ["prod", "prod"]}
