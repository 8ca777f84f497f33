"""Rows of the chat: one `live` process, and beside it the floor, driven by the same crowd in the same run."""

import contextlib
import json
import statistics
from collections.abc import Iterator

from bench.chat_table import ChatLine, ChatTable
from bench.stand import Stand
from bench.visitor import Visitor
from bench.wish import Wish
from collaborate.local.console import Failure, step

RATE = 20  # messages a second
RATE_OF_MANY = 100  # in 200 rooms: one message in each every two seconds
REST = 11  # seconds in which each socket of a silent crowd is checked once
RATES = [20, 30, 45, 70, 100, 150, 220, 330, 500]
SLOW = 250  # milliseconds: beyond it a rate is too high
STORMY, STORMS = 300, 3
CATCH_UPS = 5
ONE, MANY = "500 sockets in one room", "2,000 sockets in 200 rooms"
PUBLISHED = "500 sockets, handed out only"
PREFIX = {"floor": "floor:", "live": "live:"}  # of the channels in Redis
HIGHEST, STORM, CATCH_UP = "chat, highest rate", "chat, 300 sockets cut off", "chat, catch-up"
GOAL = "p95 50 ms, 2.5x"


def run(stand: Stand, wish: Wish) -> ChatTable | None:
    """The rows and sentences that are wished for; none, if they are all of another kind."""
    wanted = names(wish)
    if not wanted:
        return None
    with step("Opening the rooms"):
        told = stand.ask("meetings")
    told |= {name: wish.some(told[name]) for name in ("crowd", "many")}
    table = ChatTable()
    one, many = told["crowd"], told["many"]
    for name, seats, goal in ((ONE, one, GOAL), (PUBLISHED, one, GOAL), (MANY, many, "")):
        if f"chat, {name}" in wanted:
            table.lines += _beside_the_floor(stand, wish, name, seats, goal, table.notes)
    if HIGHEST in wanted:
        table.lines += _highest(stand, wish, told["crowd"])
    if STORM in wanted:
        table.notes += _storm(stand, wish, told)
    if CATCH_UP in wanted:
        table.notes += _catch_up(stand, told["missed"])
    return table


def names(wish: Wish) -> set[str]:
    """What is wished for of the chat."""
    every = (f"chat, {ONE}", f"chat, {PUBLISHED}", f"chat, {MANY}", HIGHEST, STORM, CATCH_UP)
    return {name for name in every if wish.wants(name)}


def _beside_the_floor(
    stand: Stand, wish: Wish, name: str, seats: list, goal: str, notes: list[str]
) -> Iterator[ChatLine]:
    for kind, server in (("floor", "floor"), ("chat", "live")):
        told = {"rates": [RATE_OF_MANY if name == MANY else RATE], "seconds": _seconds(wish)}
        told |= {"publish": PREFIX[server]} if name == PUBLISHED else {}
        told |= {"rest": REST} if name == MANY and not wish.requests else {}
        found = _gather(stand, f"{kind}, {name}", server, seats, **told)
        if found["rest"]:
            notes.append(_at_rest(f"{kind}, {name}", found["rest"]))
        yield _line(f"{kind}, {name}", seats, found, found["steps"][0], goal if kind == "chat" else "")


def _at_rest(name: str, shares: dict[str, float]) -> str:
    told = ", ".join(f"{server} {share:.1%}" for server, share in shares.items())
    return f"{name}, while nobody says anything: {told} of a processor."


def _highest(stand: Stand, wish: Wish, seats: list) -> Iterator[ChatLine]:
    """The last rate at which what was said was heard in time."""
    for kind, server in (("floor", "floor"), ("chat", "live")):
        told = {"rates": RATES[:1] if wish.requests else RATES, "limit": SLOW, "seconds": _seconds(wish)}
        found = _gather(stand, f"{kind}, highest rate", server, seats, **told)
        kept = [step for step in found["steps"] if step["in_time"]] or found["steps"][:1]
        yield _line(f"{kind}, highest rate", seats, found, kept[-1], "p95 250 ms")


def _storm(stand: Stand, wish: Wish, told: dict) -> Iterator[str]:
    stand.start_pages("web", "collaborate.wsgi:application")
    plan = {**told["page"], "port": stand.ports["web"]}
    Visitor(plan["port"], plan["cookie"]).read(plan["path"])
    seats, calm = told["crowd"][:STORMY], {"rates": [1], "seconds": wish.seconds}
    storms = 1 if wish.requests else STORMS
    with _visiting(stand, plan) as read:
        found = _gather(stand, STORM, "live", seats, storms=storms, **calm)
    storms = [(storm["from"], storm["to"]) for storm in found["storms"]]
    before = [time for began, time in read if began < storms[0][0]][-50:]
    during = [time for began, time in read if any(start <= began <= end for start, end in storms)]
    back = ", ".join(f"{end - start:.1f}" for start, end in storms)
    yield f"{len(seats)} sockets cut off at once: all back after {back} s."
    yield f"A page of a thread {_times(during)} meanwhile, and {_times(before)} before."


@contextlib.contextmanager
def _visiting(stand: Stand, plan: dict) -> Iterator[list]:
    """Somebody reads pages; afterwards the list holds when, and how long each took."""
    read, told, brought = [], stand.file("visitor.plan"), stand.file("visitor.found")
    told.write_text(json.dumps(plan))
    stand.start_module("visitor", told, brought)
    yield read
    stand.supervisor.stop("visitor")
    read += json.loads(brought.read_text())


def _catch_up(stand: Stand, missed: dict) -> Iterator[str]:
    stand.start_pages("web", "collaborate.wsgi:application")
    visitor, times = Visitor(stand.ports["web"], missed["cookie"]), []
    with step(CATCH_UP):
        for _ in range(CATCH_UPS):
            spent, size, number, asked = _fetch(visitor, missed["path"])
            times.append(spent)
    took = f"{statistics.median(times):.0f} ms in {asked} requests"
    yield f"{number} missed messages: {took}, {size / 1000:.0f} KB before the proxy compresses them."


def _fetch(visitor: Visitor, path: str) -> tuple[float, int, int, int]:
    """Milliseconds, bytes, messages and requests until nothing is left, as a page asks."""
    spent, size, number, asked, version, more = 0.0, 0, 0, 0, 0, True
    while more:
        took, body = visitor.read(path.replace("/after/0/", f"/after/{version}/"))
        answer = json.loads(body)
        version, more = answer["version"], answer["more"]
        spent, size, number, asked = (
            spent + took,
            size + len(body),
            number + len(answer["messages"]),
            asked + 1,
        )
    return spent, size, number, asked


def _gather(stand: Stand, name: str, server: str, seats: list, **told) -> dict:
    """A fresh server, and a crowd that comes, speaks and leaves."""
    with step(name):
        stand.start_sockets(server)
        pids = stand.pids(live=server)
        plan = {
            "port": stand.ports[server],
            "pids": pids,
            "seats": seats,
            "storms": 0,
            "limit": 0,
            "rest": 0,
            **told,
        }
        found = stand.ask("crowd", plan)
        stand.supervisor.stop(server)
    first = found["steps"][0]
    if first["refusals"]:
        raise Failure(f"{name}: the server refused: {first['refusals'][0]}")
    if first["heard"] != first["awaited"]:
        raise Failure(f"{name}: {first['awaited']} messages should have been heard, {first['heard']} were.")
    return found


def _line(name: str, seats: list, found: dict, spoken: dict, goal: str) -> ChatLine:
    return ChatLine(
        name=name,
        sockets=len(seats),
        rate=spoken["rate"],
        times=spoken["times"],
        heard=spoken["heard"],
        cpu={server: 1e6 * spent / spoken["heard"] for server, spent in spoken["cpu"].items()},
        generator=spoken["generator"],
        socket_bytes=found["socket_bytes"],
        goal=goal,
    )


def _times(times: list[float]) -> str:
    if len(times) < 2:
        return "was not read"
    return f"took {statistics.median(times):.0f} ms (p95 {statistics.quantiles(times, n=20)[-1]:.0f} ms)"


def _seconds(wish: Wish) -> float:
    return wish.seconds if not wish.requests else wish.requests / RATE
