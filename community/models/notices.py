"""Lines that tell a leader that something concerns them."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from community.models.chat import Message, RoomReading
from community.models.moderation import Case as ModerationCase
from community.models.posts import Post
from community.models.reading import Level, Reading, SpaceLevel
from community.models.rooms import Room
from community.models.spaces import Space, spaces_moderated_by, spaces_read_by
from community.models.threads import Thread
from community.models.well_done import WellDone


class NoticeKind(models.TextChoices):
    """Why a leader is told."""

    REPLY = "reply", "You watch this thread"
    THREAD = "thread", "You watch this space"
    MENTION = "mention", "You were mentioned"
    QUOTE = "quote", "Somebody quoted you"
    THANKS = "thanks", "Somebody thanked you"
    ANSWER = "answer", "Your reply answers a question"
    ANSWERED = "answered", "You asked this question"
    MODERATION = "moderation", "A moderator decided something about your words"
    REPORT = "report", "You reported something"
    MEMBERSHIP = "membership", "Your spaces changed"
    CASE = "case", "You moderate this space"
    FIRST_POST = "first_post", "You moderate this space"
    WELL_DONE = "well_done", "Somebody said well done"
    SESSION = "session", "You watch this space"
    CHAT_MENTION = "chat_mention", "You were mentioned in a chat"
    DIRECT = "direct", "You are in this conversation"
    CHAT = "chat", "You watch this chat"
    CARRIED = "carried", "A thread carries on what you said in a chat"


ABOUT_A_POST = (
    NoticeKind.MENTION,
    NoticeKind.QUOTE,
    NoticeKind.THANKS,
    NoticeKind.ANSWER,
    NoticeKind.ANSWERED,
    NoticeKind.THREAD,
    NoticeKind.CARRIED,
)
OF_AN_ANSWER = (NoticeKind.ANSWER, NoticeKind.ANSWERED)
READ_WITH_THE_POST = (NoticeKind.MENTION, NoticeKind.QUOTE, NoticeKind.THREAD)
WITH_THEIR_OWN_RULE = (NoticeKind.REPLY, NoticeKind.WELL_DONE, NoticeKind.SESSION)
TOGETHER = (NoticeKind.REPLY, *ABOUT_A_POST)  # those of one thread are one entry of the list
OF_A_DECISION = (NoticeKind.MODERATION, NoticeKind.REPORT)
FOR_MODERATORS = (NoticeKind.CASE, NoticeKind.FIRST_POST)

ABOUT_A_MESSAGE = (NoticeKind.CHAT_MENTION,)
OF_A_ROOM = (NoticeKind.DIRECT, NoticeKind.CHAT)
READ_IN_THE_ROOM = (*ABOUT_A_MESSAGE, *OF_A_ROOM)

AN_HOUR = timedelta(hours=1)  # posts that were written side by side may get their keys in another order


def replies(among):
    """The replies, among some, that a notice stands for: its post and later ones, told, but the leader's."""
    its_own = Post.objects.filter(pk=OuterRef(OuterRef("post"))).order_by()
    return (
        Post.objects.shown()
        .told()
        .filter(among, thread=OuterRef("thread"), pk__gte=OuterRef("post"))
        # True of all these: a long thread is looked at from there on, not from its beginning.
        .filter(created_at__gt=Subquery(its_own.values("created_at")) - AN_HOUR)
        .exclude(author=OuterRef("leader"))
    )


def said(messages):
    """The messages, among some, that a notice stands for: its own and later ones, but the leader's."""
    later = messages.shown().filter(room=OuterRef("room"), pk__gte=OuterRef("message"), is_note=False)
    return later.exclude(author=OuterRef("leader"))


def waits_for(moderator) -> Q:
    """What a moderator is asked to do, as long as they may and nobody has done it."""
    moderated = spaces_moderated_by(moderator)
    firsts = Post.objects.waiting_for_welcome().filter(pk=OuterRef("post"), space__in=moderated)
    cases = Q(case__in=ModerationCase.objects.visible_to(moderator).filter(closed_at=None).values("pk"))
    return Q(kind=NoticeKind.CASE) & cases | Q(kind=NoticeKind.FIRST_POST) & Exists(firsts)


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """A leader's notices, but for those about words that they may no longer see."""
        spaces = spaces_read_by(leader)
        # One row at a time: a list of all that one may see would be made anew for each page.
        seen = Post.objects.shown().filter(space__in=spaces, pk=OuterRef("post"))
        answers = seen.filter(thread__answer=F("pk"))
        praise = WellDone.objects.visible_to(leader).filter(pk=OuterRef("well_done"))
        messages = Message.objects.visible_to(leader)
        told = messages.shown().filter(pk=OuterRef("message"))
        # The kind comes first: PostgreSQL asks in this order, and most of what follows is of other kinds.
        return self.filter(leader=leader).filter(
            ~Q(kind__in=[*ABOUT_A_POST, *FOR_MODERATORS, *READ_IN_THE_ROOM, *WITH_THEIR_OWN_RULE])
            | Q(kind__in=[*ABOUT_A_MESSAGE, NoticeKind.THANKS]) & Exists(told)
            | Q(kind__in=OF_A_ROOM) & Exists(said(messages))
            | Q(kind__in=OF_AN_ANSWER) & Exists(answers)
            | Q(kind__in=[kind for kind in ABOUT_A_POST if kind not in OF_AN_ANSWER]) & Exists(seen)
            | Q(kind=NoticeKind.REPLY) & Exists(replies(Q(space__in=spaces)))
            | waits_for(leader)
            | Q(kind=NoticeKind.SESSION, space__in=spaces)
            | Q(kind=NoticeKind.WELL_DONE) & Exists(praise)
        )

    def unread(self):
        """Notices not opened, about words that were not read in their thread or room either."""
        marked = self.with_mark().filter(read_at=None)
        later = replies(Q(number__gt=OuterRef("mark")))
        unheard = said(Message.objects.filter(number__gt=OuterRef("room_mark")))
        # Each asked for where a notice is of this kind: joined, they would be looked up for all.
        message = Message.objects.filter(pk=OuterRef("message"), number__gt=OuterRef("room_mark"))
        post = Post.objects.filter(pk=OuterRef("post"), number__gt=OuterRef("mark"))
        return marked.filter(
            ~Q(kind__in=[*READ_WITH_THE_POST, *READ_IN_THE_ROOM, NoticeKind.REPLY])
            | Q(kind__in=ABOUT_A_MESSAGE) & Exists(message)
            | Q(kind__in=OF_A_ROOM) & Exists(unheard)
            | Q(kind__in=READ_WITH_THE_POST) & (Q(is_late=True) | Exists(post))
            | Q(kind=NoticeKind.REPLY) & Exists(later)
        )

    def with_level(self):
        """For filters: each with `level`, how closely its leader follows its thread, or else the space."""
        mine = Reading.objects.filter(leader=OuterRef("leader"), thread=OuterRef("thread"))
        place = SpaceLevel.objects.filter(leader=OuterRef("leader"), space=OuterRef("thread__space"))
        chosen = Subquery(mine.values("level")), Subquery(place.values("level"))
        return self.alias(level=Coalesce(*chosen, Value(Level.NORMAL.value)))

    def with_mark(self):
        """Each with `mark`, how far the leader has read its thread, and `room_mark`, how far its room."""
        mine = Reading.objects.filter(leader=OuterRef("leader"), thread=OuterRef("thread"))
        heard = RoomReading.objects.filter(leader=OuterRef("leader"), room=OuterRef("room"))
        return self.annotate(
            mark=Coalesce(Subquery(mine.values("read_up_to")[:1]), 0),
            room_mark=Coalesce(Subquery(heard.values("read_up_to")[:1]), 0),
        )

    def with_replies(self, leader):
        """Each with how many `replies`, or how much `said` in a room, it stands for; unread until opened."""
        spaces = spaces_read_by(leader)
        until = Coalesce(OuterRef("read_at"), Now())
        meant = replies(Q(space__in=spaces)).filter(number__gt=OuterRef("floor"), created_at__lte=until)
        number_of = meant.order_by().values("thread").annotate(n=Count("pk")).values("n")
        heard = said(Message.objects.visible_to(leader))
        heard = heard.filter(number__gt=OuterRef("room_floor"), created_at__lte=until)
        talk = heard.order_by().values("room").annotate(n=Count("pk")).values("n")
        floor, room_floor = (
            Case(When(read_at=None, then=F(mark)), default=0) for mark in ("mark", "room_mark")
        )
        of_replies, of_talk = Q(kind=NoticeKind.REPLY), Q(kind__in=OF_A_ROOM)
        return (
            self.with_mark()
            .with_entry()
            .annotate(floor=floor, room_floor=room_floor)
            .annotate(
                replies=Case(When(of_replies, then=Coalesce(Subquery(number_of), 0)), default=0),
                first=Case(When(of_replies, then=Subquery(meant.order_by("pk").values("pk")[:1]))),
                said=Case(When(of_talk, then=Coalesce(Subquery(talk), 0)), default=0),
            )
        )

    def with_entry(self):
        """Each with `entry`, the same for all that is told of one thread."""
        of_a_thread = Q(kind__in=TOGETHER, thread__isnull=False)
        return self.annotate(entry=Case(When(of_a_thread, then=F("thread_id")), default=-F("pk")))

    def entries(self):
        """The entries of a list, the newest first, each with the `keys` of its notices."""
        keys = ArrayAgg("pk", order_by=["-at", "-pk"])
        found = self.order_by().with_entry().values("entry").annotate(newest=Max("at"), keys=keys)
        return found.order_by("-newest", "-entry")

    def beside(self, notice):
        """A notice and what stood in the same entry when it came."""
        if notice.kind in TOGETHER and notice.thread_id:
            return self.filter(
                leader=notice.leader_id, thread=notice.thread_id, kind__in=TOGETHER, at__lte=notice.at
            )
        return self.filter(pk=notice.pk)

    def mark_mailed(self, at=None):
        """They were told by e-mail, with what stood there by then, and are told in no other one."""
        return self.filter(mailed_at=None).update(mailed_at=at or timezone.now())


class Notice(models.Model):
    """One line for one leader; all unread replies in one thread are one line."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    cause = models.CharField(
        max_length=60, null=True, help_text="What it tells of, so that nothing is told twice."
    )
    space = models.ForeignKey(Space, models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(
        Post, models.CASCADE, null=True, related_name="+", help_text="The first one that is meant."
    )
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, null=True, db_index=False, related_name="+")
    case = models.ForeignKey(ModerationCase, models.CASCADE, null=True, db_index=False, related_name="+")
    well_done = models.ForeignKey(WellDone, models.CASCADE, null=True, db_index=False, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    words = models.TextField(
        blank=True, help_text="A sentence for this leader, such as a moderator's reason."
    )
    is_late = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Its post was read before this was told, by an edit: the mark says nothing of it.",
    )
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "kind", "thread"],
                condition=Q(read_at=None, kind="reply"),
                name="one_unread_reply_notice_per_thread",
            ),
            models.UniqueConstraint(
                fields=["leader", "kind", "room"],
                condition=Q(read_at=None, kind__in=["chat", "direct"]),
                name="one_unread_notice_per_room",
            ),
            models.UniqueConstraint(fields=["leader", "cause"], name="notice_told_once"),
        ]
        indexes = [
            models.Index(fields=["leader", "-at"], name="notice_list"),
            models.Index(fields=["leader"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(
                fields=["well_done"], condition=Q(well_done__isnull=False), name="notice_of_well_done"
            ),
            models.Index(fields=["room"], condition=Q(room__isnull=False), name="notice_of_room"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.leader})"
