"""`$filter` and `$select`."""

import pytest

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.wire import odata

ENTITY = {
    "id": "Render-01",
    "state": "active",
    "priority": 5,
    "enableAutoScale": False,
    "creationTime": "2024-04-18T00:32:06.5795656Z",
    "constraints": {"maxWallClockTime": "PT1H"},
    "executionInfo": {"exitCode": 0},
}

TRUE = [
    "id eq 'Render-01'",
    "id eq 'render-01'",
    "id eq 'a' or id eq 'render-01'",
    "startswith(id,'ren')",
    "startswith(id, 'Ren') and state eq 'active'",
    "STARTSWITH(id,'ren')",
    "not startswith(id,'x')",
    "startswith(id,'ren') eq true",
    "(state eq 'active' and (priority gt 4)) or false eq true",
    "priority le 5 and priority ge 5 and priority ne 4 and priority lt 6",
    "priority eq 5L",
    "'active' eq state",
    "enableAutoScale eq false",
    "displayName eq null",
    "displayName ne 'x'",
    "creationTime gt datetime'2017-02-02'",
    "creationTime lt datetime'2024-04-18T00:32:07Z'",
    "executionInfo/exitCode eq 0",
    "constraints/maxWallClockTime lt duration'PT2H'",
]
FALSE = [
    "id eq 'other'",
    "displayName eq 'x'",
    "displayName gt 'a'",
    "priority gt 5",
    "priority eq 'five'",
    "creationTime lt datetime'2017-02-02'",
    "not (id eq 'render-01')",
    "state ne 'active'",
]
BAD = [
    "id",
    "id eq",
    "eq 'x'",
    "id eq 'x",
    "id is 'x'",
    "(id eq 'x'",
    "id eq 'x')",
    "id eq 'x' and",
    "startswith(id)",
    "startswith(id,5)",
    "endswith(id,'x')",
    "contains(id,'x')",
    "colour eq 'x'",
    "creationTime gt datetime'noon'",
    "priority eq 5x",
    "id eq 'x' ;",
    "state gt 'a'",
    "not " * 60 + "id eq 'x'",
    "(" * 400,
    "$$",
]
KNOWN = (
    {("displayName",)}
    | {(name,) for name in ENTITY}
    | {("executionInfo", "exitCode"), ("constraints", "maxWallClockTime")}
)

BARRED = (("state",), "gt")


def _test(text):
    return odata.parse_filter(text, lambda path, operator: path in KNOWN and (path, operator) != BARRED)(ENTITY)


@pytest.mark.parametrize("text", TRUE)
def test_filter_holds(text) -> None:
    """A filter that holds for the entity lets it through."""
    assert _test(text) is True


@pytest.mark.parametrize("text", FALSE)
def test_filter_does_not_hold(text) -> None:
    """A filter that does not hold keeps the entity out."""
    assert _test(text) is False


@pytest.mark.parametrize("text", BAD)
def test_bad_filters_are_refused(text) -> None:
    """A filter that cannot be read is a bad query parameter."""
    with pytest.raises(ServiceError) as caught:
        _test(text)
    assert (caught.value.status, caught.value.code) == (400, "InvalidQueryParameterValue")
    assert caught.value.details[0] == ("QueryParameterName", "$filter")


SELECTED = {
    "two": ("id,state", {"id": "Render-01", "state": "active"}),
    "blanks": ("state, id", {"id": "Render-01", "state": "active"}),
    "nested": ("executionInfo/exitCode", {"executionInfo": {"exitCode": 0}}),
    "all": ("*", ENTITY),
}


@pytest.mark.parametrize(("text", "expected"), SELECTED.values(), ids=SELECTED)
def test_select_projects(text, expected) -> None:
    """Only the selected members are shown, in the entity's order."""
    chosen = odata.project(ENTITY, odata.parse_select(text, KNOWN.__contains__))
    assert chosen == expected
    assert list(chosen) == [name for name in ENTITY if name in chosen]


def test_unknown_selection_is_refused() -> None:
    """A member that does not exist cannot be selected."""
    with pytest.raises(ServiceError) as caught:
        odata.parse_select("id,colour", KNOWN.__contains__)
    assert caught.value.code == "InvalidQueryParameterValue"
