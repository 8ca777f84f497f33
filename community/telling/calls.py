"""Who hears of what was said in a room: whom it names, who is in a conversation, who watches a chat."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community import markdown
from community.models import (
    Level,
    Message,
    Notice,
    NoticeKind,
    Post,
    Room,
    RoomReading,
    SpaceLevel,
    asking,
)
from community.models.notices import READ_IN_THE_ROOM
from community.telling.notices import channels_of, count_again, follow_up, tell
from leaders.models import Leader

WAIT = timedelta(seconds=10)  # whoever is reading the room has read it by then, and is told nothing


def concerns_anybody(message: Message) -> bool:
    """Whether somebody may have to be told: it names people, or some want to know of everything."""
    if message.is_note:
        return False
    if message.room.is_direct or markdown.named_in(message.body_html):
        return True
    return bool(_WATCHED.rows(room=message.room_id))


def _watched(_):
    watched = RoomReading.objects.filter(room=asking.ROOM, level=Level.WATCHING)
    return watched.values_list("pk")[:1]


_WATCHED = asking.Question(_watched)


@transaction.atomic
def announce_message(message: Message) -> None:
    """Tell those whom it concerns and who have not read it by now."""
    if message.is_gone or message.is_note:
        return
    away = _away(message)
    named = set(away.filter(pk__in=markdown.named_in(message.body_html)).values_list("pk", flat=True))
    cause = f"chat_mention:{message.pk}"
    told = {"kind": NoticeKind.CHAT_MENTION, "cause": cause, "actor": message.author, "message": message}
    tell(Notice(leader_id=pk, **told, **_at(message.room)) for pk in sorted(named))
    if message.room.is_direct:
        kind = NoticeKind.DIRECT
    else:
        kind = NoticeKind.CHAT
        away = away.filter(room_readings__room=message.room, room_readings__level=Level.WATCHING)
    _tell_of_talk(message, kind, set(away.values_list("pk", flat=True)) - named)


@transaction.atomic
def tell_carried_on(post: Post) -> None:
    """Tell those whose messages a thread carries on, if they can read it."""
    if not Post.objects.shown().told().filter(pk=post.pk).exists():
        return
    authors = Message.objects.filter(quotes__post=post, author__isnull=False).exclude(author=post.author)
    told = {"kind": NoticeKind.CARRIED, "cause": f"carried:{post.pk}", "actor": post.author}
    place = {"space": post.space, "thread": post.thread, "post": post}
    readers = post.space.readers().filter(pk__in=authors.order_by().values("author"))
    tell(Notice(leader=leader, **told, **place) for leader in readers)


@transaction.atomic
def follow(room: Room, *, by: Leader, level: str) -> None:
    """Choose of what in a room one is told; whoever wants nothing has read what was told already."""
    RoomReading.objects.update_or_create(leader=by, room=room, defaults={"level": level})
    if level == Level.MUTED:
        told = Notice.objects.filter(leader=by, room=room, read_at=None, kind__in=READ_IN_THE_ROOM)
        told.update(read_at=timezone.now())
        count_again([by.pk])


def heard(room: Room, by: Leader) -> None:
    """Somebody has read on in a room: what told of it may be told no more."""
    if Notice.objects.filter(leader=by, room=room, read_at=None).exists():
        count_again([by.pk])


def _away(message: Message) -> QuerySet[Leader]:
    """Those who may read a message and have not yet, but for its author and those who muted the room."""
    here = RoomReading.objects.filter(room=message.room_id)
    chosen = here.filter(level__isnull=False).values("leader")
    space = SpaceLevel.objects.filter(space=message.room.space_id, level=Level.MUTED).values("leader")
    readers = message.room.readers(message.number).exclude(pk=message.author_id)
    return readers.exclude(
        Q(pk__in=here.filter(Q(read_up_to__gte=message.number) | Q(level=Level.MUTED)).values("leader"))
        | (Q(pk__in=space) & ~Q(pk__in=chosen))
    )


def _tell_of_talk(message: Message, kind: str, leaders: set[int]) -> None:
    """One line for all that is unread; what was read up to here is another line, which may be mailed anew."""
    channels = channels_of(kind, sorted(leaders))
    marks = RoomReading.objects.filter(room=message.room_id, read_up_to__gte=message.number - 1)
    told = Notice.objects.filter(kind=kind, room=message.room_id, read_at=None, leader__in=list(channels))
    told.filter(leader__in=marks.values("leader")).update(read_at=timezone.now())
    # An upsert by a partial unique index, which the ORM cannot say. In order, lest two of them deadlock.
    statement = """
        INSERT INTO community_notice (leader_id, kind, space_id, room_id, message_id, actor_id, words, at)
        SELECT leader_id, %s, %s, %s, %s, %s, '', %s
          FROM unnest(%s::bigint[]) AS leader_id ORDER BY leader_id
        ON CONFLICT (leader_id, kind, room_id) WHERE read_at IS NULL AND kind IN ('chat', 'direct')
        DO UPDATE SET message_id = least(community_notice.message_id, excluded.message_id),
                      actor_id = excluded.actor_id, at = excluded.at
    """
    room = message.room
    values = [kind, room.space_id, room.pk, message.pk, message.author_id, timezone.now(), list(channels)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    follow_up(channels)


def _at(room: Room) -> dict:
    return {"room": room, "space": room.space}
