"""Whether what is stored still holds together: no hole, no double, no figure that is wrong."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest, Least

from community.models import (
    Attachment,
    Message,
    Post,
    Reading,
    Relocation,
    Room,
    RoomReading,
    Thread,
    Transfer,
)

SHOWN_AT_MOST = 20  # findings of one kind


def findings() -> Iterator[str]:
    """A sentence for each thing that does not hold together; none is how it should be."""
    for sentence, broken in _questions():
        for pk in broken.order_by("pk").values_list("pk", flat=True)[:SHOWN_AT_MOST]:
            yield sentence.format(pk)
    for attachment in islice(_lost(), SHOWN_AT_MOST):
        yield f"Attachment {attachment.pk}: its file is missing."


def _lost() -> Iterator[Attachment]:
    """The attachments that were restored, or moved, without their files."""
    for attachment in Attachment.objects.order_by("pk").iterator():
        if not all(file.storage.exists(file.name) for file in (attachment.file, attachment.small) if file):
            yield attachment


def _questions() -> Iterator[tuple[str, QuerySet]]:
    """What must never be found, each as a sentence and the rows it would be about."""
    yield "Thread {}: its posts are not numbered from 1 to the last without a hole.", _holed_threads()
    yield "Thread {}: the number of posts that it says is not how many are shown.", _miscounted()
    yield "Thread {}: what it says is its last post is not the last one shown.", _mislast()
    yield "Post {}: it is in another space than its thread.", _astray()
    yield (
        "Thread {}: nobody can write in it, as if posts were on their way, and none are.",
        Thread.objects.filter(is_moving=True).exclude(pk__in=_on_the_way()),
    )
    yield (
        "Relocation {}: none of its posts has gone for an hour. Its moderators can end it at the desk.",
        Relocation.objects.stuck(),
    )
    yield (
        "Room {}: its messages are not numbered from 1 to the last without a hole.",
        _holed_rooms(),
    )
    yield "Room {}: a message has a version that the room has not reached.", _ahead()
    yield "Room {}: it is of a session that has no times.", Room.objects.filter(kind="session", session=None)
    yield (
        "Room {}: nobody was ever in this conversation.",
        Room.objects.filter(kind="direct", participants=None),
    )
    yield (
        "Message {}: it answers a message of another room, or one that came after it.",
        Message.objects.filter(reply_to__isnull=False).filter(
            ~Q(reply_to__room=F("room")) | Q(reply_to__number__gte=F("number"))
        ),
    )
    yield "Message {}: its version is lower than its number.", Message.objects.filter(version__lt=F("number"))
    yield "Reading {}: a mark is beyond the last post.", _beyond(Reading, "thread")
    yield "Reading {} of a room: the mark is beyond the last message.", _beyond(RoomReading, "room")


def _holed_threads() -> QuerySet:
    """Each number is that of a post, or of one that left with a split or a merge."""
    left = Transfer.objects.filter(thread=OuterRef("pk")).order_by().values("thread")
    gone = Subquery(left.annotate(n=Sum(F("last") - F("first") + 1)).values("n"))
    begin = Subquery(left.annotate(n=Min("first")).values("n"))
    end = Subquery(left.annotate(n=Max("last")).values("n"))
    counted = Thread.objects.annotate(
        n=Count("posts") + Coalesce(gone, 0),
        first=Coalesce(Least(Min("posts__number"), begin), 1),
        last=Greatest(Coalesce(Max("posts__number"), 0), Coalesce(end, 0)),
    )
    return counted.exclude(n=F("last_number"), last=F("last_number"), first=1)


def _astray() -> QuerySet:
    """But for those that follow a thread that moved lately."""
    return Post.objects.exclude(space=F("thread__space")).exclude(thread__is_moving=True)


def _on_the_way() -> QuerySet:
    going = Relocation.objects.going().order_by()
    return going.values("thread").union(going.values("to"), all=True)


def _holed_rooms() -> QuerySet:
    counted = Room.objects.annotate(
        n=Count("messages"),
        first=Coalesce(Min("messages__number"), 1),
        last=Coalesce(Max("messages__number"), 0),
    )
    return counted.exclude(n=F("last_number"), last=F("last_number"), first=1)


def _miscounted() -> QuerySet:
    shown = Post.objects.filter(thread=OuterRef("pk"), hidden_at=None).order_by().values("thread")
    number = Subquery(shown.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Thread.objects.annotate(n=Coalesce(number, 0)).exclude(n=F("shown_count"))


def _mislast() -> QuerySet:
    shown = Post.objects.filter(thread=OuterRef("pk"), hidden_at=None).order_by("-number")
    last = Coalesce(Subquery(shown.values("pk")[:1]), 0)
    return Thread.objects.annotate(last=last).exclude(last=Coalesce(F("last_post"), 0))


def _ahead() -> QuerySet:
    return Room.objects.filter(messages__version__gt=F("version")).distinct()


def _beyond(model: type[Reading] | type[RoomReading], place: str) -> QuerySet:
    marks = [name for name in ("read_up_to", "mailed_up_to") if hasattr(model, name)]
    beyond = Q()
    for mark in marks:
        beyond |= Q(**{f"{mark}__gt": F(f"{place}__last_number")})
    return model.objects.filter(beyond)
