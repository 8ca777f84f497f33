"""Live chat: messages are stored first, numbered, and then announced."""

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import escape

from community import patients, permissions
from community.markdown import RENDERER
from community.models import (
    ErrandKind,
    Message,
    MessageRevision,
    Room,
    RoomKind,
    RoomReading,
    Space,
    Thanks,
)
from community.models.chat import store
from community.models.rooms import hold_room
from community.permissions import require
from community.rooms import messages
from community.sockets import live
from community.tasks import enqueue
from community.telling import calls, notices
from leaders.models import Leader

CHANGES_AT_ONCE = 200


def room_of(space: Space) -> Room:
    """The chat room of a space, made on the first visit."""
    room, _ = Room.objects.get_or_create(space=space, kind=RoomKind.SPACE)
    return room


def say(
    room: Room, *, by: Leader, body: str, uuid: UUID, reply_to: int | None = None, sure: bool = False
) -> Message:
    """Write a message; the same UUID again is the first message, whatever it says.

    `reply_to` is the number of the message that it answers; `sure` says that nothing in it is a patient's.
    """
    try:
        with transaction.atomic():
            held = _lock(room.pk)
            # Asked now: one may just have left, a session may just have ended.
            require(permissions.may_say(by, held))
            reply = _answered(by, held, reply_to)
            patients.ask(body, sure=sure)
            html = messages.rendered(body, held)
            message = _write(held, by, body, uuid, reply_to=reply, body_html=html, renderer=RENDERER)
            _tell_participants(message)
            _promise(message)
            return message
    except (IntegrityError, PermissionDenied):
        # Repeated, perhaps after the room has closed: whoever said it may not have heard that it stands.
        if said := Message.objects.filter(author=by, client_uuid=uuid).first():
            return said
        raise


@transaction.atomic
def edit(message: Message, *, by: Leader, body: str, sure: bool = False) -> Message:
    """Change one's own message; the former text is kept."""
    _lock(message.room_id)
    message.refresh_from_db()
    require(permissions.may_edit_message(by, message))
    if body == message.body:
        return message
    patients.ask(body, sure=sure, former=message.body)
    _keep_text(message)
    message.body, message.body_html = body, messages.rendered(body, message.room)
    message.renderer, message.edited_at = RENDERER, timezone.now()
    message.save(update_fields=["body", "body_html", "renderer", "edited_at"])
    messages.touch(message)
    _promise(message)
    return message


@transaction.atomic
def delete(message: Message, *, by: Leader) -> Message:
    """Leave only the place of one's own message; its texts stay with the space's moderators for a while."""
    _lock(message.room_id)
    message.refresh_from_db()
    if message.is_deleted and message.author_id == by.pk:
        return message
    require(permissions.may_delete_message(by, message))
    if message.space or message.cases.exists():
        _keep_text(message)
    else:
        message.revisions.all().delete()  # nobody could ever read them
    message.body = message.body_html = ""
    message.deleted_at = timezone.now()
    message.save(update_fields=["body", "body_html", "deleted_at"])
    messages.touch(message)
    notices.recount(message)
    return message


@transaction.atomic
def thank(message: Message, *, by: Leader, words: str = "", sure: bool = False) -> Thanks:
    """Thank the author of a message, once, with a few words of why; `sure` as in `say`."""
    _lock(message.room_id)
    require(permissions.may_thank(by, message))
    patients.ask(words, sure=sure)
    thanks, is_new = Thanks.objects.get_or_create(message=message, by=by, defaults={"words": words})
    if is_new:
        enqueue(ErrandKind.TELL_THANKED, thanks.pk)
        messages.touch(message)
    return thanks


@transaction.atomic
def take_thanks_back(message: Message, *, by: Leader) -> None:
    """Undo a thank-you; whoever was told of it is told no more."""
    _lock(message.room_id)
    if Thanks.objects.filter(message=message, by=by).delete()[0]:
        notices.forget_thanks(message, by)
        messages.touch(message)


def note(room: Room, words: str) -> Message:
    """Let the room itself say something, such as who has left."""
    held = _lock(room.pk)
    html = f"<p>{escape(words)}</p>"
    return _write(held, None, words, uuid4(), body_html=html, renderer=RENDERER, is_note=True)


def read(room: Room, *, by: Leader, number: int) -> None:
    """Note how far somebody has read; the mark never moves back."""
    number = min(number, room.last_number)
    mark, created = RoomReading.objects.get_or_create(leader=by, room=room, defaults={"read_up_to": number})
    if not created and mark.read_up_to < number:
        created = RoomReading.objects.filter(pk=mark.pk, read_up_to__lt=number).update(read_up_to=number)
    if created:
        calls.heard(room, by)
    if created and room.is_direct:
        live.push(live.leader_topic(by.pk), {"type": "conversations"})


def changes(room: Room, *, to: Leader, after: int) -> list[Message]:
    """What was written, edited or hidden after a version, in the order in which it happened."""
    return list(messages.heard(room, by=to).filter(version__gt=after).order_by("version")[:CHANGES_AT_ONCE])


def texts(message: Message) -> list[MessageRevision]:
    """Every text that a message has had, the newest first; the last to be written stands in front."""
    former = list(message.revisions.order_by("-pk"))
    if message.is_deleted:
        return former
    newest = MessageRevision(message=message, body=message.body, at=message.edited_at or message.created_at)
    return [newest, *former]


def _keep_text(message: Message) -> None:
    written_at = message.edited_at or message.created_at
    MessageRevision.objects.create(message=message, body=message.body, at=written_at)


def _lock(room_id: int) -> Room:
    return hold_room(room_id)


def _answered(by: Leader, room: Room, number: int | None) -> Message | None:
    if number is None:
        return None
    message = Message.objects.visible_to(by).with_people().filter(room=room, number=number).first()
    require(permissions.may_answer(by, room, message))
    return message


def _write(room: Room, by: Leader | None, body: str, uuid: UUID, **more) -> Message:
    room.last_number += 1
    room.version += 1
    message = Message(
        room=room,
        number=room.last_number,
        version=room.version,
        author=by,
        body=body,
        client_uuid=uuid,
        **more,
    )
    store(message)
    messages.announce(message, is_new=True)
    return message


def _tell_participants(message: Message) -> None:
    """Have the others' open pages count their conversations anew."""
    if message.room.is_direct:
        others = message.room.participants.now().exclude(leader=message.author)
        for pk in others.values_list("leader", flat=True):
            live.push(live.leader_topic(pk), {"type": "conversations"})


def _promise(message: Message) -> None:
    """Have those told whom it concerns, unless they read it in a moment."""
    if calls.concerns_anybody(message):
        enqueue(ErrandKind.ANNOUNCE_MESSAGE, message.pk, due_at=timezone.now() + calls.WAIT)
