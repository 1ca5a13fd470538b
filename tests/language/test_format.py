"""The layout: blanks, alignment, comments, and old ways of writing."""

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.format import format_text

CASES = {
    "arguments are aligned": ("a=1\nbcd  =2\n", "a   = 1\nbcd = 2\n"),
    "a blank line parts a group": ("a=1\n\nbcd=2\n", "a = 1\n\nbcd = 2\n"),
    "a comment line parts a group": ("a=1\n# c\nbcd=2\n", "a = 1\n# c\nbcd = 2\n"),
    "a value of several lines stands apart": (
        "a=1\nbcd=[\n1,\n]\nef=2\n",
        "a = 1\nbcd = [\n  1,\n]\nef = 2\n",
    ),
    "comments are aligned": ("a=1#x\nbcd=[1,2]//y\n", "a   = 1      #x\nbcd = [1, 2] //y\n"),
    "blocks are indented": ('x "a" {\ny {\nz=1\n}\n}\n', 'x "a" {\n  y {\n    z = 1\n  }\n}\n'),
    "brackets opened together indent once": ("a=[{\nb=1\n}]\n", "a = [{\n  b = 1\n}]\n"),
    "signs touch, operators do not": ("a=-1\nb=a - -1\nc=!x&&y\n", "a = -1\nb = a - -1\nc = !x && y\n"),
    "braces keep a distance": ("a={b=1}\nc={  }\n", "a = { b = 1 }\nc = {}\n"),
    "calls and indexes touch": ("a=f ( 1,2 )\nb=x [0] . y\n", "a = f(1, 2)\nb = x[0].y\n"),
    "for": ("a=[for x in [1]:x if x>1]\n", "a = [for x in [1] : x if x > 1]\n"),
    "heredocs stay": ("a=<<-EOT\n   x ${ y }\n      EOT\n", "a = <<-EOT\n   x ${y}\n      EOT\n"),
    "labels get quotes": ("x a  b{}\n", 'x "a" "b" {}\n'),
    "comments between labels go": ('x /*a*/ "b" /*c*/ {\n}\n', 'x "b" /*c*/ {\n}\n'),
    "an interpolation alone is unwrapped": ('a="${x}"\nb="${x}y"\nc="${"${x}"}"\n', 'a = x\nb = "${x}y"\nc = x\n'),
    "several lines unwrapped get parentheses": ('a="${\nx ?\ny : z\n}"\n', "a = (x ?\ny : z)\n"),
    "legacy types": ('variable "x" {\ntype="list"\n}\n', 'variable "x" {\n  type = list(string)\n}\n'),
    "bare collection types": ('variable "x" {\ntype=map\n}\n', 'variable "x" {\n  type = map(any)\n}\n'),
    "only variables have types": ("output x {\ntype=map\n}\n", 'output "x" {\n  type = map\n}\n'),
    "wide characters count as one column": ('"é"=1\n'.replace('"é"', "é") + "b=2\n", "é = 1\nb = 2\n"),
    "line endings stay": ("a=1\r\nb {\r\n}\r\n", "a = 1\r\nb {\r\n}\r\n"),
    "blanks at the end go": ("a = 1   \n\t\n", "a = 1\n\n"),
    "nothing is added at the end": ("a=1", "a = 1"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_layout(text: str, expected: str) -> None:
    """Formatting gives the canonical layout, and formatting that changes nothing."""
    assert format_text(text) == expected
    assert format_text(expected) == expected


def test_broken_text_is_refused() -> None:
    """Text that does not parse is not formatted."""
    with pytest.raises(Fault):
        format_text("a = \n")


@pytest.mark.parametrize(
    "text",
    [
        'a = "${x ? 1 : <<EOT\nt\nEOT\n}" # c\n',
        'a = "${(b)[ # c\n0] // c\n? {} : (true)}"\n',
        'a = "${/* c */ "${b}" }"\n',
        "a = b.0 .0\n",
        "a = (b.0 . # c\n0)\n",
        'a = "${<<EOT\nt\nEOT\n}" # c\n',
    ],
)
def test_what_was_sound_stays_sound(text: str) -> None:
    """Where layout or unwrapping could change the meaning, it does not; the result is stable."""
    once = format_text(text)
    assert format_text(once) == once
