"""The numbered messages of a room."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from community.models import asking
from community.models.reading import Level
from community.models.remarks import Hideable
from community.models.rooms import Participant, Room, RoomKind, in_spaces
from community.models.spaces import Space, spaces_moderated_by, spaces_read_by
from leaders.models.account import may_come_in


class MessageQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Messages of the rooms a leader may read; those that are gone only for its moderators.

        Nobody moderates a conversation by reading it: there, such a message is gone for all.
        """
        if not may_come_in(leader):
            return self.none()
        shown = Q(hidden_at=None, deleted_at=None) | Q(room__space__in=spaces_moderated_by(leader))
        mine = Participant.objects.now().filter(leader=leader, room=OuterRef("room"))
        heard = Exists(mine.filter(since__lt=OuterRef("number")))
        direct = Q(heard, room__kind=RoomKind.DIRECT, hidden_at=None, deleted_at=None)
        return self.filter((in_spaces(spaces_read_by(leader), "room") & shown) | direct)

    def shown(self):
        """Messages whose words still stand there for everybody."""
        return self.filter(hidden_at=None, deleted_at=None)

    def with_people(self):
        """Each with its author, and with what it answers and whose that is."""
        return self.select_related("author", "reply_to__author")


class Message(Hideable, models.Model):
    """One numbered message of a room; its `version` is the room's at its last change."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="messages")
    number = models.PositiveIntegerField()
    version = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages")
    alias = models.CharField(max_length=40, blank=True)
    reply_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="replies",
        help_text="The message of the same room that it answers.",
    )
    body = models.TextField()
    body_html = models.TextField()
    renderer = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its author deleted it; the words are gone."
    )
    client_uuid = models.UUIDField(default=uuid.uuid4)
    is_note = models.BooleanField(
        default=False, db_default=False, help_text="Said by the room itself: who came, who left."
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["room", "number"]
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="message_number_unique"),
            models.UniqueConstraint(fields=["room", "version"], name="message_version_unique"),
            models.UniqueConstraint(fields=["author", "client_uuid"], name="message_sent_once"),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(body="", body_html=""), name="message_deleted_is_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["room", "created_at"], name="message_by_day"),
            models.Index(fields=["reply_to"], condition=Q(reply_to__isnull=False), name="message_replies"),
        ]

    def __str__(self):
        return f"Message {self.number} of room {self.room_id}"

    def get_absolute_url(self) -> str:
        return reverse("message", args=[self.pk])

    @property
    def space(self) -> Space | None:
        """That of its room; a conversation has none."""
        return self.room.space

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_gone(self) -> bool:
        """Whether only its place is left in the room."""
        return self.is_hidden or self.is_deleted

    @property
    def author_name(self) -> str:
        """The name that the room shows."""
        return self.author.name if self.author else self.alias or "Somebody who has left"


_STORE = asking.Statement("""
    WITH counted AS (UPDATE community_room SET last_number = %s, version = %s WHERE id = %s)
    INSERT INTO community_message (room_id, number, version, author_id, alias, reply_to_id, body, body_html,
                                   renderer, created_at, client_uuid, is_note)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
""")


def store(message: Message) -> None:
    """Insert a message and count it in its room, which is held, by one statement."""
    room = message.room
    (message.pk,) = _STORE.row(
        *(room.last_number, room.version, room.pk),
        *(room.pk, message.number, message.version, message.author_id, message.alias, message.reply_to_id),
        *(message.body, message.body_html, message.renderer, message.created_at, message.client_uuid),
        message.is_note,
    )
    message._state.adding, message._state.db = False, "default"


class MessageRevision(models.Model):
    """A former text of a message, kept when it was edited."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    body = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["message", "pk"]

    def __str__(self):
        return f"Former text of message {self.message_id}"


ROOM_LEVELS = [
    (Level.WATCHING.value, "Everything: one notice for all that is new"),
    (Level.NORMAL.value, "Mentions: a notice when somebody names me"),
    (Level.MUTED.value, "Nothing: no notices"),
]
CONVERSATION_LEVELS = [
    (Level.NORMAL.value, "Everything: one notice for all that is new"),
    (Level.MUTED.value, "Nothing: no notices"),
]


class RoomReading(models.Model):
    """How far a leader has read a room, and of what in it they want to be told."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="room_readings")
    room = models.ForeignKey(Room, models.CASCADE, related_name="readings")
    read_up_to = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, choices=Level, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leader", "room"], name="room_reading_once")]
        indexes = [models.Index(fields=["room"], condition=Q(level="watching"), name="room_watched")]

    def __str__(self):
        return f"{self.leader} in room {self.room_id}: {self.read_up_to}"
