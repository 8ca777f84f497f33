"""Messages as the room shows them: the same to everybody who is in it."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from community import markdown
from community.models import Message, Room
from leaders.models import Leader

SHORT = 80  # characters of a message where another one answers it


def heard(room: Room, *, by: Leader) -> QuerySet[Message]:
    """What a leader who is in a room may see of it; hidden messages leave a placeholder."""
    return room.messages.with_people().filter(number__gt=room.heard_after(by))


def dressed(messages: Iterable[Message], *, heard_after: int = 0) -> list[Message]:
    """Messages with what their fragment shows beside their own row.

    `heard_after` is the number after which the reader hears: of what was said before there are no words.
    """
    messages = list(messages)
    for message in messages:
        message.short = in_short(message)
        message.answered = message.reply_to
        if message.answered:
            is_heard = message.answered.number > heard_after
            message.answered.short = in_short(message.answered) if is_heard else "An earlier message"
    return messages


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


def as_event(message: Message, *, heard_after: int = 0) -> dict:
    """What an open page is told about a message: the same for everybody who hears it from its beginning."""
    return {
        "type": "message",
        "room": message.room_id,
        "version": message.version,
        "number": message.number,
        "author": None if message.is_hidden else message.author_id,
        "uuid": str(message.client_uuid),
        "html": _as_html(message, heard_after),
    }


def _as_html(message: Message, heard_after: int) -> str:
    [message] = dressed([message], heard_after=heard_after)
    # In everybody's zone, not in that of whoever speaks; a page shows it in its reader's.
    with timezone.override(None):
        return render_to_string("community/_message.html", {"message": message}, using="jinja2")
