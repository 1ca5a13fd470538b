"""Functions of time answer as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ('formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', "02 Jan 2018 23:12 UTC", "string"),
    ('formatdate("EEEE, EEE D.M.YY", "2020-02-29T04:04:00Z")', "Saturday, Sat 29.2.20", "string"),
    ('formatdate("HH H AA aa", "2020-02-29T00:04:00Z")', "12 12 AM am", "string"),
    ('formatdate("ZZZZZ ZZZZ ZZZ Z", "2020-02-29T04:04:00-07:30")', "-07:30 -0730 -0730 -07:30", "string"),
    ('formatdate("ZZZZZ ZZZZ ZZZ Z", "2020-02-29T04:04:00-00:00")', "+00:00 +0000 UTC Z", "string"),
    ("formatdate(\"'it''s' '' h\", \"2020-02-29T12:04:00Z\")", "it's ' 12", "string"),
    ('formatdate("\'abc\'\'", "2020-02-29T12:04:00Z")', "abc'", "string"),
    ('formatdate("é-YYYY", "0000-02-29T12:04:00Z")', "é-0000", "string"),
    ('formatdate("EEEE", "0000-01-01T00:00:00Z")', "Saturday", "string"),
    ('formatdate("", "2020-02-29T12:04:00Z")', "", "string"),
    ('timeadd("2020-02-29T12:04:00Z", "1h30m")', "2020-02-29T13:34:00Z", "string"),
    ('timeadd("2020-02-29T12:04:00.95Z", "100ms")', "2020-02-29T12:04:01Z", "string"),
    ('timeadd("2020-02-29T12:04:00+05:30", "-1.5h")', "2020-02-29T10:34:00+05:30", "string"),
    ('timeadd("2020-02-29T12:04:00Z", "-0")', "2020-02-29T12:04:00Z", "string"),
    ('timeadd("2020-02-29T12:04:00Z", ".5h")', "2020-02-29T12:34:00Z", "string"),
    ('timeadd("9999-02-28T12:04:00Z", "2562047h")', "10291-06-09T11:04:00Z", "string"),
    ('timeadd("0000-02-28T12:04:00Z", "-2562047h")', "-0293-11-19T13:04:00Z", "string"),
    ('timeadd("2020-02-29T12:04:00Z", "1µs1us1ns")', "2020-02-29T12:04:00Z", "string"),
    ('timecmp("2020-02-29T12:04:00Z", "2020-02-29T13:04:00+01:00")', 0, "number"),
    ('timecmp("2020-02-29T12:04:00.1Z", "2020-02-29T13:04:00+01:00")', 1, "number"),
    ('timecmp("2020-02-29T12:04:00.0000000001Z", "2020-02-29T12:04:00Z")', 0, "number"),
]

REFUSALS: list[tuple[str, str]] = [
    ('formatdate("YYY", "2020-02-29T04:04:00Z")', '"YYY" stands for nothing; write YY or YYYY'),
    ('formatdate("T", "2020-02-29T04:04:00Z")', '"T" stands for nothing; put text that is to stay in single quotes'),
    (
        'formatdate("\'abc", "2020-02-29T04:04:00Z")',
        "the quote before 'abc' is not closed; write '' for a single quote",
    ),
    ('formatdate("hh", "2020-02-30T04:04:00Z")', "2020-02 has no day 30"),
    ('formatdate("hh", "2020-13-29T04:04:00Z")', "there is no month 13"),
    ('formatdate("hh", "2020-02-29T24:04:00Z")', "24:04:00 is no time of day"),
    (
        'formatdate("hh", "2020-02-29 04:04:00Z")',
        '"2020-02-29 04:04:00Z" needs a "T" between date and time, as in "2026-01-31T12:00:00Z"',
    ),
    (
        'formatdate("hh", "2020-02-29T04:04:00")',
        '"2020-02-29T04:04:00" has no time zone; end it with "Z" or an offset such as "+02:00"',
    ),
    ('formatdate("hh", "2020-02-29T04:04:00+24:00")', "+24:00 is no offset from UTC"),
    ('formatdate("hh", "yesterday")', '"yesterday" is not an RFC 3339 timestamp such as "2026-01-31T12:00:00Z"'),
    (
        'timeadd("2020-02-29T12:04:00Z", "1d")',
        '"d" is not a unit of time; those are ns, us, ms, s, m and h; write days as hours',
    ),
    ('timeadd("2020-02-29T12:04:00Z", "")', '"" is not a duration; write it like "1h30m"'),
    ('timeadd("2020-02-29T12:04:00Z", "1")', '"1" is not a duration such as "1h30m"; each number needs a unit'),
    ('timeadd("2020-02-29T12:04:00Z", "9999999h")', '"9999999h" is too long a duration; write it like "1h30m"'),
    ('timecmp("x", "2020-02-29T13:04:00+01:00")', '"x" is not an RFC 3339 timestamp such as "2026-01-31T12:00:00Z"'),
]


@pytest.mark.parametrize(("expression", "value", "of"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_answers(answer: Callable[[str], tuple[object, str]], expression: str, value: object, of: str) -> None:
    """Value and type are those of Terraform."""
    assert answer(expression) == (value, of)


@pytest.mark.parametrize(("expression", "reason"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refusals(evaluate: Callable[..., Value], expression: str, reason: str) -> None:
    """What Terraform refuses is refused, and the reason says what to do."""
    with pytest.raises(Fault) as caught:
        evaluate(expression)
    assert reason in caught.value.diagnostic.detail
