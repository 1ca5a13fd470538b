"""Draws simulated pools: for a terminal, and as a page that needs nothing else."""

import html
import itertools
from collections.abc import Callable, Sequence

from batchplan.autoscale.laboratory.outcome import Outcome, Point, duration

_BARS = " ▁▂▃▄▅▆▇█"
_PLAIN_BARS = " .:-=+*#@"
_SERIES: tuple[tuple[str, Callable[[Point], int]], ...] = (
    ("target", lambda point: point.target),
    ("nodes", lambda point: point.nodes),
    ("waiting", lambda point: point.waiting),
    ("running", lambda point: point.running),
)


def columns(points: Sequence[Point], value: Callable[[Point], int], width: int) -> list[int]:
    """The largest value within each of `width` equal parts of the time."""
    if not points:
        return []
    width = max(1, min(width, len(points)))
    edges = [index * len(points) // width for index in range(width + 1)]
    return [max(value(point) for point in points[a:b]) for a, b in itertools.pairwise(edges)]


def terminal(outcome: Outcome, *, width: int = 72, plain: bool = False) -> str:
    """One line of bars for each curve, with its largest value; `plain` keeps to ASCII."""
    bars = _PLAIN_BARS if plain else _BARS
    lines = []
    for name, value in _SERIES:
        row = columns(outcome.points, value, width)
        most = max(row, default=0)
        drawn = "".join(bars[-(-number * (len(bars) - 1) // most) if most else 0] for number in row)
        lines.append(f"{name:>8} {drawn} {most}")
    length = duration(outcome.points[-1].seconds) if outcome.points else "0 s"
    return "\n".join([*lines, f"{'':>8} 0{length:>{max(1, min(width, len(outcome.points)) - 1)}}"])


_WIDTH, _HEIGHT, _LEFT, _TOP = 960, 180, 56, 24
_COLOURS = {"target": "#b45309", "nodes": "#2563eb", "waiting": "#6b7280", "running": "#059669"}
_MOST_COLUMNS = 480


def svg(outcome: Outcome) -> str:
    """A drawing of targets and nodes above, and of the queue below, on the same time."""
    upper = _panel(outcome, ("target", "nodes"), 0)
    lower = _panel(outcome, ("waiting", "running"), _HEIGHT + 2 * _TOP)
    height = 2 * (_HEIGHT + 2 * _TOP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{html.escape(outcome.name)}" font-family="sans-serif" font-size="12">{upper}{lower}</svg>'
    )


def _panel(outcome: Outcome, shown: Sequence[str], offset: int) -> str:
    rows = {name: columns(outcome.points, value, _MOST_COLUMNS) for name, value in _SERIES if name in shown}
    most = max((max(row, default=0) for row in rows.values()), default=0) or 1
    bottom = offset + _TOP + _HEIGHT
    parts = [
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_WIDTH - 8}" y2="{bottom}" stroke="#9ca3af"/>',
        f'<text x="{_LEFT - 6}" y="{offset + _TOP + 8}" text-anchor="end" fill="#6b7280">{most}</text>',
        f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end" fill="#6b7280">0</text>',
    ]
    for place, (name, row) in enumerate(rows.items()):
        parts.append(
            f'<path d="{_steps(row, most, bottom)}" fill="none" stroke="{_COLOURS[name]}" stroke-width="1.5"/>'
        )
        left = _LEFT + 12 + 90 * place
        parts.append(f'<text x="{left}" y="{offset + _TOP - 8}" fill="{_COLOURS[name]}">■ {name}</text>')
    length = duration(outcome.points[-1].seconds) if outcome.points else "0 s"
    parts.append(f'<text x="{_WIDTH - 8}" y="{bottom + 16}" text-anchor="end" fill="#6b7280">{length}</text>')
    return "".join(parts)


def _steps(row: Sequence[int], most: int, bottom: int) -> str:
    """A path that keeps each value for the width of its column."""
    if not row:
        return ""
    wide = (_WIDTH - 8 - _LEFT) / len(row)
    heights = [bottom - value / most * _HEIGHT for value in row]
    path = [f"M{_LEFT} {heights[0]:.1f}"]
    for index, height in enumerate(heights):
        path.append(f"V{height:.1f}H{_LEFT + (index + 1) * wide:.1f}")
    return "".join(path)


FACTS: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
    ("median delay", lambda o: duration(o.delay_median)),
    ("p95 delay", lambda o: duration(o.delay_p95)),
    ("longest delay", lambda o: duration(o.delay_most)),
    ("node hours", lambda o: f"{o.node_hours:,.1f}"),
    ("idle share", lambda o: f"{o.idle_share:.0%}"),
    ("cost", lambda o: "-" if o.cost is None else f"{o.cost:,.2f}"),
    ("most nodes", lambda o: str(o.peak_nodes)),
    ("finished tasks", lambda o: f"{o.finished:,}"),
    ("unfinished tasks", lambda o: f"{o.unfinished:,}"),
    ("interrupted runs", lambda o: f"{o.interrupted:,}"),
    ("lost tasks", lambda o: f"{o.lost:,}"),
    ("failed evaluations", lambda o: f"{o.failures} of {o.evaluations}"),
)


def page(outcomes: Sequence[Outcome], title: str) -> str:
    """A self-contained HTML page that compares outcomes: the numbers in a table, then a drawing of each."""
    heads = "".join(f"<th>{html.escape(outcome.name)}</th>" for outcome in outcomes)
    rows = "".join(
        f"<tr><th>{name}</th>{''.join(f'<td>{html.escape(tell(outcome))}</td>' for outcome in outcomes)}</tr>"
        for name, tell in FACTS
    )
    drawings = "".join(f"<h2>{html.escape(outcome.name)}</h2>{svg(outcome)}" for outcome in outcomes)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        "<style>body{font:14px sans-serif;max-width:1000px;margin:2em auto;padding:0 1em}"
        "table{border-collapse:collapse}th,td{padding:4px 12px;border-bottom:1px solid #e5e7eb;text-align:right}"
        "th:first-child{text-align:left;font-weight:normal}</style></head>"
        f"<body><h1>{html.escape(title)}</h1><table><tr><th></th>{heads}</tr>{rows}</table>{drawings}</body></html>\n"
    )
