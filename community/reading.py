"""How far each leader has read, how closely they follow, and lists of threads with what is new in them."""

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import Level, Post, Reading, Thread
from leaders.models import Leader


@transaction.atomic
def mark_read(thread: Thread, *, by: Leader, first: int, last: int) -> Reading:
    """Posts `first` to `last` were seen: raise the mark, unless that would skip unseen posts before them."""
    reading = _reading(by, thread)
    last = min(last, thread.last_number)
    if first <= reading.read_up_to + 1 and last > reading.read_up_to:
        reading.read_up_to, reading.read_at = last, timezone.now()
        reading.save(update_fields=["read_up_to", "read_at"])
    return reading


@transaction.atomic
def mark_unread(thread: Thread, *, by: Leader, number: int) -> Reading:
    """Set the mark back, so that post `number` and all after it are new again."""
    reading = _reading(by, thread)
    reading.read_up_to = min(reading.read_up_to, max(number - 1, 0))
    reading.save(update_fields=["read_up_to"])
    return reading


@transaction.atomic
def follow(thread: Thread, *, by: Leader, level: str) -> Reading:
    """Choose how closely to follow a thread."""
    return Reading.objects.update_or_create(leader=by, thread=thread, defaults={"level": level})[0]


def keep_place(thread: Thread, by: Leader, number: int) -> None:
    """Whoever writes watches the thread; their own post is read if all before it was."""
    reading = _reading(by, thread)
    if reading.read_up_to == number - 1:
        reading.read_up_to = number
    wrote_before = thread.posts.filter(author=by, number__lt=number).exists()
    if not wrote_before and reading.level == Level.NORMAL:
        reading.level = Level.WATCHING
    reading.save()


def listed(leader: Leader):
    """The threads that a leader may see in lists, each with `mark`, `level` and `unread` (a number)."""
    mine = Reading.objects.filter(leader=leader, thread=OuterRef("pk"))
    before = Q(mark=None, last_post_at__lt=leader.joined_at)
    return (
        Thread.objects.visible_to(leader)
        .shown()
        .select_related("space", "author", "last_post__author")
        .defer("search", "last_post__search", "last_post__body", "last_post__body_html")
        .annotate(
            mark=Subquery(mine.values("read_up_to")[:1]),
            level=Coalesce(Subquery(mine.values("level")[:1]), Value(Level.NORMAL.value)),
            is_answered=Q(answer__isnull=False, answer__hidden_at=None),
            is_new=~before & Q(last_post__number__gt=Coalesce(F("mark"), 0)) & ~Q(level=Level.MUTED),
        )
        .annotate(
            unread=F("last_post__number") - Coalesce(F("mark"), 0) - Coalesce(Subquery(_hidden_since()), 0)
        )
    )


def _hidden_since():
    """For each thread of a list, how many hidden posts stand between the mark and the last post shown."""
    hidden = Post.objects.filter(thread=OuterRef("pk"), hidden_at__isnull=False)
    between = hidden.filter(
        number__gt=Coalesce(OuterRef("mark"), 0), number__lt=OuterRef("last_post__number")
    )
    return between.order_by().values("thread").annotate(n=Count("pk")).values("n")


def _reading(leader: Leader, thread: Thread) -> Reading:
    Reading.objects.bulk_create([Reading(leader=leader, thread=thread)], ignore_conflicts=True)
    return Reading.objects.select_for_update().get(leader=leader, thread=thread)
