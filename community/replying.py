"""What decides about a reply, asked in one question while its thread is held."""

import uuid as uuids
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from community.models import Draft, DraftKind, Post, Reading, Space, Thread, asking, spaces
from community.permissions import Conflict
from leaders.models import Leader
from leaders.models.cohorts import today

NEVER_SEEN = 2_000_000_000  # beyond every post, for whoever does not say what they know of
JUST_NOW = timedelta(minutes=10)


class SaidAlready(Conflict):
    """Somebody sends again what they sent a moment ago; perhaps they only went back to the form."""

    def __init__(self, post: Post):
        self.number = post.number
        where = (
            f"they are post {post.number} above" if post.number > 1 else f"they begin “{post.thread.title}”"
        )
        super().__init__(
            f"You sent these very words a moment ago: {where}. There is no need to send them again."
        )


def ask_about_again(body: str, *, by: Leader, **place) -> None:
    """Raise SaidAlready if somebody said the same in a place just now."""
    lately = Post.objects.filter(author=by, withdrawn_at=None, **place).since(timezone.now() - JUST_NOW)
    if said := lately.filter(body=body).select_related("thread").order_by("-pk").first():
        raise SaidAlready(said)


def hold(pk: int) -> Thread:
    """The thread as it is now, held until the end of the transaction."""
    # Alone: a joined space is not found again when the thread has just been moved.
    if not (found := _HELD.objects(thread=pk)):
        raise Thread.DoesNotExist
    return found[0]


def facts(thread: Thread, by: Leader, uuid: uuids.UUID, seen: int | None) -> Space:
    """The space of a thread that is held, with all that decides about a reply there; it is set on the thread.

    `sent` is the key of the post that this form made before, `newer` how many others wrote after `seen`,
    `first_newer` the first of those, `lately` how much the writer wrote just now, `is_behind` whether their
    mark stays where it is, as other posts before theirs are new to them.
    """
    now = timezone.now()
    asked = {"leader": by.pk, "thread": thread.pk, "space": thread.space_id, "uuid": uuid, "now": now}
    asked |= {"joined": by.joined_at}
    since = now - JUST_NOW
    first = NEVER_SEEN if seen is None else seen
    thread.space = _FACTS.objects(**asked, day=today(), since=since, first=first)[0]
    return thread.space


def known(space: Space, leader: Leader) -> dict:
    """The same as `asking.remembering` takes it, so that the rules need not ask again."""
    read, moderated = frozenset(space.spaces_read), frozenset(space.spaces_moderated)
    rights = {("reads", leader.pk): read, ("moderates", leader.pk): moderated}
    return {**rights, ("lately", leader.pk): space.lately}


def _held(_leader: Leader) -> QuerySet[Thread]:
    return Thread.objects.filter(pk=asking.THREAD).defer("search").select_for_update().order_by()


def _facts(leader: Leader) -> QuerySet[Space]:
    mine = Post.objects.filter(author=leader).order_by()
    beyond = Post.objects.filter(thread=asking.THREAD, number__gt=Value(asking.FIRST), hidden_at=None)
    newer = beyond.exclude(author=leader).order_by().values("thread")
    draft = Draft.objects.filter(leader=leader, kind=DraftKind.REPLY, target=asking.THREAD)
    return (
        Space.objects.filter(pk=asking.SPACE)
        .order_by()
        .annotate(
            spaces_read=ArraySubquery(spaces.read_by(leader).order_by()),
            spaces_moderated=ArraySubquery(spaces.moderated_by(leader).order_by()),
            sent=Subquery(mine.filter(client_uuid=asking.UUID).values("pk")[:1]),
            lately=Subquery(mine.since(asking.SINCE).values("author").annotate(n=Count("pk")).values("n")),
            newer=Subquery(newer.annotate(n=Count("pk")).values("n")),
            first_newer=Subquery(newer.annotate(n=Min("number")).values("n")),
            has_draft=Exists(draft),
            is_behind=Exists(_behind(leader)),
        )
    )


def _behind(leader: Leader) -> QuerySet[Reading]:
    """The mark of somebody who follows the thread and has not read all of it: it need not be looked at."""
    new = Post.objects.filter(thread=asking.THREAD, number__gt=OuterRef("read_up_to"), hidden_at=None)
    # Of others, what was said before one joined counts as read (reading.keep_place).
    is_marked = Q(read_up_to__gt=0) | Q(set_back_at__isnull=False)
    is_plain = is_marked | Q(thread__created_at__gte=leader.joined_at)
    mine = Reading.objects.filter(is_plain, leader=leader, thread=asking.THREAD, level__isnull=False)
    return mine.filter(Exists(new.exclude(author=leader)))


_HELD, _FACTS = asking.Question(_held), asking.Question(_facts)
