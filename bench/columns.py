"""Cells in columns, as Markdown shows them."""


def align(rows: list[list]) -> str:
    """A table whose first row is its head; the first and the last column stand to the left."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = (
        " | ".join(
            cell.ljust(width) if n in (0, len(widths) - 1) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    head, *rest = (f"| {line} |" for line in lines)
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([head, rule, *rest])


def with_notes(rows: list[list], notes: list[str]) -> str:
    """A table, unless it has only a head, and what is told in sentences."""
    return "\n\n".join(filter(None, [align(rows) if len(rows) > 1 else "", "\n".join(notes)]))
