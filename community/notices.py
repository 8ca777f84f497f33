"""Who hears of what. Each may run twice, and asks again who may still know: both may have changed."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community import belonging, live
from community.models import (
    Case,
    Channel,
    Decision,
    JoinRequest,
    Letter,
    Level,
    Mention,
    Message,
    Notice,
    NoticeChoice,
    NoticeKind,
    Post,
    Quote,
    Reading,
    Session,
    SpaceLevel,
    Thanks,
    Thread,
    ThreadKind,
    WellDone,
)
from community.models.notices import READ_WITH_THE_POST
from leaders import preferences
from leaders.models import Leader

Verb = Decision.Verb

WELCOME_WITHIN = timedelta(hours=24)
PROMPTED_FOR = timedelta(days=30)  # after an outage, and not for the years before

DECIDED = {
    Verb.HIDE: "A moderator has hidden your {noun}.",
    Verb.RESTORE: "A moderator has let your {noun} be seen again.",
    Verb.HIDE_REVISION: "A moderator has hidden a former text of your post.",
    Verb.RESTORE_REVISION: "A moderator has let a former text of your post be seen again.",
    Verb.CLOSE: "A moderator has closed your thread.",
    Verb.REOPEN: "A moderator has opened your thread again.",
    Verb.PIN: "A moderator has pinned your thread.",
    Verb.UNPIN: "A moderator has unpinned your thread.",
    Verb.MOVE: "A moderator has moved your thread.",
    Verb.SUSPEND: "A moderator has suspended your account for a while.",
    Verb.LIFT: "A moderator has ended the suspension of your account.",
}

# To whoever started the thread, and to those with posts that left it. Titles stay out: one may have left too.
CARRIED = {
    Verb.SPLIT: (
        "A moderator has moved posts of your thread to a new thread.",
        "A moderator has moved posts of yours to a new thread.",
    ),
    Verb.MERGE: (
        "A moderator has merged your thread into another one.",
        "A moderator has merged a thread with posts of yours into another one.",
    ),
}


@transaction.atomic
def announce_post(post: Post) -> None:
    """Tell those whom a post names, and, the first time, those who watch its thread or its space."""
    if not Post.objects.shown().told().filter(pk=post.pk).exists():
        return
    listening = _listening(post)
    named = set(Mention.objects.filter(post=post, leader__in=listening).values_list("leader", flat=True))
    tell(
        Notice(
            leader_id=pk, kind=NoticeKind.MENTION, cause=f"mention:{post.pk}", actor=post.author, **_at(post)
        )
        for pk in named
    )
    quoted = _tell_quoted(post, listening.exclude(pk__in=named))
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
        cause = _cause_of_thanks(item, thanks.by)
        told = {"kind": NoticeKind.THANKS, "cause": cause, "actor": thanks.by, "words": thanks.words}
        tell([Notice(leader=item.author, **told, **_at(item))])


@transaction.atomic
def tell_answerer(post: Post) -> None:
    """Tell an author once that their reply is the answer, and whoever asked of it, while it is."""
    thread = Thread.objects.filter(answer=post, kind=ThreadKind.QUESTION).first()
    if thread is None:
        return
    told = {"actor": thread.answer_marked_by, **_at(post)}
    if _is_news(post, to=post.author, by=thread.answer_marked_by_id):
        tell([Notice(leader=post.author, kind=NoticeKind.ANSWER, cause=f"answer:{post.pk}", **told)])
    if thread.author_id != post.author_id and _is_news(post, to=thread.author, by=thread.answer_marked_by_id):
        tell([Notice(leader=thread.author, kind=NoticeKind.ANSWERED, cause=f"answered:{post.pk}", **told)])


def _is_news(post: Post, *, to: Leader | None, by: int | None) -> bool:
    """Whether somebody can see a post and did not do themselves what is told of it."""
    if to is None or to.pk == by:
        return False
    return Post.objects.visible_to(to).shown().filter(pk=post.pk).exists()


@transaction.atomic
def tell_praised(said: WellDone) -> None:
    """Tell a leader who said well done, if they hear that person."""
    if WellDone.objects.visible_to(said.to).filter(pk=said.pk).exists():
        told = {"kind": NoticeKind.WELL_DONE, "cause": f"well_done:{said.pk}", "actor": said.by}
        tell([Notice(leader=said.to, well_done=said, **told)])


@transaction.atomic
def tell_author(decision: Decision) -> None:
    """Tell whom a decision concerns what was decided and why; neither who decided nor who reported."""
    leader = decision.concerns
    if leader is None or leader.pk == decision.by_id:
        return
    sentence = DECIDED[decision.verb].format(noun=_noun(decision))
    told = {"kind": NoticeKind.MODERATION, "cause": f"decision:{decision.pk}"}
    words = f"{sentence} The reason: {decision.reason}"
    tell([Notice(leader=leader, **told, words=words, space=decision.space, thread=_thread(decision))])


@transaction.atomic
def tell_moderators(case: Case) -> None:
    """Tell those who may decide about a new case that it waits; never whom it is about."""
    if case.is_open:
        told = {"kind": NoticeKind.CASE, "cause": f"opened:{case.pk}", "case": case, "space": case.space}
        tell(Notice(leader=each, **told) for each in case.deciders())


@transaction.atomic
def prompt_moderators() -> int:
    """Ask them once for each first post to answer it, when it has waited a day; return how many were told."""
    now = timezone.now()
    threads = Thread.objects.filter(last_post_at__gt=now - PROMPTED_FOR).perhaps_waiting_for_welcome()
    lately = Post.objects.filter(
        thread__in=list(threads.values_list("pk", flat=True)),
        created_at__range=(now - PROMPTED_FOR, now - WELCOME_WITHIN),
    )
    told = [
        Notice(leader=moderator, kind=NoticeKind.FIRST_POST, cause=f"first:{post.pk}", **_at(post))
        for post in lately.waiting_for_welcome().select_related("space", "thread")
        for moderator in _not_prompted(post)
    ]
    tell(told)
    return len(told)


@transaction.atomic
def tell_carried(decision: Decision) -> None:
    """Tell the author of a thread, and those of the posts that left it, one line each."""
    told = {"kind": NoticeKind.MODERATION, "cause": f"decision:{decision.pk}"}
    place = {"space": decision.space, "thread_id": decision.detail["to"]}
    own, others = CARRIED[decision.verb]
    starter = decision.thread.author_id
    tell(
        Notice(leader_id=pk, **told, **place, words=f"{sentence} The reason: {decision.reason}")
        for pk in sorted(_carried_authors(decision) - {decision.by_id})
        for sentence in [own if pk == starter else others]
    )


def _carried_authors(decision: Decision) -> set[int]:
    numbers = decision.detail["first"], decision.detail["last"]
    carried = Post.objects.filter(thread=decision.detail["to"], number__range=numbers, withdrawn_at=None)
    return {decision.thread.author_id, *carried.order_by().values_list("author", flat=True).distinct()} - {
        None
    }


@transaction.atomic
def tell_reporters(case: Case) -> None:
    """Tell those who reported an item the outcome; neither whose it was nor who decided."""
    if case.is_open:
        return
    told = {
        "kind": NoticeKind.REPORT,
        "cause": f"case:{case.pk}",
        "space": case.space,
        "thread": _thread(case),
    }
    words = f"Thank you for your report. {case.outcome}"
    reporters = case.reports.exclude(by=None).values_list("by", flat=True)
    tell(Notice(leader_id=pk, **told, words=words) for pk in reporters)


@transaction.atomic
def tell_member(request: JoinRequest) -> None:
    """Tell a leader the answer to a request to join a space."""
    if request.decided_at is None:
        return
    if request.accepted:
        words = f"You now belong to {request.space}."
    else:
        words = f"Your request to join {request.space} was declined. The reason: {request.reason}"
    told = {"kind": NoticeKind.MEMBERSHIP, "cause": f"request:{request.pk}"}
    tell([Notice(leader=request.leader, **told, words=words, space=request.space)])


@transaction.atomic
def tell_followers(session: Session) -> None:
    """Tell those who watch its space that a session is planned, moved or cancelled; the last news counts."""
    space = session.room.space
    levels = {"space_levels__space": space, "space_levels__level": Level.WATCHING}
    watching = space.readers().filter(**levels).exclude(pk=session.planned_by_id)
    told = {"kind": NoticeKind.SESSION, "space": space, "cause": f"session:{session.pk}:{session.sequence}"}
    before = Notice.objects.filter(leader__in=watching, kind=NoticeKind.SESSION, read_at=None)
    before.filter(cause__startswith=f"session:{session.pk}:").update(read_at=timezone.now())
    tell(Notice(leader=each, words=_of_session(session, each), **told) for each in watching)


def _of_session(session: Session, reader: Leader) -> str:
    start = f"{session.starts_at.astimezone(reader.zone):%A %-d %B, %H:%M}"
    if session.is_cancelled:
        return f"The session “{session}” on {start} is cancelled."
    what = "is now" if session.sequence else "is planned"
    return f"The session “{session}” {what} on {start}."


@transaction.atomic
def tell_of_places() -> None:
    """Tell leaders of the cohorts and spaces that opened or closed to them; each change once."""
    tell(belonging.changes())


@transaction.atomic
def choose(leader: Leader, channels: dict[str, str]) -> None:
    """Keep where a leader wants to be told of each of these kinds."""
    for kind, channel in channels.items():
        NoticeChoice.objects.update_or_create(leader=leader, kind=kind, defaults={"channel": channel})


@transaction.atomic
def keep_off_mail(leader: Leader, kind: str) -> None:
    """Tell a leader of a kind on the site alone; where it was switched off, it stays so."""
    if NoticeChoice.objects.of(leader)[kind] == Channel.MAIL:
        choose(leader, {kind: Channel.SITE})


@transaction.atomic
def open_notice(notice: Notice) -> None:
    """The leader followed a notice, so it is read."""
    if Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now()):
        count_again([notice.leader_id])


@transaction.atomic
def open_all(leader: Leader) -> None:
    """Mark every notice of a leader as read."""
    if Notice.objects.filter(leader=leader, read_at=None).update(read_at=timezone.now()):
        count_again([leader.pk])


@transaction.atomic
def mute(thread: Thread, *, by: Leader) -> None:
    """Hear no more of a thread; what it told already is read."""
    Reading.objects.update_or_create(leader=by, thread=thread, defaults={"level": Level.MUTED})
    told = Notice.objects.filter(leader=by, thread=thread, read_at=None)
    told.filter(kind__in=[*READ_WITH_THE_POST, NoticeKind.REPLY]).update(read_at=timezone.now())
    count_again([by.pk])


@transaction.atomic
def forget_thanks(item: Post | Message, by: Leader) -> None:
    """A thank-you was taken back: its line and its words go too."""
    told = Notice.objects.filter(kind=NoticeKind.THANKS, cause=_cause_of_thanks(item, by))
    leaders = list(told.values_list("leader", flat=True))
    told.delete()
    count_again(leaders)


def recount(item: Post | Thread | Case | Message) -> None:
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
    told = Notice.objects.filter(about, read_at=None).order_by()
    count_again(told.values_list("leader", flat=True).distinct())


def count_again(leaders: Iterable[int]) -> None:
    """Have the open pages of these leaders fetch their number."""
    for pk in leaders:
        live.push(live.leader_topic(pk), {"type": "notices"})


def _listening(post: Post):
    """Those who can read a post, but for its author and those who muted its thread or its space."""
    chosen = Reading.objects.filter(thread=post.thread_id, level__isnull=False).values("leader")
    muted = Reading.objects.filter(thread=post.thread_id, level=Level.MUTED).values("leader")
    space_muted = SpaceLevel.objects.filter(space=post.space_id, level=Level.MUTED).values("leader")
    readers = post.space.readers().exclude(pk__in=muted).exclude(Q(pk__in=space_muted) & ~Q(pk__in=chosen))
    return readers.exclude(pk=post.author_id) if post.author_id else readers


def _not_prompted(post: Post):
    """The moderators who were not yet told that this first post waits."""
    told = Notice.objects.filter(kind=NoticeKind.FIRST_POST, post=post)
    return post.space.moderators().exclude(pk__in=told.values("leader"))


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


def _tell_quoted(post: Post, listening: QuerySet[Leader]) -> set[int]:
    """Tell those whose words a post quotes and answers; return who they are."""
    authors = Quote.objects.filter(post=post, quoted__author__isnull=False).values("quoted__author")
    quoted = set(listening.filter(pk__in=authors).values_list("pk", flat=True))
    told = {"kind": NoticeKind.QUOTE, "cause": f"quote:{post.pk}", "actor": post.author}
    tell(Notice(leader_id=pk, **told, **_at(post)) for pk in sorted(quoted))
    return quoted


def _tell_of_thread(post: Post, listening: QuerySet[Leader]) -> None:
    watching = listening.filter(space_levels__space=post.space_id, space_levels__level=Level.WATCHING)
    told = {"kind": NoticeKind.THREAD, "cause": f"thread:{post.thread_id}", "actor": post.author}
    tell(Notice(leader=leader, **told, **_at(post)) for leader in watching)


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


def _cause_of_thanks(item: Post | Message, by: Leader) -> str:
    return f"thanks:{'message:' if isinstance(item, Message) else ''}{item.pk}:{by.pk}"


def _at(item: Post | Message) -> dict:
    if isinstance(item, Message):
        return {"space": item.room.space, "room": item.room, "message": item}
    return {"space": item.space, "thread": item.thread, "post": item}


def _noun(decision: Decision) -> str:
    return "post" if decision.post_id else "message" if decision.message_id else "thread"


def _thread(about: Decision | Case) -> Thread | None:
    if about.post_id:
        return about.post.thread
    return getattr(about, "thread", None)
