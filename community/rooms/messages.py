"""Messages as the room shows them: the same to everybody who is in it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from community import markdown
from community.models import Message, MessageQuote, Post, Room, Thanks, Thread
from community.sockets import live
from leaders.models import Leader

SHORT = 80  # characters of a message where another one answers it


def heard(room: Room, *, by: Leader) -> QuerySet[Message]:
    """What a leader who is in a room may see of it; hidden messages leave a placeholder."""
    return room.messages.with_people().filter(number__gt=room.heard_after(by))


def dressed(messages: Iterable[Message], *, heard_after: int = 0, is_new: bool = False) -> list[Message]:
    """Messages with what their fragment shows beside their own row.

    `heard_after` is the number after which the reader hears: of what was said before there are no words.
    Of what `is_new` nobody can have made anything yet.
    """
    messages = list(messages)
    continued = {} if is_new else _continued(messages)
    thanks = {} if is_new else _thanks(messages)
    for message in messages:
        message.thanked = thanks.get(message.pk, [])
        message.continued = continued.get(message.pk)
        message.short = in_short(message)
        message.answered = message.reply_to
        if message.answered:
            is_heard = message.answered.number > heard_after
            message.answered.short = in_short(message.answered) if is_heard else "An earlier message"
    return messages


def rendered(body: str, room: Room) -> str:
    """The HTML of words in a room, in which those can be named who would read it there."""

    def mentionable(handles):  # asked only where somebody is named: building it costs a third of saying
        return room.readers(room.last_number + 1).filter(handle__in=handles)

    return markdown.render_message(body, mentionable).html


def to_answer(room: Room, number: int, *, by: Leader) -> Message | None:
    """The message that somebody is about to answer, if they may read it."""
    found = Message.objects.visible_to(by).with_people().filter(room=room, number=number)
    return next(iter(dressed(found)), None)


def in_short(message: Message) -> str:
    """Who said it and the first words, as far as the room may still read them."""
    if message.is_hidden:
        return "A message that was hidden"
    if message.is_deleted:
        return "A message that was deleted"
    words = " ".join(markdown.plain_text(message.body_html).split())
    if len(words) > SHORT:
        words = f"{words[: SHORT - 1].rstrip()}…"
    return f"{message.author_name}: {words or '…'}"


def kept_html(message: Message) -> str:
    """The words of a message for who decides about it: of a deleted one those that it had last."""
    if not message.is_deleted:
        return message.body_html
    last = message.revisions.order_by("pk").last()
    return markdown.render_message(last.body).html if last else ""


def html_at(message: Message, moment: datetime) -> str:
    """The words of a message as they stood at a moment; what was written into it later is left out."""
    if message.is_gone or (message.edited_at or message.created_at) <= moment:
        return message.body_html
    former = message.revisions.filter(at__lte=moment).order_by("pk").last()
    return markdown.render_message(former.body).html if former else ""


def as_event(message: Message, *, heard_after: int = 0, is_new: bool = False) -> dict:
    """What an open page is told about a message: the same for everybody who hears it from its beginning."""
    return {
        "type": "message",
        "room": message.room_id,
        "version": message.version,
        "number": message.number,
        "author": None if message.is_hidden else message.author_id,
        "uuid": str(message.client_uuid),
        "html": _as_html(message, heard_after=heard_after, is_new=is_new),
    }


def announce(message: Message, *, is_new: bool = False) -> None:
    """Show it to all who are there; where some came after it was said, have each page ask for itself."""
    event = as_event(message, is_new=is_new)
    first = message.reply_to.number if message.reply_to_id else message.number
    if message.room.is_direct and message.room.participants.now().filter(since__gte=first).exists():
        event = {"type": "version", "version": message.version}
    live.push(live.room_topic(message.room_id), event)


def touch(message: Message) -> None:
    """Give a changed message its room's next version, and show it as it is now to those who are there."""
    rooms = Room.objects.select_for_update(no_key=True, of=("self",)).select_related("space")
    room = rooms.get(pk=message.room_id)
    message.refresh_from_db()  # it may have been hidden since it was fetched
    message.room = room
    room.version += 1
    room.save(update_fields=["version"])
    message.version = room.version
    message.save(update_fields=["version"])
    announce(message)
    for post in Post.objects.filter(message_quotes__message=message):
        live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})


def begun_by(thread: Thread | int) -> set[int]:
    """The messages that the first post of a thread carries on."""
    begun = MessageQuote.objects.filter(post__thread=thread, post__number=1)
    return set(begun.values_list("message", flat=True))


def lead_on(ids: Iterable[int]) -> None:
    """Show these messages with the link to the thread that carries them on, or without one."""
    for message in Message.objects.filter(pk__in=ids).order_by("room", "number"):
        touch(message)


def _continued(messages: list[Message]) -> dict[int, int]:
    """The post of the same space that begins with a message, by the message."""
    begun = MessageQuote.objects.filter(message__in=messages, post__number=1, post__hidden_at=None)
    shown = begun.filter(post__thread__hidden_at=None, post__space=F("message__room__space"))
    return dict(shown.order_by("-post").values_list("message", "post"))


def _thanks(messages: list[Message]) -> dict[int, list[Thanks]]:
    given: dict[int, list[Thanks]] = {}
    for thanks in Thanks.objects.filter(message__in=messages).select_related("by"):
        given.setdefault(thanks.message_id, []).append(thanks)
    return given


def _as_html(message: Message, **options) -> str:
    [message] = dressed([message], **options)
    # In everybody's zone, not in that of whoever speaks; a page shows it in its reader's.
    with timezone.override(None):
        return render_to_string("community/_message.html", {"message": message}, using="jinja2")
