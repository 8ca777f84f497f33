"""What waits for a moderator, and the register of what moderators decided."""

import csv
from collections.abc import Iterable
from typing import TextIO

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.timesince import timesince

from community import decisions
from community.models import Case, Decision, JoinRequest, Post, Relocation, Reported, Space, Thread
from community.telling.outcomes import WELCOME_WITHIN
from leaders.models import Leader

COLUMNS = ["when", "decision", "space", "about", "address", "person", "by", "reason", "case"]


def queue(leader: Leader) -> QuerySet[Case]:
    """The open cases that a moderator may see, the gravest and then the oldest first."""
    return (
        Case.objects.visible_to(leader)
        .open()
        .select_related("space", "post__thread", "message__room__space", "line", "well_done__to", "assignee")
        .annotate(flags=Count("reports"))
    )


def unanswered(leader: Leader) -> QuerySet[Post]:
    """The very first posts of members that nobody else has answered, the oldest first."""
    threads = Thread.objects.filter(space__in=_spaces(leader)).perhaps_waiting_for_welcome()
    return (
        Post.objects.waiting_for_welcome()
        .filter(thread__in=list(threads.values_list("pk", flat=True)))
        .select_related("author", "space", "thread")
        .defer("search", "thread__search", "body", "body_html")
        .order_by("created_at")
    )


def split_late(posts: Iterable[Post]) -> tuple[list[Post], list[Post]]:
    """Those that have waited a day, each with `waited` in words, and the newer ones."""
    posts, limit = list(posts), timezone.now() - WELCOME_WITHIN
    for post in posts:
        post.waited = timesince(post.created_at).partition(",")[0]
    return [p for p in posts if p.created_at <= limit], [p for p in posts if p.created_at > limit]


def requests(leader: Leader) -> QuerySet[JoinRequest]:
    """The requests to join that wait for an answer, the oldest first."""
    waiting = JoinRequest.objects.filter(decided_at=None, space__in=_spaces(leader))
    return waiting.select_related("leader", "space").order_by("asked_at")


def suspensions(leader: Leader) -> QuerySet[Decision]:
    """The decisions by which people are suspended now, the next to end first."""
    latest = Decision.objects.filter(leader=OuterRef("leader"), verb=Decision.Verb.SUSPEND).values("pk")[:1]
    return (
        Decision.objects.visible_to(leader)
        .filter(pk=Subquery(latest))
        .filter(leader__suspended_until__gt=timezone.now())
        .select_related("leader", "space")
        .order_by("leader__suspended_until")
    )


def moves(leader: Leader) -> QuerySet[Relocation]:
    """Many posts on their way between threads that a moderator looks after, the oldest first."""
    return Relocation.objects.visible_to(leader).going().select_related("thread__space", "to__space", "by")


def log(leader: Leader, space: Space | None = None) -> QuerySet[Decision]:
    """The decisions in the spaces of a moderator, or in one of them, the latest first."""
    found = Decision.objects.visible_to(leader).select_related(
        "space",
        "by",
        "leader",
        "thread",
        "post__thread",
        "message__room__space",
        "line__space",
        "well_done__to",
    )
    return found.filter(space=space) if space else found


def history(case: Case) -> QuerySet[Decision]:
    """What was decided so far about the item of a case and its thread, the latest first."""
    about = Q(**decisions.which(case.item))
    if case.post_id:
        about |= Q(thread=case.post.thread_id)
    return Decision.objects.filter(about).select_related("by", "leader")


def around(case: Case) -> list[Reported]:
    """What stands just before and after the item of a case, and the item itself, in their order."""
    item = case.item
    if case.well_done_id:
        return [item]
    if case.space is None:
        shown = item.room.messages.filter(number__range=(case.shown_from, case.shown_to), is_note=False)
        # What a moderator hid is not for its reporter to see, and so not for who reads the report.
        shown = shown.filter(Q(hidden_at=None) | Q(pk=item.pk))
        return list(shown.select_related("author").order_by("number"))
    if case.line_id:
        return [item]
    siblings = item.thread.posts if case.post_id else item.room.messages
    numbers = (item.number - 1, item.number, item.number + 1)
    return list(siblings.filter(number__in=numbers).select_related("author").order_by("number"))


def subject(about: Case | Decision) -> str:
    """What a case or a decision is about, in a few words."""
    if about.post_id:
        return f"Post {about.post.number} in “{about.post.thread.title}”"
    if about.message_id:
        where = "in the chat" if about.space else "in a conversation"
        return f"Message {about.message.number} {where}"
    if about.line_id:
        return f"The line of a host in {about.space}"
    if about.well_done_id:
        return f"What was said to {about.well_done.to}"
    if thread := getattr(about, "thread", None):
        return f"“{thread.title}”"
    return str(about.leader)


def address(decision: Decision) -> str:
    """Where the words stand that a decision is about, if it is about words that one may open there."""
    if decision.space is None:
        return ""
    return decision.item.get_absolute_url() if decision.item else ""


def why(decision: Decision) -> str:
    """The reason of a decision, and that of the one which it put an end to."""
    if "began" not in decision.detail:
        return decision.reason
    return f"{decision.reason} (The posts that went: {decision.detail['began'][1]})"


def write_register(rows: Iterable[Decision], file: TextIO) -> None:
    """The register of decisions as CSV, safe to open in a spreadsheet."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for decision in rows:
        cells = [
            timezone.localtime(decision.at).isoformat(timespec="seconds"),
            decision.get_verb_display(),
            decision.place,
            subject(decision),
            address(decision),
            decision.leader.name if decision.leader else "",
            decision.by.name,
            why(decision),
            decision.case_id or "",
        ]
        writer.writerow([_harmless(cell) for cell in cells])


def _harmless(cell) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _spaces(leader: Leader) -> QuerySet:
    return Space.objects.moderated_by(leader).values("pk")
