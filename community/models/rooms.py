"""Rooms in which people talk, and who is in those that belong to no space."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from community.models import asking
from community.models.spaces import Space, spaces_read_by
from leaders.models import Leader
from leaders.models.account import may_come_in


class RoomKind(models.TextChoices):
    """Whose a room is."""

    SPACE = "space", "The chat of a space"
    DIRECT = "direct", "A conversation of a few people"
    SESSION = "session", "A hosted session in a space"


def in_spaces(spaces, room: str = "") -> Q:
    """The rooms of these spaces that are read: a session has its own times, a chat may be switched off."""
    at = f"{room}__" if room else ""
    kinds = Q(**{f"{at}kind": RoomKind.SESSION}) | Q(
        **{f"{at}kind": RoomKind.SPACE, f"{at}space__has_chat": True}
    )
    return Q(kinds, **{f"{at}space__in": spaces})


class RoomQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """The rooms of the spaces a leader may read, and the conversations that the leader is in now."""
        if not may_come_in(leader):
            return self.none()
        mine = Participant.objects.now().filter(leader=leader).values("room")
        return self.filter(in_spaces(spaces_read_by(leader)) | Q(kind=RoomKind.DIRECT, pk__in=mine))


def _held(_):
    rooms = Room.objects.select_for_update(no_key=True, of=("self",)).select_related("space")
    return rooms.filter(pk=asking.ROOM)


_HELD = asking.Question(_held)


def hold_room(room_id: int) -> "Room":
    """A room that nobody else counts on until the transaction ends, with its space."""
    for room in _HELD.objects(room=room_id):
        return room
    raise Room.DoesNotExist


class Room(models.Model):
    """Numbered messages of some people; `version` counts every creation, edit and hiding without a gap."""

    kind = models.CharField(max_length=10, choices=RoomKind, default=RoomKind.SPACE, db_default="space")
    space = models.ForeignKey(Space, models.PROTECT, null=True, related_name="rooms")
    last_number = models.PositiveIntegerField(default=0)
    version = models.PositiveBigIntegerField(default=0)

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["space"], condition=Q(kind="space"), name="one_chat_per_space"),
            models.CheckConstraint(
                condition=Q(kind="direct", space=None) | (~Q(kind="direct") & Q(space__isnull=False)),
                name="only_conversations_without_space",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        match self.kind:
            case RoomKind.DIRECT:
                return reverse("conversation", args=[self.pk])
            case RoomKind.SESSION:
                return reverse("session", args=[self.pk])
        return reverse("chat", args=[self.space.slug])

    @property
    def title(self) -> str:
        """What everybody in it may call it; it names nobody."""
        match self.kind:
            case RoomKind.DIRECT:
                return "Conversation"
            case RoomKind.SESSION:
                return self.session.title
        return f"Chat of {self.space}"

    @property
    def is_direct(self) -> bool:
        return self.kind == RoomKind.DIRECT

    @property
    def is_session(self) -> bool:
        return self.kind == RoomKind.SESSION

    def readers(self, number: int = 2**31):
        """The leaders to whom a message of this number is visible: the rule of messages from their side."""
        if self.is_direct:
            here = self.participants.now().filter(since__lt=number)
            return Leader.objects.active().filter(pk__in=here.values("leader"))
        if self.is_session or self.space.has_chat:
            return self.space.readers()
        return Leader.objects.none()

    def heard_after(self, leader) -> int:
        """The number after which a leader hears: whoever joins a conversation later sees nothing earlier."""
        if not self.is_direct:
            return 0
        mine = self.participants.now().filter(leader=leader).values_list("since", flat=True)
        return next(iter(mine), self.last_number)


class ParticipantQuerySet(models.QuerySet):
    def now(self):
        """Those who have not left."""
        return self.filter(left_at=None)


class Participant(models.Model):
    """Somebody's time in a conversation; they see what was said after the message `since`."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="participants")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="participations")
    since = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["room", "joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "leader"], condition=Q(left_at=None), name="participant_once_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.leader} in room {self.room_id}"


class KeptOut(models.Model):
    """Somebody who may start no conversation with a leader any more; they are not told."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="kept_out")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["leader", "-at"]
        constraints = [models.UniqueConstraint(fields=["leader", "other"], name="kept_out_once")]

    def __str__(self):
        return f"{self.leader} keeps {self.other} out"


class NobodyNew(models.Model):
    """A leader with whom nobody may start a conversation; those that exist go on."""

    leader = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="nobody_new"
    )
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Nobody new for {self.leader}"
