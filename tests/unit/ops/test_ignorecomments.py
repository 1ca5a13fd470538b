"""`batchplan fmt` makes blocks of comments that accept findings; a block is what policy reads, and it has a reason."""

import pytest

from batchplan.core.source import Source
from batchplan.lang.format import format_text
from batchplan.ops.formatting import format_stream
from batchplan.ops.ignorecomments import with_blocks

ABOVE = """# batchplan:ignore BP1002 until=2027-03-31 reason="one head node is all there can be"
pool "head" {
  name = "head"
}
"""
INSIDE = """pool "head" {
  name = "head" // batchplan:ignore BP1002, BP7003 reason="one head node, \\\\ is all" owner="render team"
  start_task {
    # batchplan:ignore ACME0001
    command_line = "x" # stays
  }
}

pool "other" {}
"""


def formatted(text: str) -> str:
    """Return what `fmt` makes of a text; once more changes nothing."""
    made = format_stream(text.encode()).text
    assert format_stream(made.encode()).text == made
    return made


def test_a_comment_above_an_object_is_about_it() -> None:
    """It becomes a block with the reason and the last day."""
    assert (
        formatted(ABOVE)
        == """pool "head" {
  name = "head"
  suppress "BP1002" {
    expires = "2027-03-31"
    reason  = "one head node is all there can be"
  }
}
"""
    )


def test_comments_inside_belong_to_the_object_around() -> None:
    """At the end of a line, on a line of its own, in an inner block: each goes to the object; other comments stay."""
    assert (
        formatted(INSIDE)
        == """pool "head" {
  name = "head"
  start_task {
    command_line = "x" # stays
  }
  suppress "BP1002" {
    reason = "one head node, \\\\\\\\ is all"
    owner  = "render team"
  }
  suppress "BP7003" {
    reason = "one head node, \\\\\\\\ is all"
    owner  = "render team"
  }
  suppress "ACME0001" {
  }
}

pool "other" {}
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "# batchplan:ignore BP1002\n\nlocals {\n  a = 1\n}\n",
        'pool "a" {\n  # batchplan:ignore\n}\n',
        'pool "a" {\n  # batchplan:ignore BP1002 because="x"\n}\n',
        'pool "a" {\n  # batchplan:ignore BP1002 reason="${x}"\n}\n',
        'pool "a" {\n  # we do not batchplan:ignore BP1002\n}\n',
        'pool "a" {\n  name = "# batchplan:ignore BP1002"\n}\n',
        'pool "a" {\n  # batchplan:ignore BP1002\n  suppress "BP1002" {}\n}\n',
    ],
    ids=["no object", "no rule", "another word", "an expression", "prose", "a text", "there already"],
)
def test_what_is_no_suppression_stays(text: str) -> None:
    """What is in no object, or not understood, is left as it is written."""
    assert with_blocks(Source("a", text)) == text
    assert formatted(text) == format_text(text)
