"""count, for_each and enabled of resources: the instances and the shape of a reference."""

import pytest

FORMS = [
    ("single", "", "pool.p.name", "p", ["pool.p"]),
    ("count", "count = 2", "pool.p[*].name", ["p", "p"], ["pool.p[0]", "pool.p[1]"]),
    ("count as text", 'count = "2"', "length(pool.p)", 2, ["pool.p[0]", "pool.p[1]"]),
    ("count zero", "count = 0", "length(pool.p)", 0, []),
    ("count one", "count = 1", "pool.p[0].name", "p", ["pool.p[0]"]),
    ("count of bool", "count = true ? 1 : 0", "length(pool.p)", 1, ["pool.p[0]"]),
    ("map", "for_each = { b = 1, a = 2 }", "keys(pool.p)", ["a", "b"], ['pool.p["a"]', 'pool.p["b"]']),
    ("set", 'for_each = toset(["x"])', 'pool.p["x"].name', "p", ['pool.p["x"]']),
    ("empty set", "for_each = toset([])", "length(pool.p)", 0, []),
    ("empty object", "for_each = {}", "length(pool.p)", 0, []),
    ("quotes in a key", 'for_each = { "a\\"b" = 1 }', "length(pool.p)", 1, ['pool.p["a\\"b"]']),
    ("enabled", "enabled = true", "pool.p.name", "p", ["pool.p"]),
    ("disabled", "enabled = false", "pool.p == null", True, []),
    ("enabled as text", 'enabled = "true"', "pool.p.name", "p", ["pool.p"]),
]


@pytest.mark.parametrize(("meta", "shown", "value", "addresses"), [f[1:] for f in FORMS], ids=[f[0] for f in FORMS])
def test_forms(load, meta: str, shown: str, value: object, addresses: list[str]) -> None:
    """The meta-argument decides which instances there are and what a reference is worth."""
    found = load(f'pool "p" {{\n{meta}\nname = "p"\n}}\noutput "o" {{ value = {shown} }}')
    assert found.outputs == {"o": value}
    assert found.addresses == addresses


def test_each_and_count_are_there(load) -> None:
    """count.index and each.key and each.value have the values of the instance."""
    found = load(
        'pool "a" {\n count = 2\n name = "a${count.index}"\n}\n'
        'pool "b" {\n for_each = { x = { n = 3 } }\n name = "${each.key}${each.value.n}"\n}\n'
        'pool "c" {\n for_each = toset(["y"])\n name = "${each.key}${each.value}"\n}\n'
    )
    assert [found.value(one, "name") for one in found.addresses] == ["a0", "a1", "x3", "yy"]


FAULTS = [
    ("negative", "count = -1", "E0313"),
    ("fraction", "count = 1.5", "E0313"),
    ("text", 'count = "x"', "E0313"),
    ("null", "count = null", "E0313"),
    ("list", "count = [1]", "E0313"),
    ("too many", "count = 1000001", "E0313"),
    ("for_each list", 'for_each = ["a"]', "E0314"),
    ("for_each null", "for_each = null", "E0314"),
    ("for_each set of numbers", "for_each = toset([1])", "E0314"),
    ("for_each set with null", "for_each = toset([null])", "E0314"),
    ("for_each number", "for_each = 3", "E0314"),
    ("enabled number", "enabled = 3", "E0324"),
    ("enabled null", "enabled = null", "E0324"),
    ("sensitive", "count = sensitive(1)", "E0221"),
    ("sensitive map", "for_each = sensitive({ a = 1 })", "E0221"),
    ("both", "count = 1\nfor_each = {}", "E0315"),
    ("count and enabled", "count = 1\nenabled = true", "E0315"),
    ("unknown", 'count = account.a.id == "x" ? 1 : 2', "E0222"),
    ("unknown keys", "for_each = toset([account.a.id])", "E0222"),
    ("each in for_each", "for_each = { a = each.key }", "E0215"),
    ("count in count", "count = count.index", "E0215"),
]


@pytest.mark.parametrize(("meta", "code"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_faults(load, meta: str, code: str) -> None:
    """What cannot decide about instances is refused, once."""
    assert load(f'account "a" {{}}\npool "p" {{\n{meta}\n}}\noutput "o" {{ value = pool.p }}').codes == [code]


def test_sensitive_values_may_be_in_for_each(load) -> None:
    """Only the keys of a map decide; a value in it may be sensitive."""
    found = load('pool "p" {\n for_each = { a = sensitive("x") }\n name = each.value\n}')
    assert found.addresses == ['pool.p["a"]']


@pytest.mark.parametrize("meta", ["count = 20000", "for_each = { for n in range(1000) : n => n }"])
def test_large_numbers(load, meta: str) -> None:
    """Thousands of instances are in order of their numbers and names."""
    found = load(f'pool "p" {{\n{meta}\nname = "x"\n}}')
    addresses = [one.address for one in found.evaluated.instances]
    assert len(addresses) in (1000, 20000)
    assert addresses == sorted(addresses, key=lambda one: one.sort_key)


def test_data_blocks_are_instances_too(load) -> None:
    """A data block has instances under data."""
    found = load('data "account" "a" {\n for_each = toset(["x"])\n name = each.key\n}')
    assert found.addresses == ['data.account.a["x"]']
