"""Random HCL: valid expressions and files with odd blanks and comments, and damaged copies of them."""

import random

_NAMES = ["a", "b", "var", "local", "each", "x-y", "π", "héllo", "if", "in", "for_", "_u", "null", "true"]
_OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"]
_TEXTS = ["", "a", " b ", "\\n", '\\"', "$", "%", "$${", "%%{", "é", "\\u00e9", "x\\\\"]
_DAMAGE = [*"{}[]()\"'=,:?.*+-!<>&|^~`;$%#/\\\n\t\r\0 a1é“”\ufeff", "${", "%{", "<<EOT\n", "/*", "...", "=>", "for "]
_KINDS = [
    "atom",
    "atom",
    "binary",
    "unary",
    "conditional",
    "parentheses",
    "sequence",
    "mapping",
    "call",
    "steps",
    "splat",
    "index",
    "for_list",
    "for_object",
    "template",
    "heredoc",
]


class Writer:
    """Writes random text from a seed. `free` tells whether line breaks mean nothing at this place."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def blank(self, *, free: bool) -> str:
        roll = self.random.random()
        if roll < 0.75:
            return " " * self.random.randrange(3)
        if roll < 0.85:
            return "/* c */"
        return self.random.choice(["\n", "\n\n", " # c\n", "// c\n"]) if free else "\t "

    def joined(self, *parts: str, free: bool) -> str:
        """Join parts with random blanks between them, at least one character."""
        return "".join([parts[0], *((self.blank(free=free) or " ") + part for part in parts[1:])])

    def expression(self, depth: int = 4, *, free: bool = False) -> str:
        kind = self.random.choice(_KINDS) if depth > 0 else "atom"
        return getattr(self, kind)(depth - 1, free)

    def atom(self, _depth: int, _free: bool) -> str:
        return self.random.choice([*_NAMES, "1", "0", "12.50", "1e3", "1.5E-3", '""', '"t"', "null", "true", "false"])

    def binary(self, depth: int, free: bool) -> str:
        left, right = self.expression(depth, free=free), self.expression(depth, free=free)
        return self.joined(left, self.random.choice(_OPERATORS), right, free=free)

    def unary(self, depth: int, free: bool) -> str:
        return self.random.choice("-!") + self.random.choice(["", " "]) + self.expression(depth, free=free)

    def conditional(self, depth: int, free: bool) -> str:
        inner = [self.expression(depth, free=free) for _ in range(3)]
        return self.joined(inner[0], "?", inner[1], ":", inner[2], free=free)

    def parentheses(self, depth: int, _free: bool) -> str:
        return f"({self.blank(free=True)}{self.expression(depth, free=True)}{self.blank(free=True)})"

    def sequence(self, depth: int, _free: bool) -> str:
        items = [self.expression(depth, free=True) + self.blank(free=True) for _ in range(self.random.randrange(4))]
        return "[" + ("," + self.blank(free=True)).join(items) + (self.random.choice(["", ","]) if items else "") + "]"

    def mapping(self, depth: int, _free: bool) -> str:
        items = []
        for _ in range(self.random.randrange(4)):
            key = self.random.choice(["a", "b_c", '"k"', "(x)", "1", '"${a}"', "true", "x-y"])
            items.append(f"{key}{self.blank(free=False)}{self.random.choice('=:')} {self.expression(depth)}")
        return "{" + self.blank(free=True) + self.random.choice([", ", "\n", ",\n", " # c\n"]).join(items) + " }"

    def call(self, depth: int, _free: bool) -> str:
        name = self.random.choice(["f", "max", "core::upper", "a::b::c"])
        arguments = [self.expression(depth, free=True) + self.blank(free=True) for _ in range(self.random.randrange(3))]
        end = self.random.choice(["", "...", ","]) if arguments else ""
        return f"{name}({self.blank(free=True)}{','.join(arguments)}{end})"

    def steps(self, _depth: int, _free: bool) -> str:
        base = self.random.choice(["a", "f(x)", "(a)", "[1]", "x[0]", "null"])
        for _ in range(self.random.randrange(1, 4)):
            base += self.random.choice([".b", "[0]", '["k"]', ".0", " .c", "[ x ]", ". d"])
        return base

    def splat(self, _depth: int, _free: bool) -> str:
        if self.random.random() < 0.4:
            return self.random.choice(["a.*", "a.*.b", "a.*.b[0]", "a.*.b.c[x]", "a.*.0", "a.*.*"])
        base = self.random.choice(["a", "a.b", "f(x)", "[1]"])
        for _ in range(self.random.randrange(1, 3)):
            base += self.random.choice(["[*]", "[*].b", "[*].b[0]", "[*].b[*]", "[ * ]"])
        return base

    def index(self, depth: int, _free: bool) -> str:
        return f"{self.random.choice(['a', 'f(x)', '(b)'])}[{self.blank(free=True)}{self.expression(depth, free=True)}]"

    def for_list(self, depth: int, _free: bool) -> str:
        names = self.random.choice(["v", "k, v", "k ,v"])
        inner = [self.expression(depth, free=True) for _ in range(2)]
        condition = f" if {self.expression(depth, free=True)}" if self.random.random() < 0.4 else ""
        head = self.joined("for", names, "in", inner[0], ":", inner[1], free=True)
        return f"[{self.blank(free=True)}{head}{condition}]"

    def for_object(self, depth: int, _free: bool) -> str:
        inner = [self.expression(depth, free=True) for _ in range(3)]
        head = self.joined("for", "k, v", "in", inner[0], ":", inner[1], "=>", inner[2], free=True)
        return "{" + self.blank(free=True) + head + self.random.choice(["", "..."]) + "}"

    def pieces(self, depth: int, texts: list[str]) -> str:
        parts = []
        for _ in range(self.random.randrange(4)):
            roll = self.random.random()
            left, right = self.random.choice(["", "~"]), self.random.choice(["", "~"])
            if roll < 0.4:
                parts.append(self.random.choice(texts))
            elif roll < 0.8 or depth <= 0:
                parts.append(f"${{{left}{self.blank(free=True)}{self.expression(depth, free=True)} {right}}}")
            elif roll < 0.9:
                other = "%{ else }z" if self.random.random() < 0.5 else ""
                inner, condition = self.pieces(depth - 1, texts), self.expression(depth, free=True)
                parts.append(f"%{{{left} if {condition} {right}}}{inner}{other}%{{ endif {right}}}")
            else:
                inner = self.pieces(depth - 1, texts)
                parts.append(f"%{{ for v in {self.expression(depth, free=True)} {right}}}{inner}%{{{left} endfor }}")
        return "".join(parts)

    def template(self, depth: int, _free: bool) -> str:
        return f'"{self.pieces(depth, _TEXTS)}"'

    def heredoc(self, depth: int, free: bool) -> str:
        if not free:
            return self.template(depth, free)
        body = self.pieces(depth, ["a\n", "  b\n", "\n", "    c", "\t\n", '"', "\\n", "$$${x\n"])
        return f"<<{self.random.choice(['', '-'])}EOT\n{body}\n  EOT\n"

    def file(self, depth: int = 0) -> str:
        """Write arguments, blocks and comments."""
        lines = []
        for number in range(self.random.randrange(1, 5)):
            indent = " " * self.random.randrange(5)
            roll = self.random.random()
            if roll < 0.5 or depth > 2:
                name = self.random.choice(["a", "bb", "c_long_name", "type"]) + str(number)
                blanks = " " * self.random.randrange(3)
                lines.append(f"{indent}{name}{blanks}={self.blank(free=False)}{self.expression(3)}")
            elif roll < 0.6:
                lines.append(f"{indent}h{number} = <<-EOT\n  {self.pieces(2, ['x', ' y'])}\n    EOT")
                continue
            elif roll < 0.7:
                lines.append(self.random.choice(["", "", f"{indent}# c", f"{indent}// d", f"{indent}/* e\n */"]))
                continue
            else:
                label = self.random.choice(["", ' "l"', " l", ' "l" "m"'])
                lines.append(f"{indent}block{label} {{\n{self.file(depth + 1)}{indent}}}")
            lines[-1] += self.random.choice(["", "", "", " # c", "  // d", " /* e */", "  "])
        return "\n".join(lines) + "\n"

    def damaged(self, text: str) -> str:
        """Delete, insert or repeat a few stretches of a text."""
        for _ in range(self.random.randrange(1, 4)):
            at = self.random.randrange(len(text) + 1)
            to = min(len(text), at + self.random.randrange(1, 6))
            text = text[:at] + self.random.choice(["", self.random.choice(_DAMAGE), text[at:to] * 2]) + text[to:]
        return text
