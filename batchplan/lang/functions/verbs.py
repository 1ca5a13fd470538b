"""Numbers written by Go's format verbs: big integers and big floats with flags, width and precision."""

from dataclasses import dataclass
from decimal import Decimal

from batchplan.lang import numbers
from batchplan.lang.numbers import NEGATIVE_ZERO, BigFloat, Number

_BASES = {"b": ("b", "0b"), "d": ("d", ""), "o": ("o", "0"), "x": ("x", "0x"), "X": ("X", "0X")}
_DEFAULT_PRECISION = 6


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of a format string with its flags; `raw` is how it is written, `at` where, `argument` counts from 1."""

    raw: str
    at: int
    letter: str
    flags: frozenset[str]
    width: int | None
    precision: int | None
    argument: int

    def sign(self, *, negative: bool) -> str:
        """Return what stands before the digits."""
        return "-" if negative else "+" if "+" in self.flags else " " if " " in self.flags else ""


def write_integer(verb: Verb, value: int) -> str:
    """Return an integer in the verb's base."""
    letter, prefix = _BASES[verb.letter]
    digits = _decimal(abs(value)) if letter == "d" else format(abs(value), letter)
    sign = verb.sign(negative=value < 0)
    if "#" not in verb.flags:
        prefix = ""
    if verb.precision is not None:
        if digits == "0" and verb.precision == 0:
            return ""
        digits = digits.rjust(verb.precision, "0")
    width = verb.width or 0
    if "-" in verb.flags:
        return (sign + prefix + digits).ljust(width)
    if "0" in verb.flags and verb.precision is None:
        return sign + prefix + digits.rjust(width - len(sign) - len(prefix), "0")
    return (sign + prefix + digits).rjust(width)


def _decimal(value: int) -> str:
    # Python refuses to write integers of more than 4,300 digits; Decimal does not.
    return str(value) if value.bit_length() < 10_000 else f"{Decimal(value):f}"


def write_float(verb: Verb, value: Number) -> str:
    """Return a number by one of the verbs e, E, f, g and G."""
    body = float_text(value, verb.letter, verb.precision)
    if body[0] == "-":
        sign, body = "-", body[1:]
    elif body[0] == "+":
        sign, body = " " if " " in verb.flags else "+", body[1:]
    else:
        sign = verb.sign(negative=False)
    width = verb.width or 0
    if "0" in verb.flags and not numbers.is_infinite(value):
        return sign + body.rjust(width - len(sign), "0")
    return (sign + body).ljust(width) if "-" in verb.flags else (sign + body).rjust(width)


def float_text(value: Number, letter: str, precision: int | None) -> str:
    """Return a number by a verb without flags; g without a precision is the shortest that means the number."""
    if numbers.is_infinite(value):
        return "+Inf" if numbers.sign(value) > 0 else "-Inf"
    sign = "-" if value is NEGATIVE_ZERO or numbers.sign(value) < 0 else ""
    shortest = letter in "gG" and precision is None
    digits, point = _shortest_digits(value) if shortest else _exact_digits(value)
    if letter in "gG":
        return sign + _general(digits, point, precision, "e" if letter == "g" else "E")
    wanted = _DEFAULT_PRECISION if precision is None else precision
    if letter == "f":
        return sign + _fixed(*_rounded(digits, point, point + wanted), wanted)
    return sign + _scientific(*_rounded(digits, point, 1 + wanted), wanted, letter)


def _shortest_digits(value: Number) -> tuple[str, int]:
    return _split(numbers.to_text(value).lstrip("-"))


def _exact_digits(value: Number) -> tuple[str, int]:
    if isinstance(value, BigFloat) and not value.special:
        # m / 2**k is m * 5**k / 10**k.
        scale = -value.exponent
        digits, point = _split(_decimal(abs(value.mantissa) * 5**scale))
        return digits, point - scale
    return _split(_decimal(abs(numbers.truncate(value))))


def _split(text: str) -> tuple[str, int]:
    """Return the significant digits of a decimal text, and where the point is relative to the first."""
    whole, _, tail = text.partition(".")
    digits = (whole + tail).lstrip("0")
    point = len(whole) - (len(whole + tail) - len(digits))
    digits = digits.rstrip("0")
    return (digits, point) if digits else ("", 0)


def _rounded(digits: str, point: int, keep: int) -> tuple[str, int]:
    """Return the digits rounded, half to even, to a number of them."""
    if keep >= len(digits):
        return digits, point
    if keep < 0:
        return "", 0
    tail = digits[keep:]
    kept = digits[:keep]
    up = tail[0] > "5" or (tail[0] == "5" and (len(tail) > 1 or (keep > 0 and int(kept[-1]) % 2 == 1)))
    if not up:
        kept = kept.rstrip("0")
        return (kept, point) if kept else ("", 0)
    trimmed = kept.rstrip("9")
    if not trimmed:
        return "1", point + 1
    return trimmed[:-1] + str(int(trimmed[-1]) + 1), point


def _fixed(digits: str, point: int, precision: int) -> str:
    whole = digits[:point].ljust(point, "0") if point > 0 else "0"
    if precision == 0:
        return whole
    tail = ("0" * -point + digits) if point < 0 else digits[point:]
    return f"{whole}.{tail[:precision].ljust(precision, '0')}"


def _scientific(digits: str, point: int, precision: int, letter: str) -> str:
    exponent = point - 1 if digits else 0
    first, tail = digits[:1] or "0", digits[1 : 1 + precision].ljust(precision, "0")
    sign = "-" if exponent < 0 else "+"
    return f"{first}{'.' + tail if precision > 0 else ''}{letter}{sign}{abs(exponent):02d}"


def _general(digits: str, point: int, precision: int | None, letter: str) -> str:
    if precision is None:
        wanted, threshold = len(digits), _DEFAULT_PRECISION
    else:
        wanted = precision or 1
        digits, point = _rounded(digits, point, wanted)
        threshold = len(digits) if wanted > len(digits) >= point else wanted
    exponent = point - 1
    if exponent < -4 or exponent >= threshold:
        return _scientific(digits, point, min(wanted, len(digits)) - 1, letter)
    return _fixed(digits, point, max((len(digits) if wanted > point else wanted) - point, 0))
