"""Lines on a leader's list: keeping, reading and muting them. Each may come twice, and counts once."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community.models import (
    Case,
    Channel,
    HostLine,
    Letter,
    Level,
    Message,
    Notice,
    NoticeChoice,
    NoticeKind,
    Post,
    Reading,
    Thread,
    WellDone,
)
from community.models.notices import READ_WITH_THE_POST
from community.sockets import live
from leaders import preferences
from leaders.models import Leader


def tell(notices: Iterable[Notice]) -> None:
    """Keep notices of one kind for those who want them, and have them mailed to those who want that."""
    if notices := list(notices):
        channels = channels_of(notices[0].kind, [notice.leader_id for notice in notices])
        notices = [notice for notice in notices if notice.leader_id in channels]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        follow_up(channels)


def channels_of(kind: str, leaders: list[int]) -> dict[int, str]:
    """Where to tell those who want to be told of a kind at all."""
    channels = NoticeChoice.objects.channels(kind, leaders)
    return {pk: channel for pk, channel in channels.items() if channel != Channel.OFF}


def follow_up(channels: dict[int, str]) -> None:
    """Open a letter for those who want one, and have open pages count again."""
    Letter.objects.open_for(pk for pk, channel in channels.items() if channel == Channel.MAIL)
    count_again(channels.keys() - preferences.resting(channels))


@transaction.atomic
def choose(leader: Leader, channels: dict[str, str], *, source: str = "settings") -> None:
    """Keep where a leader wants to be told of each of these kinds, and the record of each said of e-mail."""
    before = NoticeChoice.objects.of(leader)
    for kind, channel in channels.items():
        NoticeChoice.objects.update_or_create(leader=leader, kind=kind, defaults={"channel": channel})
        if channel != before[kind] and Channel.MAIL in (channel, before[kind]):
            preferences.record(leader, f"{preferences.NOTICES}:{kind}", channel, source=source)


@transaction.atomic
def keep_off_mail(leader: Leader, kind: str, *, source: str) -> None:
    """Tell a leader of a kind on the site alone; where it was switched off, it stays so."""
    if NoticeChoice.objects.of(leader)[kind] == Channel.MAIL:
        choose(leader, {kind: Channel.SITE}, source=source)


@transaction.atomic
def open_notice(notice: Notice, *, leads_to: Notice | None = None) -> None:
    """The leader followed a notice to a place: that is read, and what its entry told of the same post."""
    place = leads_to or notice
    told = (
        Notice.objects.visible_to(notice.leader).beside(notice).filter(post__isnull=False, post=place.post_id)
    )
    told = told.exclude(kind__in=[*READ_WITH_THE_POST, NoticeKind.REPLY]).values("pk")
    read = Q(pk=place.pk) | Q(pk__in=told)
    if Notice.objects.filter(read, read_at=None).update(read_at=timezone.now()):
        count_again([notice.leader_id])


@transaction.atomic
def open_all(leader: Leader) -> None:
    """Mark every notice of a leader as read."""
    if Notice.objects.filter(leader=leader, read_at=None).update(read_at=timezone.now()):
        count_again([leader.pk])


@transaction.atomic
def mute(thread: Thread, *, by: Leader) -> str:
    """Hear no more of a thread; what it told already is read. The level that was chosen for it before."""
    before = Reading.objects.filter(leader=by, thread=thread).values_list("level", flat=True).first() or ""
    Reading.objects.update_or_create(leader=by, thread=thread, defaults={"level": Level.MUTED})
    told = Notice.objects.filter(leader=by, thread=thread, read_at=None)
    told.filter(kind__in=[*READ_WITH_THE_POST, NoticeKind.REPLY]).update(read_at=timezone.now())
    count_again([by.pk])
    return before


def muted(threads: Iterable[int], *, by: Leader) -> set[int]:
    """Which of these threads a leader has muted."""
    mine = Reading.objects.filter(leader=by, thread__in=set(threads) - {None}, level=Level.MUTED)
    return set(mine.values_list("thread", flat=True))


@transaction.atomic
def forget_thanks(item: Post | Message, by: Leader) -> None:
    """A thank-you was taken back: its line and its words go too."""
    told = Notice.objects.filter(kind=NoticeKind.THANKS, cause=cause_of_thanks(item, by))
    leaders = list(told.values_list("leader", flat=True))
    told.delete()
    count_again(leaders)


def recount(item: Post | Thread | Case | Message | HostLine | WellDone) -> None:
    """Something changed: whoever has a line about its thread, room or case may have one more or less."""
    match item:
        case Case():
            about = Q(case=item)
        case Message():
            about = Q(message=item) | Q(room=item.room_id)
        case Post():
            about = Q(thread=item.thread_id)
        case Thread():
            about = Q(thread=item)
        case WellDone():
            about = Q(well_done=item)
        case HostLine():
            return  # no notice is about one
    told = Notice.objects.filter(about, read_at=None).order_by()
    count_again(told.values_list("leader", flat=True).distinct())


def count_again(leaders: Iterable[int]) -> None:
    """Have the open pages of these leaders fetch their number."""
    for pk in leaders:
        live.push(live.leader_topic(pk), {"type": "notices"})


def cause_of_thanks(item: Post | Message, by: Leader) -> str:
    return f"thanks:{'message:' if isinstance(item, Message) else ''}{item.pk}:{by.pk}"


def place_of(item: Post | Message) -> dict:
    if isinstance(item, Message):
        return {"space": item.room.space, "room": item.room, "message": item}
    return {"space": item.space, "thread": item.thread, "post": item}
