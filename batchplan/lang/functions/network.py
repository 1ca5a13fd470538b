"""Functions of IP networks in CIDR notation. They only compute and never ask the network.

Odd arguments get Terraform's odd answers, so that a configuration means the same here: a negative number
of bits widens the network, a negative subnet number wraps, and IPv4 inside IPv6 (`::ffff:10.0.0.0/104`)
is numbered above its first 32 bits.
"""

import re
from ipaddress import IPv4Address, IPv6Address

from batchplan.lang import numbers
from batchplan.lang.functions.arguments import whole
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.numbers import Number
from batchplan.lang.types import NUMBER, STRING, ListType
from batchplan.lang.values import ListValue, Value

_PREFIX = Parameter("prefix", STRING)
_CIDR = re.compile(r"([^/%]+)/(\d{1,9})", re.ASCII)
_LEADING_ZEROS = re.compile(r"\b0+(?=[0-9a-fA-F])")
_MOST_BITS_ADDED = 32
_Address = type[IPv4Address] | type[IPv6Address]


class _Network:
    """An address of 32 or 128 bits, the first `length` of them fixed and the rest zero."""

    def __init__(self, family: _Address, number: int, length: int) -> None:
        self.family = family
        self.bits = 32 if family is IPv4Address else 128
        self.length = length
        self.number = number >> (self.bits - length) << (self.bits - length)

    @property
    def mapped(self) -> bool:
        """Whether it is an IPv4 network inside IPv6."""
        return self.family is IPv6Address and self.number >> 32 == 0xFFFF and self.length >= 96

    def __str__(self) -> str:
        return self.written(self.number, self.length)

    def written(self, number: int, length: int) -> str:
        """Return a network of this family; IPv4 inside IPv6 is written as IPv4."""
        mapped = self.family is IPv6Address and number >> 32 == 0xFFFF and length >= 96
        return f"{self.address(number)}/{length - 96 if mapped else length}"

    def address(self, number: int) -> str:
        """Return an address of this family as a person writes it."""
        made = self.family(number)
        mapped = made.ipv4_mapped if isinstance(made, IPv6Address) else None
        return str(made if mapped is None else mapped)

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return 1 << (self.bits - self.length)


def _network(text: str) -> _Network:
    """Return the network of `10.0.0.0/8` or `fd00::/48`."""
    found = _CIDR.fullmatch(text)
    if found is None:
        raise ArgumentError(0, f'"{text[:60]}" is not a network; write an address, a slash and a length: "10.0.0.0/16"')
    plain, length = _LEADING_ZEROS.sub("", found[1]), int(found[2])
    family: _Address = IPv6Address if ":" in plain else IPv4Address
    try:
        number = int(family(plain))
    except ValueError:
        raise ArgumentError(0, f'"{found[1][:60]}" is not an IP address') from None
    bits = 32 if family is IPv4Address else 128
    if length > bits:
        raise ArgumentError(0, f"the length is {length}, but an address has {bits} bits")
    return _Network(family, number, length)


def _integer(value: Number, index: int) -> int:
    if not numbers.is_whole(value):
        raise ArgumentError(index, f"it must be a whole number, not {numbers.to_text(value)}")
    result = numbers.truncate(value)
    if result.bit_length() > 129:
        raise ArgumentError(index, "it is larger than any address")
    return result


@function("cidrhost", _PREFIX, Parameter("hostnum", NUMBER), returns=STRING)
def cidrhost(prefix: str, hostnum: Number) -> Value:
    """The address of a host by its number in a network; negative numbers count from the end."""
    network, number = _network(prefix), _integer(hostnum, 1)
    place = number + network.size if number < 0 else number
    if not 0 <= place < network.size:
        raise FunctionError(f"{network} has {network.size} addresses, so none has the number {number}")
    return network.address(network.number | (place << 96 if network.mapped else place))


@function("cidrnetmask", _PREFIX, returns=STRING)
def cidrnetmask(prefix: str) -> Value:
    """The netmask of an IPv4 network, such as 255.255.0.0."""
    network = _network(prefix)
    if network.family is IPv6Address and not network.mapped:
        raise ArgumentError(0, f"{network} is an IPv6 network, and those have no netmask")
    return str(network.family((1 << network.bits) - network.size))


@function("cidrsubnet", _PREFIX, Parameter("newbits", NUMBER), Parameter("netnum", NUMBER), returns=STRING)
def cidrsubnet(prefix: str, newbits: Number, netnum: Number) -> Value:
    """The part of a network with a number, when the network is divided by adding bits to its length."""
    network, more, number = _network(prefix), whole(newbits, 1), _integer(netnum, 2)
    if not -network.length <= more <= network.bits - network.length:
        raise ArgumentError(1, f"{network} can be extended by 0 to {network.bits - network.length} bits, not by {more}")
    if more >= 0 and abs(number) >= 1 << more:
        raise ArgumentError(
            2, f"{more} more bits number the subnets from 0 to {(1 << more) - 1}; {number} is not there"
        )
    length = network.length + more
    start = abs(network.number | number << (network.bits - length))
    if start >> network.bits:
        raise ArgumentError(2, f"the subnet {number} would lie outside the address space")
    return network.written(start, length)


@function("cidrsubnets", _PREFIX, returns=ListType(STRING), variadic=Parameter("newbits", NUMBER))
def cidrsubnets(prefix: str, *newbits: Number) -> Value:
    """Subnets of a network one after the other, each by the number of bits added to its length."""
    network = _network(prefix)
    if newbits and (network.number == 0 or network.mapped):
        raise ArgumentError(0, f"{network} starts at address zero or is IPv4 inside IPv6; use cidrsubnet() for it")
    end, made = network.number, list[Value]()
    for index, bits in enumerate(newbits, 1):
        length = network.length + _extension(network, whole(bits, index), index)
        size = 1 << (network.bits - length)
        start = -(-end // size) * size
        if start + size > network.number + network.size:
            raise ArgumentError(index, f"{network} has no room left for a subnet of length {length} after {made[-1]}")
        made.append(str(_Network(network.family, start, length)))
        end = start + size
    return ListValue(STRING, made)


def _extension(network: _Network, more: int, index: int) -> int:
    if not 1 <= more <= _MOST_BITS_ADDED:
        raise ArgumentError(index, f"a subnet can have 1 to {_MOST_BITS_ADDED} bits more, not {more}")
    if network.length + more > network.bits:
        raise ArgumentError(index, f"{network} can be extended by {network.bits - network.length} bits, not by {more}")
    return more


FUNCTIONS: tuple[Function, ...] = (cidrhost, cidrnetmask, cidrsubnet, cidrsubnets)
