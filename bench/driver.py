"""One row of one size, as it is driven again and again."""

import time

from bench import cpu
from bench.cannon import Cannon, Volley, amount
from bench.drives import Drive, Line
from bench.stand import Stand
from bench.wish import Wish

WARM = 96  # each of eight threads has a connection, upon which all questions are prepared first
ALONE = 24  # the same for a client by itself, when a crowd has been there
CROWD = 16
POSTS = 150  # of each author in all: nobody may write more than 200 in ten minutes
WORDS = "Thank you. We tried the same in our practice."


class Driver:
    """Warms a page up once, then drives it whenever it is told, each time to the last answer."""

    def __init__(self, cannon: Cannon, stand: Stand, row: dict, server: str, wish: Wish):
        self.cannon, self.wish = cannon, wish
        self.line = Line(row["name"], row["clients"], row.get("goal", ""), row.get("queries"))
        self.plan = {**row, "url": f"http://localhost:{stand.ports[server]}", "reply": row.get("replies_to")}
        if self.plan["reply"]:
            self.plan["reply"] = {**self.plan["reply"], "body": WORDS}
        self.meter = cpu.Meter(**stand.pids(web=server))

    def warm(self) -> None:
        """Have each thread of the server show the page, and find out how long one takes."""
        reads_alone = self.line.clients == 1 and not self.plan["reply"]
        if reads_alone:
            # One client would not meet all threads before it is timed, and meet cold ones then.
            self._fire(WARM, CROWD)
        self.latest = self._fire(ALONE if reads_alone else WARM, self.line.clients)

    def drive(self) -> None:
        """Drive the page for about so long as is wished."""
        before, began = self.meter.read(), time.monotonic()
        self.latest = self._fire(self._amount(), self.line.clients)
        at, spent = (began + time.monotonic()) / 2, self.meter.read()
        requests = len(self.latest.times)
        self.line.drives.append(
            Drive(
                at=at,
                median=self.latest.quantile(0.5),
                p95=self.latest.quantile(0.95),
                cpu=cpu.per_request(before, spent, requests),
                bytes=self.latest.bytes // requests,
                requests=requests,
            )
        )

    def _amount(self) -> int:
        number = amount(self.latest, self.wish.seconds, self.line.clients)
        if self.plan["reply"]:
            return min(number, POSTS * len(self.plan["cookies"]) // self.wish.rounds)
        return number

    def _fire(self, requests: int, clients: int) -> Volley:
        requests = self.wish.requests or requests
        volley = self.cannon.fire({**self.plan, "amount": requests, "clients": min(clients, requests)})
        if self.plan["reply"]:
            self.plan["reply"]["seen"] = volley.seen
        return volley
