"""Did you mean?"""

from collections.abc import Iterable


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to a mistyped one, or None when none is near.

    Near is an edit distance of at most a third of the longer name (at least 1), letters compared without case.
    """
    best: tuple[int, str] | None = None
    folded = given.casefold()
    for name in known:
        limit = max(1, max(len(given), len(name)) // 3)
        if abs(len(name) - len(given)) > limit:
            continue
        steps = distance(folded, name.casefold(), limit)
        if steps <= limit and (best is None or (steps, name) < best):
            best = (steps, name)
    return best[1] if best else None


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` with a leading blank, or the empty string."""
    name = nearest(given, known)
    return f' Did you mean "{name}"?' if name is not None else ""


def distance(left: str, right: str, limit: int) -> int:
    """Return the edit distance (insert, delete, change, swap of neighbours), or limit + 1 once it exceeds it."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        after = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            after.append(cost)
        if min(after) > limit:
            return limit + 1
        before, row = row, after
    return row[-1]
