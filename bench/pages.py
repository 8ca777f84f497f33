"""Rows of pages, each driven by autocannon, beside the yardstick."""

from bench import cannon, cpu
from bench.stand import Stand
from bench.table import Line, Table
from bench.wish import Wish
from collaborate.local.console import step

YARDSTICK = {
    "name": "yardstick",
    "paths": [f"/shelves/{n}/" for n in range(40)],
    "cookies": [""],
    "clients": 16,
}
WARM = 48
WORDS = "Thank you. We tried the same in our practice."


def run(stand: Stand, wish: Wish) -> Table | None:
    """The table of the rows that are wished for; none, if they are all of another kind."""
    with step("Choosing what to read"):
        rows = [row for row in stand.ask("rows") if wish.wants(row["name"])]
    if not rows:
        return None
    stand.start_pages("web", "collaborate.wsgi:application")
    stand.start_pages("yardstick", "bench.yardstick:application")
    return Table([measure(stand, row, wish) for row in (YARDSTICK, *rows)])


def measure(stand: Stand, row: dict, wish: Wish) -> Line:
    """Warm a page up, then drive it for about so long, and wait for the last answer."""
    server = "yardstick" if row is YARDSTICK else "web"
    plan = {"url": f"http://localhost:{stand.ports[server]}", **row, "amount": wish.requests or WARM}
    plan["clients"] = min(plan["clients"], plan["amount"])
    reply = row.get("replies_to")
    with step(row["name"]):
        plan["reply"] = reply and {**reply, "body": WORDS}
        warm = cannon.fire(stand.supervisor, stand.directory, plan)
        if reply:
            plan["reply"]["seen"] = warm.seen
        meter = cpu.Meter(**stand.pids(web=server))
        before = meter.read()
        plan["amount"] = wish.requests or cannon.amount(warm, wish.seconds, row["clients"])
        volley = cannon.fire(stand.supervisor, stand.directory, plan)
        spent = cpu.per_request(before, meter.read(), len(volley.times))
    return Line(
        name=row["name"],
        median=volley.quantile(0.5),
        p95=volley.quantile(0.95),
        cpu=spent,
        bytes=volley.bytes // len(volley.times),
        queries=row.get("queries"),
        clients=row["clients"],
        requests=len(volley.times),
        goal=row.get("goal", ""),
    )
