"""Blocks of DEFLATE (RFC 1951) as Go's compress/flate writes them.

Which of the three kinds of block is chosen, and how ties between equally short codes are broken, is part of
the result: the same text must give the same bytes as Terraform's, or every plan would show a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_STORED = 65_535
END = 256
_LENGTH_CODES = 257
_LITERALS, _OFFSETS = 286, 30
_CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_REPEAT_BITS = {16: 2, 17: 3, 18: 7}
_NEVER = 1 << 60

Token = int | tuple[int, int]
"""A byte, or a match: its length and how far back it is."""


def _ranges(count: int, first: int, direct: int, per: int) -> tuple[list[int], list[int]]:
    """Return the least value and the number of extra bits of each code."""
    bases, extras = [], []
    value = first
    for code in range(count):
        extra = max(0, code // per - direct)
        bases.append(value)
        extras.append(extra)
        value += 1 << extra
    return bases, extras


_LENGTH_BASE, _LENGTH_EXTRA = _ranges(28, 3, 1, 4)
_LENGTH_BASE.append(258)
_LENGTH_EXTRA.append(0)
_OFFSET_BASE, _OFFSET_EXTRA = _ranges(_OFFSETS, 1, 1, 2)


def _code_of(bases: Sequence[int], value: int) -> int:
    low, high = 0, len(bases) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if bases[middle] <= value:
            low = middle
        else:
            high = middle - 1
    return low


_LENGTH_CODE = [0, 0, 0] + [_code_of(_LENGTH_BASE, length) for length in range(3, 259)]


@dataclass(frozen=True, slots=True)
class Code:
    """A prefix code: for each symbol its bits, in the order in which they are written, and how many."""

    bits: list[int]
    lengths: list[int]

    def cost(self, counts: Sequence[int]) -> int:
        """Return how many bits all symbols take."""
        return sum(count * length for count, length in zip(counts, self.lengths, strict=False) if count)


class BitWriter:
    """Bytes made of bits, the least significant first."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._bits = 0
        self._count = 0

    def write(self, bits: int, count: int) -> None:
        """Append some bits."""
        self._bits |= bits << self._count
        self._count += count
        while self._count >= 8:
            self.data.append(self._bits & 0xFF)
            self._bits >>= 8
            self._count -= 8

    def stored(self, data: bytes, *, last: bool) -> None:
        """Append a block of bytes as they are."""
        self.write(1 if last else 0, 3)
        if self._count:
            self.write(0, 8 - self._count)
        self.data += len(data).to_bytes(2, "little") + (len(data) ^ 0xFFFF).to_bytes(2, "little") + data


def _reversed(bits: int, count: int) -> int:
    return int(f"{bits:0{count}b}"[::-1], 2)


def make_code(counts: Sequence[int], longest: int) -> Code:
    """Return the best code for symbols that occur so often, none longer than a number of bits."""
    bits, lengths = [0] * len(counts), [0] * len(counts)
    used = [symbol for symbol, count in enumerate(counts) if count]
    if len(used) <= 2:
        for at, symbol in enumerate(used):
            bits[symbol], lengths[symbol] = at, 1
        return Code(bits, lengths)
    used.sort(key=lambda symbol: counts[symbol])
    code = 0
    for length, number in enumerate(_length_counts([counts[symbol] for symbol in used], longest), 1):
        code <<= 1
        if not number:
            continue
        for symbol in sorted(used[-number:]):
            bits[symbol], lengths[symbol] = _reversed(code, length), length
            code += 1
        del used[-number:]
    return Code(bits, lengths)


@dataclass(slots=True)
class _Level:
    """A row of the package-merge algorithm, filled only as far as the row above needs it."""

    last: int
    next_leaf: int
    next_pair: int
    leaves: list[int]
    needed: int = 0


def _length_counts(counts: Sequence[int], longest: int) -> list[int]:
    """Return how many symbols get codes of 1, 2, 3 … bits; `counts` is in ascending order.

    Larmore and Hirschberg's algorithm row by row, as "boundary package-merge" does it.
    """
    total = len(counts)
    counts = [*counts, _NEVER]
    longest = min(longest, total - 1)
    levels = [_Level(0, _NEVER, _NEVER, [0] * (longest + 1))]
    for at in range(1, longest + 1):
        leaves = [0] * (longest + 1)
        leaves[at] = 2
        levels.append(_Level(counts[1], counts[2], _NEVER if at == 1 else counts[0] + counts[1], leaves))
    levels[longest].needed = 2 * total - 4
    at = longest
    while True:
        level = levels[at]
        if level.next_pair == _NEVER and level.next_leaf == _NEVER:
            level.needed = 0
            levels[at + 1].next_pair = _NEVER
            at += 1
            continue
        before = level.last
        if level.next_leaf < level.next_pair:
            level.last = level.next_leaf
            level.leaves[at] += 1
            level.next_leaf = counts[level.leaves[at]]
        else:
            level.last = level.next_pair
            level.leaves[:at] = levels[at - 1].leaves[:at]
            levels[at - 1].needed = 2
        level.needed -= 1
        if level.needed == 0:
            if at == longest:
                break
            levels[at + 1].next_pair = before + level.last
            at += 1
        else:
            while levels[at - 1].needed > 0:
                at -= 1
    top = levels[longest].leaves
    return [top[at] - top[at - 1] for at in range(longest, 0, -1)]


def _fixed_literals() -> Code:
    bits, lengths = [], []
    for symbol in range(288):
        if symbol < 144:
            code, length = 48 + symbol, 8
        elif symbol < 256:
            code, length = 400 + symbol - 144, 9
        elif symbol < 280:
            code, length = symbol - 256, 7
        else:
            code, length = 192 + symbol - 280, 8
        bits.append(_reversed(code, length))
        lengths.append(length)
    return Code(bits, lengths)


_FIXED_LITERALS = _fixed_literals()
_FIXED_OFFSETS = Code([_reversed(code, 5) for code in range(_OFFSETS)], [5] * _OFFSETS)


def write_block(writer: BitWriter, tokens: Sequence[Token], source: bytes | None) -> None:
    """Append a block, not the last, in the form that is shortest; `source` is what it stands for, if at hand."""
    literals, offsets = _counted(tokens)
    literal_count = max(at for at, count in enumerate(literals) if count) + 1
    offset_count = max(at for at, count in enumerate(offsets) if count) + 1
    used_offsets = offsets if any(type(token) is tuple for token in tokens) else [0] * _OFFSETS
    literal_code, offset_code = make_code(literals, 15), make_code(offsets, 15)
    lengths = literal_code.lengths[:literal_count] + offset_code.lengths[:offset_count]
    header = _Header.of(lengths)
    extra = sum(count * bits for count, bits in zip(literals[_LENGTH_CODES:], _LENGTH_EXTRA, strict=True))
    extra += sum(count * bits for count, bits in zip(used_offsets, _OFFSET_EXTRA, strict=True))
    fixed = 3 + _FIXED_LITERALS.cost(literals) + _FIXED_OFFSETS.cost(offsets) + extra
    dynamic = header.cost() + literal_code.cost(literals) + offset_code.cost(offsets) + extra
    if source is not None and len(source) <= MAX_STORED and (len(source) + 5) * 8 < min(fixed, dynamic):
        writer.stored(source, last=False)
    elif dynamic < fixed:
        header.write(writer, literal_count, offset_count)
        _write_tokens(writer, tokens, literal_code, offset_code)
    else:
        writer.write(2, 3)
        _write_tokens(writer, tokens, _FIXED_LITERALS, _FIXED_OFFSETS)


def _counted(tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
    """Return how often each literal or length, and each offset code occurs; one offset at least, for the tree."""
    literals, offsets = [0] * _LITERALS, [0] * _OFFSETS
    for token in tokens:
        if isinstance(token, int):
            literals[token] += 1
        else:
            literals[_LENGTH_CODES + _LENGTH_CODE[token[0]]] += 1
            offsets[_code_of(_OFFSET_BASE, token[1])] += 1
    literals[END] = 1
    if not any(offsets):
        offsets[0] = 1
    return literals, offsets


def _write_tokens(writer: BitWriter, tokens: Sequence[Token], literals: Code, offsets: Code) -> None:
    for token in tokens:
        if isinstance(token, int):
            writer.write(literals.bits[token], literals.lengths[token])
            continue
        length, offset = token
        code = _LENGTH_CODE[length]
        writer.write(literals.bits[_LENGTH_CODES + code], literals.lengths[_LENGTH_CODES + code])
        writer.write(length - _LENGTH_BASE[code], _LENGTH_EXTRA[code])
        code = _code_of(_OFFSET_BASE, offset)
        writer.write(offsets.bits[code], offsets.lengths[code])
        writer.write(offset - _OFFSET_BASE[code], _OFFSET_EXTRA[code])
    writer.write(literals.bits[END], literals.lengths[END])


@dataclass(frozen=True, slots=True)
class _Header:
    """The lengths of two codes, run-length encoded and themselves coded."""

    runs: list[tuple[int, int]]
    counts: list[int]
    code: Code
    listed: int

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "_Header":
        """Return the header for the lengths of both codes in a row."""
        runs = _runs(lengths)
        counts = [0] * len(_CODE_ORDER)
        for symbol, _ in runs:
            counts[symbol] += 1
        listed = len(_CODE_ORDER)
        while listed > 4 and not counts[_CODE_ORDER[listed - 1]]:
            listed -= 1
        return cls(runs, counts, make_code(counts, 7), listed)

    def cost(self) -> int:
        """Return how many bits it takes."""
        repeats = sum(self.counts[symbol] * bits for symbol, bits in _REPEAT_BITS.items())
        return 3 + 5 + 5 + 4 + 3 * self.listed + self.code.cost(self.counts) + repeats

    def write(self, writer: BitWriter, literals: int, offsets: int) -> None:
        """Write it, with the number of lengths of each code."""
        writer.write(4, 3)
        writer.write(literals - 257, 5)
        writer.write(offsets - 1, 5)
        writer.write(self.listed - 4, 4)
        for symbol in _CODE_ORDER[: self.listed]:
            writer.write(self.code.lengths[symbol], 3)
        for symbol, more in self.runs:
            writer.write(self.code.bits[symbol], self.code.lengths[symbol])
            writer.write(more, _REPEAT_BITS.get(symbol, 0))


def _runs(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Return the symbols that stand for the lengths, each with its extra bits."""
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(lengths):
        length, start = lengths[at], at
        while at < len(lengths) and lengths[at] == length:
            at += 1
        count = at - start
        if length:
            runs.append((length, 0))
            count -= 1
            while count >= 3:
                runs.append((16, min(count, 6) - 3))
                count -= min(count, 6)
        else:
            while count >= 11:
                runs.append((18, min(count, 138) - 11))
                count -= min(count, 138)
            if count >= 3:
                runs.append((17, count - 3))
                count = 0
        runs += [(length, 0)] * count
    return runs
