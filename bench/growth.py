"""What grows with the number of posts."""

from bench.columns import align
from bench.drives import Line
from bench.table import Table

AT_MOST = 1.25


def compare(tables: dict[int, Table]) -> str:
    """What each row costs at each size, and whether that grows."""
    sizes = sorted(tables)
    rows = [["", *(f"{size:,}" for size in sizes), "growth", ""]]
    for name in [line.name for line in tables[sizes[-1]].lines]:
        lines = [next((line for line in tables[size].lines if line.name == name), None) for size in sizes]
        if None not in lines:
            costs = (f"{line.cost:.1f} ms {line.x:.2f}x ±{line.spread:.2f}" for line in lines)
            small, *_, large = lines
            rows.append([name, *costs, f"{factor(small, large):.2f}", verdict(small, large)])
    return align(rows)


def factor(small: Line, large: Line) -> float:
    """How much more a row costs, in yardsticks."""
    return large.x / (small.x or 1)


def verdict(small: Line, large: Line) -> str:
    """GROWS: by more than a quarter, and beyond the spread of the rounds; unsure: only the former."""
    if factor(small, large) <= AT_MOST:
        return ""
    (_, above), (below, _) = small.quartiles, large.quartiles
    return "GROWS" if below > above else "unsure"
