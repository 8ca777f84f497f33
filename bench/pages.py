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
WARM = 96  # each of eight threads has a connection, upon which all questions are prepared first
ALONE = 24  # the same for a client by itself, when a crowd has been there
APART = 4  # rows between two drives of the yardstick
WORDS = "Thank you. We tried the same in our practice."


def run(stand: Stand, wish: Wish) -> Table | None:
    """The table of the rows that are wished for; none, if they are all of another kind."""
    with step("Choosing what to read"):
        rows = [row for row in stand.ask("rows") if wish.wants(row["name"])]
    if not rows:
        return None
    stand.start_pages("web", "collaborate.wsgi:application")
    stand.start_pages("yardstick", "bench.yardstick:application")
    table = Table()
    for number, row in enumerate(rows):
        if number % APART == 0:
            table.drives.append(measure(stand, YARDSTICK, wish))
        table.lines.append(measure(stand, row, wish))
    table.drives.append(measure(stand, YARDSTICK, wish))
    return table


def measure(stand: Stand, row: dict, wish: Wish) -> Line:
    """Warm a page up, then drive it for about so long, and wait for the last answer."""
    server = "yardstick" if row is YARDSTICK else "web"
    plan = {"url": f"http://localhost:{stand.ports[server]}", **row, "amount": wish.requests or WARM}
    plan["clients"] = min(plan["clients"], plan["amount"])
    reply = row.get("replies_to")
    with step(row["name"]):
        plan["reply"] = reply and {**reply, "body": WORDS}
        if plan["clients"] == 1 and not reply:
            # One client would not meet all threads before it is timed, and meet cold ones then.
            crowd = min(YARDSTICK["clients"], plan["amount"])
            cannon.fire(stand.supervisor, stand.directory, {**plan, "clients": crowd})
            plan["amount"] = wish.requests or ALONE
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
