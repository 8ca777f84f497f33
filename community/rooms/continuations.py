"""What was said in a chat goes on as a thread: the memory of a room."""

from uuid import UUID

from django.db import transaction

from community import permissions, quotes, threads
from community.models import ErrandKind, Message, Post, Room, Thread, ThreadKind
from community.permissions import require
from community.rooms.messages import begun_by, lead_on
from community.tasks import enqueue
from leaders.models import Leader


def choosable(room: Room, *, by: Leader, up_to: int, count: int) -> list[Message]:
    """The messages up to a number that somebody may take into a thread, the oldest first."""
    seen = Message.objects.visible_to(by).shown().filter(room=room, is_note=False, number__lte=up_to)
    if not permissions.may_moderate(by, room.space):
        seen = seen.filter(author=by)
    return list(seen.with_people().order_by("-number")[:count])[::-1]


def as_body(messages: list[Message], words: str = "") -> str:
    """The Markdown of a first post: a few words, then a place for each message, in their order."""
    begin = f"{words.strip()}\n\n" if words.strip() else ""
    ordered = sorted(messages, key=lambda message: message.number)
    return begin + "".join(quotes.of_message(message) for message in ordered)


@transaction.atomic
def begin(
    room: Room,
    messages: list[Message],
    *,
    by: Leader,
    title: str,
    uuid: UUID,
    words: str = "",
    kind: str = ThreadKind.DISCUSSION,
    sure: bool = False,
) -> Thread:
    """Start a thread with these messages, and lead to it from each; the same uuid again is that thread."""
    require(permissions.may_open_continuation(by, room))
    if earlier := Post.objects.filter(author=by, client_uuid=uuid).select_related("thread").first():
        return earlier.thread
    require(permissions.may_carry_on(by, room.space, messages, len(messages)))
    body = as_body(messages, words)
    new = {"title": title, "kind": kind, "body": body, "uuid": uuid}
    thread = threads.start(room.space, by=by, **new, base=0, sure=sure)
    lead_on(begun_by(thread))
    post = thread.posts.get(number=1)
    enqueue(ErrandKind.TELL_CARRIED_ON, post.pk, due_at=post.told_at)
    return thread
