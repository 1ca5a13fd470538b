"""Addresses: text to parts and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchplan.core.address import (
    BACKUP,
    CANDIDATE,
    RETIRED,
    Address,
    AddressError,
    ModuleStep,
    Part,
    key_text,
    parse_address,
    parse_module_path,
    path_text,
)

NAMES = st.from_regex(r"[a-zé_][a-z0-9_é-]{0,8}", fullmatch=True).filter(lambda name: name not in ("module", "data"))
KEYS = st.none() | st.integers(0, 10**9) | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
PARTS = st.builds(Part, st.sampled_from([BACKUP, CANDIDATE, RETIRED]), KEYS.filter(lambda key: isinstance(key, str)))
STEPS = st.builds(ModuleStep, NAMES, KEYS)
ADDRESSES = st.builds(
    Address,
    st.lists(STEPS, max_size=3).map(tuple),
    NAMES,
    NAMES,
    KEYS,
    st.booleans(),
    st.lists(PARTS, max_size=2).map(tuple),
)

TEXTS = [
    ("pool.render", Address((), "pool", "render")),
    ("pool.render[0]", Address((), "pool", "render", 0)),
    ('pool.render["eu"]', Address((), "pool", "render", "eu")),
    ('pool.render["a.b[0]"]', Address((), "pool", "render", "a.b[0]")),
    ('pool.render["a\\"b"]', Address((), "pool", "render", 'a"b')),
    ('pool.render["$${x}"]', Address((), "pool", "render", "${x}")),
    ("data.account.west", Address((), "account", "west", data=True)),
    ("module.a.pool.p", Address((ModuleStep("a"),), "pool", "p")),
    ('module.a["x"].module.b[1].pool.p', Address((ModuleStep("a", "x"), ModuleStep("b", 1)), "pool", "p")),
    ("module.a.data.pool.p", Address((ModuleStep("a"),), "pool", "p", data=True)),
    ('pool.render.backup["north"]', Address((), "pool", "render", parts=(Part(BACKUP, "north"),))),
    (
        'pool.render[0].backup["n"].retired["r-1"]',
        Address((), "pool", "render", 0, parts=(Part(BACKUP, "n"), Part(RETIRED, "r-1"))),
    ),
    ("pool.größe", Address((), "pool", "größe")),
]


@pytest.mark.parametrize(("text", "address"), TEXTS, ids=[text for text, _ in TEXTS])
def test_texts(text: str, address: Address) -> None:
    """A text is the address it names, and the address is that text."""
    assert parse_address(text) == address
    assert str(address) == text


@given(ADDRESSES)
def test_round_trip(address: Address) -> None:
    """Every address can be read back from its text."""
    assert parse_address(str(address)) == address


@given(st.text(max_size=30) | ADDRESSES.map(str).map(lambda text: text[:-1]))
def test_any_text(text: str) -> None:
    """Any text is an address that can be written and read back, or is refused."""
    with suppress(AddressError):
        address = parse_address(text)
        assert parse_address(str(address)) == address


@given(st.lists(ADDRESSES, min_size=1, max_size=8))
def test_order(addresses: list[Address]) -> None:
    """Addresses can be ordered, and different ones never count as equal."""
    assert len({one.sort_key for one in addresses}) == len(set(addresses))
    assert sorted(addresses, key=lambda one: one.sort_key)


REFUSED = ["", "pool", "pool.", ".pool", "pool.a.b", "pool.a[x]", "pool.a[-1]", 'pool.a["x]', "module.a", "pool[0].a",
           "pool.a[0", "pool..a", "pool.a ", "data.pool", "0pool.a", 'pool.a["\\q"]']  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    """What is no address is refused."""
    with pytest.raises(AddressError):
        parse_address(text)


def test_module_paths() -> None:
    """A module path is read and written alike."""
    for text in ("module.a", 'module.a["x"].module.b[2]'):
        assert path_text(parse_module_path(text)) == text
    for text in ("pool.a", "module", "module.a.pool.b"):
        with pytest.raises(AddressError):
            parse_module_path(text)


def test_block() -> None:
    """The block of an instance has no keys anywhere."""
    assert str(parse_address('module.a["x"].pool.p[1]').block) == "module.a.pool.p"
    assert key_text(None) == ""
