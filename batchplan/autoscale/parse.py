"""Builds the parsed form of a formula; a fault costs one statement, and the others are still understood."""

from dataclasses import dataclass
from itertools import pairwise

from batchplan.autoscale.findings import Finding, Lines
from batchplan.autoscale.scan import Comment, Kind, Scan, Token, scan
from batchplan.autoscale.syntax import (
    Assign,
    Bad,
    Bare,
    Binary,
    Call,
    Conditional,
    Expr,
    Formula,
    Member,
    Method,
    Name,
    Number,
    Statement,
    Stop,
    Text,
    Unary,
    depth,
)

MAX_NESTING = 64
MAX_DEPTH = 200

PRECEDENCE = {
    "||": 1,
    "&&": 2,
    # One level, as in the published language service; no published formula tells it from C's two.
    **dict.fromkeys(("<", "<=", "==", ">=", ">", "!="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A formula as far as it was understood, its comments, and the faults of its form."""

    formula: Formula
    comments: tuple[Comment, ...]
    faults: tuple[Finding, ...]


class _Unexpected(Exception):
    """Ends the current statement; the fault is reported where it is caught."""

    def __init__(self, token: Token, wanted: str, code: str = "AS001") -> None:
        super().__init__(wanted)
        self.token = token
        self.wanted = wanted
        self.code = code


def parse(text: str) -> Parsed:
    """The parsed form of any text; never fails, whatever the text."""
    scanned = scan(text)
    parser = _Parser(text, scanned)
    statements = parser.statements()
    faults = sorted((*scanned.faults, *parser.faults), key=lambda fault: fault.start)
    return Parsed(Formula(text, statements), tuple(scanned.comments), tuple(faults))


class _Parser:
    def __init__(self, text: str, scanned: Scan) -> None:
        self.faults: list[Finding] = []
        self._tokens = scanned.tokens
        self._lines = Lines(text)
        self._at = 0
        self._nesting = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _peek(self, ahead: int = 1) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _advance(self) -> Token:
        token = self._next
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def _is(self, text: str) -> bool:
        return self._next.kind is Kind.OPERATOR and self._next.text == text

    def _accept(self, text: str) -> bool:
        if self._is(text):
            self._at += 1
            return True
        return False

    def _expect(self, text: str, wanted: str) -> Token:
        if not self._is(text):
            raise _Unexpected(self._next, wanted)
        return self._advance()

    def statements(self) -> tuple[Statement, ...]:
        out: list[Statement] = []
        while self._next.kind is not Kind.END:
            if self._accept(";"):
                continue
            out.extend(self._statement())
        return tuple(out)

    def _statement(self) -> list[Statement]:
        begin = self._at
        self._nesting = 0
        try:
            statement = self._assignment() if self._starts_assignment() else self._bare()
            self._finish()
        except _Unexpected as fault:
            self._report(fault)
            self._skip(fault.token)
            return self._remains(begin)
        return [statement]

    def _remains(self, begin: int) -> list[Statement]:
        """The names a broken statement sets, so that reading them later is not reported as well."""
        taken = self._tokens[begin : self._at]
        end = taken[-1].end if taken else self._next.start
        return [
            Assign(token.text, Bad(token.end, end), token.end, token.start, end)
            for token, following in pairwise(taken)
            if token.kind is Kind.NAME and following.text == "=" and following.kind is Kind.OPERATOR
        ]

    def _starts_assignment(self) -> bool:
        following = self._peek()
        return self._next.kind is Kind.NAME and following.kind is Kind.OPERATOR and following.text == "="

    def _assignment(self) -> Statement:
        name = self._advance()
        self._advance()
        value = self._shallow(self._expression())
        return Assign(name.text, value, name.end, name.start, self._tokens[self._at - 1].end)

    def _bare(self) -> Statement:
        first = self._next
        value = self._shallow(self._expression())
        end = self._tokens[self._at - 1].end
        if isinstance(value, Bad) and first.kind is Kind.BAD:
            raise _Unexpected(first, "a statement")  # said already: whatever follows belongs to it
        if isinstance(value, Call) and value.name == "stop" and not value.args:
            return Stop(first.start, end)
        if not isinstance(value, Bad) and (self._next.kind is Kind.END or self._is(";")):
            fix = "Give the value a name: x = ..."
            self.faults.append(
                self._lines.finding(
                    "AS006", "The statement computes a value and assigns it to nothing.", fix, first.start, end
                )
            )
        return Bare(value, first.start, end)

    def _finish(self) -> None:
        """A statement is over at a semicolon or the end; a new assignment right here means one was forgotten."""
        if self._next.kind is Kind.END or self._accept(";"):
            return
        if self._starts_assignment():
            end = self._tokens[self._at - 1].end
            message = f"There is no ; before the statement that sets {self._next.text}."
            self.faults.append(self._lines.finding("AS005", message, "Put a ; at the end of this statement.", end, end))
            return
        raise _Unexpected(self._next, "an operator or ;")

    def _shallow(self, value: Expr) -> Expr:
        if depth(value) <= MAX_DEPTH:
            return value
        message = f"The expression is more than {MAX_DEPTH} operations deep."
        fix = "Split it into several variables."
        self.faults.append(self._lines.finding("AS007", message, fix, value.start, value.end))
        return Bad(value.start, value.end)

    def _report(self, fault: _Unexpected) -> None:
        token = fault.token
        if token.kind is Kind.BAD:
            return
        if fault.code == "AS007":
            message, fix = f"Parentheses are nested more than {MAX_NESTING} deep.", "Split the expression."
        else:
            found = "the formula ends" if token.kind is Kind.END else f"{token.text!r} stands"
            message, fix = f"Expected {fault.wanted} where {found}.", _fix(fault)
        self.faults.append(self._lines.finding(fault.code, message, fix, token.start, token.end))

    def _skip(self, fault: Token) -> None:
        """Goes on behind the next semicolon, or at the next line that starts an assignment."""
        while self._next.kind is not Kind.END and not self._accept(";"):
            ahead = self._next
            if self._starts_assignment() and self._new_line(ahead) and ahead is not fault:
                return
            self._advance()

    def _new_line(self, token: Token) -> bool:
        if self._at == 0:
            return True
        before = self._tokens[self._at - 1]
        return self._lines.position(before.end)[0] < self._lines.position(token.start)[0]

    def _expression(self) -> Expr:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise _Unexpected(self._next, "", "AS007")
        test = self._binary(1)
        if self._accept("?"):
            then = self._expression()
            self._expect(":", "':' between the two results of '?'")
            otherwise = self._expression()
            test = Conditional(test, then, otherwise, test.start, otherwise.end)
        self._nesting -= 1
        return test

    def _binary(self, level: int) -> Expr:
        left = self._unary()
        while self._next.kind is Kind.OPERATOR and PRECEDENCE.get(self._next.text, 0) >= level:
            op = self._advance().text
            right = self._binary(PRECEDENCE[op] + 1)
            left = Binary(op, left, right, left.start, right.end)
        return left

    def _unary(self) -> Expr:
        signs: list[Token] = []
        while self._is("-") or self._is("!"):
            signs.append(self._advance())
        value = self._postfix()
        for sign in reversed(signs):
            value = Unary(sign.text, value, sign.start, value.end)
        return value

    def _postfix(self) -> Expr:
        value = self._primary()
        while self._accept("."):
            name = self._advance()
            if name.kind is not Kind.NAME:
                raise _Unexpected(name, "the name of a member or method after '.'")
            if self._is("("):
                opening, args, end = self._arguments()
                value = Method(value, name.text, args, opening, value.start, end)
            else:
                value = Member(value, name.text, value.start, name.end)
        return value

    def _arguments(self) -> tuple[int, tuple[Expr, ...], int]:
        opening = self._advance()
        args: list[Expr] = []
        if not self._is(")"):
            args.append(self._expression())
            while self._accept(","):
                args.append(self._expression())
        closing = self._expect(")", "',' or ')'")
        return opening.start, tuple(args), closing.end

    def _primary(self) -> Expr:
        token = self._next
        match token.kind:
            case Kind.NUMBER:
                self._advance()
                return Number(float(token.text), token.start, token.end)
            case Kind.STRING:
                self._advance()
                return Text(token.text, token.start, token.end)
            case Kind.BAD:
                self._advance()
                return Bad(token.start, token.end)
            case Kind.NAME:
                self._advance()
                if not self._is("("):
                    return Name(token.text, token.start, token.end)
                opening, args, end = self._arguments()
                return Call(token.text, args, opening, token.start, end)
        if not self._accept("("):
            raise _Unexpected(token, "a value")
        value = self._expression()
        self._expect(")", "')'")
        return value


def _fix(fault: _Unexpected) -> str:
    if fault.token.text == "=":
        return "Compare with ==; a single = only assigns."
    if fault.wanted == "')'" or "')'" in fault.wanted:
        return "Close the parenthesis."
    return "Complete the expression."
