"""gzip as Go writes it, byte for byte, with the settings Terraform uses: level 6, a flush before the end."""

import struct
import zlib
from collections.abc import Iterator

from batchplan.lang.functions.huffman import BitWriter, Token, write_block

_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF))
_WINDOW = 1 << 15
_SHORTEST, _LONGEST = 4, 258
_HASH_FACTOR, _HASH_SHIFT = 0x1E35A7BD, 32 - 17
_GOOD, _LAZY, _NICE, _TRIES = 8, 16, 128, 128
_FAR = 4096
"""A match of only four bytes is taken up to this far back."""
_BLOCK_TOKENS = 1 << 14


def gzip(data: bytes) -> bytes:
    """Return the data compressed."""
    writer = BitWriter()
    for tokens, block in _blocks(data):
        write_block(writer, tokens, block)
    writer.stored(b"", last=False)
    writer.stored(b"", last=True)
    return _HEADER + bytes(writer.data) + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


class _Matcher:
    """Finds earlier occurrences of what comes next, by chains of positions with the same hash."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.heads: dict[int, int] = {}
        self.previous = [-1] * _WINDOW
        self.base = 0
        """Where the buffer begins that Go would have: it slides by a window at a time."""

    def insert(self, at: int) -> int:
        """Remember a position and return the one before it with the same hash, -1 without."""
        if at + _SHORTEST > len(self.data):
            return -1
        key = (int.from_bytes(self.data[at : at + 4], "big") * _HASH_FACTOR & 0xFFFFFFFF) >> _HASH_SHIFT
        head = self.heads.get(key, -1)
        self.previous[at % _WINDOW] = head
        self.heads[key] = at
        return head

    def slide(self, at: int) -> None:
        """Move the buffer on when it is nearly used up and more is to come."""
        end = self.base + 2 * _WINDOW
        if end < len(self.data) and end - at < _SHORTEST + _LONGEST:
            self.base += _WINDOW

    def find(self, at: int, candidate: int) -> tuple[int, int]:
        """Return the length of the best match and how far back it is; (3, 0) without one."""
        data = self.data
        limit = min(_LONGEST, len(data) - at)
        length, offset = _SHORTEST - 1, 0
        lowest = at - _WINDOW
        for _ in range(_TRIES):
            if data[candidate + length] == data[at + length]:
                found = self._common(candidate, at, limit)
                if found > length and (found > _SHORTEST or at - candidate <= _FAR):
                    length, offset = found, at - candidate
                    if found >= min(_NICE, limit):
                        break
            if candidate == lowest:
                break
            candidate = self.previous[candidate % _WINDOW]
            if candidate < max(lowest, self.base):
                break
        return length, offset

    def _common(self, left: int, right: int, limit: int) -> int:
        data = self.data
        if data[left : left + limit] == data[right : right + limit]:
            return limit
        low, high = 0, limit
        while high - low > 1:
            middle = (low + high) // 2
            if data[left + low : left + middle] == data[right + low : right + middle]:
                low = middle
            else:
                high = middle
        return low


def _blocks(data: bytes) -> Iterator[tuple[list[Token], bytes | None]]:
    """Yield the tokens of each block, and the bytes it stands for while the buffer still has them."""
    matcher = _Matcher(data)
    tokens: list[Token] = []
    start = at = 0
    pending = False
    length, offset = _SHORTEST - 1, 0

    def block(end: int) -> tuple[list[Token], bytes | None]:
        nonlocal tokens, start
        done = tokens, data[start:end] if start >= matcher.base else None
        tokens, start = [], end
        return done

    while at < len(data):
        matcher.slide(at)
        candidate = matcher.insert(at)
        before, before_offset = length, offset
        length, offset = _SHORTEST - 1, 0
        lowest = max(at - _WINDOW, matcher.base)
        if candidate >= lowest and len(data) - at > before and before < _LAZY:
            length, offset = matcher.find(at, candidate)
        if before >= _SHORTEST and length <= before:
            tokens.append((before, before_offset))
            end = at + before - 1
            for inside in range(at + 1, end):
                matcher.insert(inside)
            at = end
            pending = False
            length = _SHORTEST - 1
            if len(tokens) == _BLOCK_TOKENS:
                yield block(at)
            continue
        if pending:
            tokens.append(data[at - 1])
            if len(tokens) == _BLOCK_TOKENS:
                yield block(at)
        at += 1
        pending = True
    if pending:
        tokens.append(data[at - 1])
    if tokens:
        yield block(at)
