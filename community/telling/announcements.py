"""Who hears of words: a post, and kind words for one. Each asks again who may still know."""

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community.models import (
    Level,
    Mention,
    Notice,
    NoticeKind,
    Post,
    Quote,
    Reading,
    SpaceLevel,
    Thanks,
    Thread,
    ThreadKind,
    WellDone,
)
from community.telling.notices import cause_of_thanks, channels_of, count_again, follow_up, place_of, tell
from leaders.models import Leader


@transaction.atomic
def announce_post(post: Post) -> None:
    """Tell those whom a post names, and, the first time, those who watch its thread or its space."""
    if not Post.objects.shown().told().filter(pk=post.pk).exists():
        return
    listening = _listening(post)
    named = set(Mention.objects.filter(post=post, leader__in=listening).values_list("leader", flat=True))
    told = {"kind": NoticeKind.MENTION, "cause": f"mention:{post.pk}", "actor": post.author}
    late = _have_read(post) if post.announced_at else set()
    tell(Notice(leader_id=pk, is_late=pk in late, **told, **place_of(post)) for pk in named)
    quoted = _tell_quoted(post, listening.exclude(pk__in=named), late)
    if Post.objects.filter(pk=post.pk, announced_at=None).update(announced_at=timezone.now()):
        watching = listening.filter(readings__thread=post.thread_id, readings__level=Level.WATCHING)
        _tell_watchers(post, set(watching.values_list("pk", flat=True)) - named - quoted)
        if post.number == 1:
            _tell_of_thread(post, listening.exclude(pk__in=named))
        prompted = Notice.objects.filter(kind=NoticeKind.FIRST_POST, thread=post.thread_id, read_at=None)
        count_again(prompted.values_list("leader", flat=True))


@transaction.atomic
def tell_thanked(thanks: Thanks) -> None:
    """Tell an author who thanked for a post or message, while the author can still see it."""
    if not Thanks.objects.select_for_update(no_key=True).filter(pk=thanks.pk).first():
        return
    item = thanks.item
    if item.author is None or item.author_id == thanks.by_id:
        return
    if type(item).objects.visible_to(item.author).shown().filter(pk=item.pk).exists():
        cause = cause_of_thanks(item, thanks.by)
        told = {"kind": NoticeKind.THANKS, "cause": cause, "actor": thanks.by, "words": thanks.words}
        tell([Notice(leader=item.author, **told, **place_of(item))])


@transaction.atomic
def tell_answerer(post: Post) -> None:
    """Tell an author once that their reply is the answer, and whoever asked of it, while it is."""
    thread = Thread.objects.filter(answer=post, kind=ThreadKind.QUESTION).first()
    if thread is None:
        return
    told = {"actor": thread.answer_marked_by, **place_of(post)}
    if _is_news(post, to=post.author, by=thread.answer_marked_by_id):
        tell([Notice(leader=post.author, kind=NoticeKind.ANSWER, cause=f"answer:{post.pk}", **told)])
    if thread.author_id != post.author_id and _is_news(post, to=thread.author, by=thread.answer_marked_by_id):
        tell([Notice(leader=thread.author, kind=NoticeKind.ANSWERED, cause=f"answered:{post.pk}", **told)])


@transaction.atomic
def tell_praised(said: WellDone) -> None:
    """Tell a leader who said well done, if they hear that person."""
    if WellDone.objects.visible_to(said.to).filter(pk=said.pk).exists():
        told = {"kind": NoticeKind.WELL_DONE, "cause": f"well_done:{said.pk}", "actor": said.by}
        tell([Notice(leader=said.to, well_done=said, **told)])


def _is_news(post: Post, *, to: Leader | None, by: int | None) -> bool:
    """Whether somebody can see a post and did not do themselves what is told of it."""
    if to is None or to.pk == by:
        return False
    return Post.objects.visible_to(to).shown().filter(pk=post.pk).exists()


def _listening(post: Post):
    """Those who can read a post, but for its author and those who muted its thread or its space."""
    chosen = Reading.objects.filter(thread=post.thread_id, level__isnull=False).values("leader")
    muted = Reading.objects.filter(thread=post.thread_id, level=Level.MUTED).values("leader")
    space_muted = SpaceLevel.objects.filter(space=post.space_id, level=Level.MUTED).values("leader")
    readers = post.space.readers().exclude(pk__in=muted).exclude(Q(pk__in=space_muted) & ~Q(pk__in=chosen))
    return readers.exclude(pk=post.author_id) if post.author_id else readers


def _have_read(post: Post) -> set[int]:
    """Those who have read a post that is told again, as it was edited: their mark says nothing of it."""
    return set(
        Reading.objects.filter(thread=post.thread_id, read_up_to__gte=post.number).values_list(
            "leader", flat=True
        )
    )


def _tell_quoted(post: Post, listening: QuerySet[Leader], late: set[int]) -> set[int]:
    """Tell those whose words a post quotes and answers; return who they are."""
    authors = Quote.objects.filter(post=post, quoted__author__isnull=False).values("quoted__author")
    quoted = set(listening.filter(pk__in=authors).values_list("pk", flat=True))
    told = {"kind": NoticeKind.QUOTE, "cause": f"quote:{post.pk}", "actor": post.author}
    tell(Notice(leader_id=pk, is_late=pk in late, **told, **place_of(post)) for pk in sorted(quoted))
    return quoted


def _tell_of_thread(post: Post, listening: QuerySet[Leader]) -> None:
    watching = listening.filter(space_levels__space=post.space_id, space_levels__level=Level.WATCHING)
    told = {"kind": NoticeKind.THREAD, "cause": f"thread:{post.thread_id}", "actor": post.author}
    tell(Notice(leader=leader, **told, **place_of(post)) for leader in watching)


def _tell_watchers(post: Post, leaders: set[int]) -> None:
    # An upsert by a partial unique index, which the ORM cannot say. In order, lest two of them deadlock.
    statement = """
        INSERT INTO community_notice
               (leader_id, kind, space_id, thread_id, post_id, actor_id, words, at)
        SELECT leader_id, 'reply', %s, %s, %s, %s, '', %s
          FROM unnest(%s::bigint[]) AS leader_id ORDER BY leader_id
        ON CONFLICT (leader_id, kind, thread_id) WHERE read_at IS NULL AND kind = 'reply'
        DO UPDATE SET post_id = least(community_notice.post_id, excluded.post_id),
                      actor_id = excluded.actor_id, at = excluded.at
    """
    channels = channels_of(NoticeKind.REPLY, list(leaders))
    place = [post.space_id, post.thread_id, post.pk, post.author_id]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*place, timezone.now(), list(channels)])
    follow_up(channels)
