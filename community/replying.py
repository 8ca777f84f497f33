"""What decides about a reply, asked in one question while its thread is held."""

import uuid as uuids
from datetime import timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from community.models import Draft, DraftKind, Post, Reading, Thread, asking, spaces
from community.permissions import Conflict
from leaders.models import Leader
from leaders.models.cohorts import today

_UNUSED = (
    "search",
    "space__description",
    "space__rules",
    "space__chat_days",
    "space__chat_from",
    "space__chat_to",
)
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


def hold(pk: int, by: Leader, uuid: uuids.UUID, seen: int | None) -> Thread:
    """The thread with its space as it is now, held until the end, with all that decides about a reply there.

    `reads` and `moderates` say what the writer may in its space, `sent` is the key of the post that this form
    made before, `newer` how many others wrote after `seen`, `lately` how much the writer wrote just now,
    `is_behind` whether their mark stays where it is, as other posts before theirs are new to them.
    """
    now = timezone.now()
    asked = {"leader": by.pk, "thread": pk, "uuid": uuid, "now": now, "joined": by.joined_at}
    asked |= {"day": today(), "since": now - JUST_NOW, "first": NEVER_SEEN if seen is None else seen}
    # Locked first and alone: what is asked by the statement that waits is as old as its beginning.
    facts = _OF_FACULTY if by.is_faculty else _OF_OTHERS
    if not (found := facts.objects(after=_HELD, **asked)):
        raise Thread.DoesNotExist
    return found[0]


def first_newer(thread: Thread, by: Leader, seen: int) -> int:
    """The number of the first post that others wrote after `seen`, where there is one."""
    newer = thread.posts.filter(number__gt=seen, hidden_at=None).exclude(author=by)
    return newer.aggregate(first=Min("number"))["first"]


def known(thread: Thread, leader: Leader) -> dict:
    """Of a thread that is held, as `asking.remembering` takes it, so that the rules need not ask again."""
    spaces = {"reads": thread.reads, "moderates": thread.moderates}
    rights = {(name, leader.pk): {thread.space_id} if may else () for name, may in spaces.items()}
    return {**rights, ("lately", leader.pk): thread.lately}


def _held(_leader: Leader) -> QuerySet[Thread]:
    return Thread.objects.filter(pk=asking.THREAD).select_for_update().order_by().values_list("pk")


def _facts(leader: Leader) -> QuerySet[Thread]:
    here = OuterRef("space")
    mine = Post.objects.filter(author=leader).order_by()
    beyond = Post.objects.filter(thread=asking.THREAD, number__gt=Value(asking.FIRST), hidden_at=None)
    newer = beyond.exclude(author=leader).order_by().values("thread").annotate(n=Count("pk"))
    acts = Exists(spaces.moderated_by(leader).filter(pk=here)) if leader.is_faculty else Value(False)
    draft = Draft.objects.filter(leader=leader, kind=DraftKind.REPLY, target=asking.THREAD)
    thread = Thread.objects.filter(pk=asking.THREAD).select_related("space").defer(*_UNUSED).order_by()
    return thread.annotate(
        reads=Exists(spaces.read_by(leader).filter(pk=here)),
        moderates=acts,
        sent=Subquery(mine.filter(client_uuid=asking.UUID).values("pk")[:1]),
        lately=Subquery(mine.since(asking.SINCE).values("author").annotate(n=Count("pk")).values("n")),
        newer=Subquery(newer.values("n")),
        has_draft=Exists(draft),
        is_behind=Exists(_behind(leader)),
    )


def _behind(leader: Leader) -> QuerySet[Reading]:
    """The mark of somebody who follows the thread and has not read all of it: it need not be looked at."""
    new = Post.objects.filter(thread=asking.THREAD, number__gt=OuterRef("read_up_to"), hidden_at=None)
    # Of others, what was said before one joined counts as read (reading.keep_place).
    is_marked = Q(read_up_to__gt=0) | Q(set_back_at__isnull=False)
    is_plain = is_marked | Q(GreaterThanOrEqual(OuterRef("created_at"), leader.joined_at))
    mine = Reading.objects.filter(is_plain, leader=leader, thread=asking.THREAD, level__isnull=False)
    return mine.filter(Exists(new.exclude(author=leader)))


_HELD = asking.Question(_held)
_OF_FACULTY, _OF_OTHERS = asking.Question(_facts, moderates=True), asking.Question(_facts)
