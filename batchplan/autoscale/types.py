"""The types of the language and the documented table of operators."""

from enum import Enum


class Type(Enum):
    """There is no boolean: comparisons are doubles."""

    DOUBLE = "double"
    VECTOR = "doubleVec"
    STRING = "string"
    TIMESTAMP = "timestamp"
    INTERVAL = "timeinterval"
    METRIC = "metric"
    OPTION = "deallocation option"
    MIXED = "double or doubleVec"  # a choice between the two
    ANY = "anything"  # a fault was reported already


NUMERIC = frozenset((Type.DOUBLE, Type.VECTOR, Type.MIXED))
TIME = frozenset((Type.TIMESTAMP, Type.INTERVAL))

_D, _V, _S, _T, _L = Type.DOUBLE, Type.VECTOR, Type.STRING, Type.TIMESTAMP, Type.INTERVAL

# Everything documented; whatever is neither here nor in FIELD is a fault.
DOCUMENTED: dict[tuple[str, Type, Type], Type] = {
    **{(op, _D, _D): _D for op in ("+", "-", "*", "/", "&&", "||")},
    ("*", _D, _L): _L,
    ("*", _L, _D): _L,
    ("/", _L, _D): _L,
    **{(op, _V, _D): _V for op in "+-*/"},
    **{(op, _V, _V): _V for op in "+-*/"},
    ("+", _L, _L): _L,
    ("-", _L, _L): _L,
    ("+", _L, _T): _T,
    ("+", _T, _L): _T,
    ("-", _T, _T): _L,
    **{(op, kind, kind): _D for op in ("<", "<=", "==", ">=", ">", "!=") for kind in (_D, _S, _T, _L)},
}

# Seen to work in published formulas, outside the documented table.
FIELD: dict[tuple[str, Type, Type], Type] = {
    **{(op, _D, _V): _V for op in "+-*/"},
    **{
        (op, left, right): _D
        for op in ("<", "<=", "==", ">=", ">", "!=", "&&", "||")
        for left, right in ((_V, _D), (_D, _V), (_V, _V))
    },
    ("-", _T, _L): _T,
}
