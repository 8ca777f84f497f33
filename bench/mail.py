"""Rows of the mail: digests to a server that takes everything, beside a bare loop with the same letters."""

import shutil
import statistics
from collections.abc import Iterator

from bench.mail_table import MailLine, MailTable
from bench.stand import Stand
from bench.wish import Wish
from collaborate.local import places
from collaborate.local.console import Failure, step

FLOOR, DIGESTS, NOTICE = "mail, bare loop", "mail, digests", "mail, notice of a reply"
WORKERS = [1, 2]
SECONDS = 4  # for each that a row of pages gets: a worker composes for some seconds at once
GOAL = "300/s a worker"


def run(stand: Stand, wish: Wish) -> MailTable | None:
    """The rows and sentences that are wished for; none, if they are all of another kind."""
    wanted, table = names(wish), MailTable()
    if wanted & {DIGESTS, FLOOR}:
        port = _start_sink(stand)
        told = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_PER_DOMAIN_AND_MINUTE": "1000000"}
        seconds = SECONDS * wish.seconds if not wish.requests else 2
        table.lines = [_digests(stand, number, seconds, told) for number in WORKERS]
        table.lines.insert(0, _floor(stand, port, min(seconds, 5)))
        stand.supervisor.stop("sink")
    if NOTICE in wanted:
        table.notes += _notice(stand)
    return table if table.lines or table.notes else None


def names(wish: Wish) -> set[str]:
    """What is wished for of the mail."""
    return {name for name in (FLOOR, DIGESTS, NOTICE) if wish.wants(name)}


def _start_sink(stand: Stand) -> int:
    port, kept = places.free_port(), stand.directory / "letters"
    shutil.rmtree(kept, ignore_errors=True)
    stand.start_module("sink", port, kept)
    stand.supervisor.wait_until(
        lambda: stand.listens(port), seconds=20, failure="The mail sink does not answer."
    )
    return port


def _floor(stand: Stand, port: int, seconds: float) -> MailLine:
    with step(FLOOR):
        found = stand.ask(
            "loop", {"port": port, "directory": str(stand.directory / "letters"), "seconds": seconds}
        )
    return _line(FLOOR, [found])


def _digests(stand: Stand, workers: int, seconds: float, told: dict[str, str]) -> MailLine:
    """A digest is due for every leader; so many workers send them side by side."""
    name = f"{DIGESTS}, {workers} worker{'s' if workers > 1 else ''}"
    with step(name):
        opened = stand.ask("digests")["opened"]
        found = stand.ask_several("postman", {"seconds": seconds}, workers, **told)
    line = _line(name, found, GOAL)
    if not line.sent:
        raise Failure(
            f"{name}: {opened:,} digests were due, and none was sent in {seconds:g} seconds. "
            "Give each row more time: --seconds 5"
        )
    return line


def _line(name: str, found: list[dict], goal: str = "") -> MailLine:
    sent = sum(each["sent"] for each in found)
    return MailLine(
        name=name,
        workers=len(found),
        sent=sent,
        seconds=max(each["to"] for each in found) - min(each["from"] for each in found),
        cpu=1000 * sum(each["cpu"] for each in found) / max(sent, 1),
        statements=sum(each.get("statements", 0) for each in found) / max(sent, 1),
        shares={
            kind: statistics.mean(each["shares"].get(kind, 0) for each in found)
            for kind in found[0].get("shares", {})
        },
        goal=goal,
    )


def _notice(stand: Stand) -> Iterator[str]:
    """A reply by one leader, until the page of another one has heard of it."""
    at_once = {"UNDO_SEND_SECONDS": "0"}
    with step(NOTICE):
        told = stand.ask("watchers")
        stand.start_pages("web-at-once", "collaborate.wsgi:application", **at_once)
        stand.start_sockets("live", **at_once)
        stand.start_worker(**at_once)
        ports = {"web": stand.ports["web-at-once"], "live": stand.ports["live"]}
        times = sorted(stand.ask("noticing", {**told, **ports}))
        stand.supervisor.stop("worker", "live", "web-at-once")
    yield f"From a reply to its notice on another screen: {statistics.median(times):.0f} ms, the slowest of"
    yield f"{len(times)} {times[-1]:.0f} ms, after the minute in which a reply can be taken back."
