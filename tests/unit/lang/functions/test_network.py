"""Functions of networks answer as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ('cidrhost("10.12.112.0/20", 16)', "10.12.112.16", "string"),
    ('cidrhost("10.12.112.0/20", -1)', "10.12.127.255", "string"),
    ('cidrhost("010.001.0.0/8", 1)', "10.0.0.1", "string"),
    ('cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)', "fd00:fd12:3456:7890::22", "string"),
    ('cidrhost("::ffff:1.2.3.0/120", 5)', "0:5::ffff:102:300", "string"),
    ('cidrhost("::/0", 340282366920938463463374607431768211455)', "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "string"),
    ('cidrnetmask("10.0.0.0/8")', "255.0.0.0", "string"),
    ('cidrnetmask("::ffff:10.0.0.0/104")', "ffff:ffff:ffff:ffff:ffff:ffff:ff00:0", "string"),
    ('cidrsubnet("10.1.2.3/8", 8, 1)', "10.1.0.0/16", "string"),
    ('cidrsubnet("10.0.0.0/8", 0, 0)', "10.0.0.0/8", "string"),
    ('cidrsubnet("10.0.0.0/8", -1, 0)', "10.0.0.0/7", "string"),
    ('cidrsubnet("fd00::/8", 64, 12345678901234)', "fd00:b:3a73:ce2f:f200::/72", "string"),
    ('cidrsubnet("::ffff:192.168.0.0/112", 8, 6)', "192.168.6.0/24", "string"),
    ('cidrsubnets("10.0.0.0/8", 8, 8, 4)', ["10.0.0.0/16", "10.1.0.0/16", "10.16.0.0/12"], "list(string)"),
    ('cidrsubnets("10.0.0.0/16", 8, 4, 8)', ["10.0.0.0/24", "10.0.16.0/20", "10.0.32.0/24"], "list(string)"),
    ('cidrsubnets("10.0.0.0/8")', [], "list(string)"),
]

REFUSALS: list[tuple[str, str]] = [
    ('cidrhost("10.12.112.0/20", 4096)', "10.12.112.0/20 has 4096 addresses, so none has the number 4096"),
    ('cidrhost("10.0.0.0/8", 1.5)', "it must be a whole number, not 1.5"),
    ('cidrhost("10.0.0.0", 1)', '"10.0.0.0" is not a network; write an address, a slash and a length: "10.0.0.0/16"'),
    ('cidrhost("10.0.0.0/33", 1)', "the length is 33, but an address has 32 bits"),
    ('cidrhost("10.0.0.256/8", 1)', '"10.0.0.256" is not an IP address'),
    ('cidrnetmask("fd00::/8")', "fd00::/8 is an IPv6 network, and those have no netmask"),
    ('cidrsubnet("10.0.0.0/8", 25, 3)', "10.0.0.0/8 can be extended by 0 to 24 bits, not by 25"),
    ('cidrsubnet("10.0.0.0/8", 8, 256)', "8 more bits number the subnets from 0 to 255; 256 is not there"),
    ('cidrsubnets("10.0.0.0/8", 0)', "a subnet can have 1 to 32 bits more, not 0"),
    ('cidrsubnets("10.0.0.0/8", 25)', "10.0.0.0/8 can be extended by 24 bits, not by 25"),
    ('cidrsubnets("10.0.0.0/8", 33)', "a subnet can have 1 to 32 bits more, not 33"),
    ('cidrsubnets("10.0.0.0/8", 1, 1, 1)', "10.0.0.0/8 has no room left for a subnet of length 9 after 10.128.0.0/9"),
    ('cidrsubnets("0.0.0.0/8", 1)', "0.0.0.0/8 starts at address zero or is IPv4 inside IPv6; use cidrsubnet() for it"),
]


@pytest.mark.parametrize(("expression", "value", "of"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_answers(answer: Callable[[str], tuple[object, str]], expression: str, value: object, of: str) -> None:
    """Value and type are those of Terraform."""
    assert answer(expression) == (value, of)


@pytest.mark.parametrize(("expression", "reason"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refusals(evaluate: Callable[..., Value], expression: str, reason: str) -> None:
    """What Terraform refuses is refused, and the reason says what to do."""
    with pytest.raises(Fault) as caught:
        evaluate(expression)
    assert reason in caught.value.diagnostic.detail
