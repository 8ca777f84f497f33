"""Where each leader wants to be told of what."""

from django.conf import settings
from django.db import models

from community.models.notices import NoticeKind
from leaders.models import Consent


class Channel(models.TextChoices):
    OFF = "off", "Not at all"
    SITE = "site", "On the site"
    MAIL = "mail", "On the site and by e-mail"


OF_WHAT = {
    NoticeKind.REPLY: "Replies in threads that I watch",
    NoticeKind.THREAD: "New threads in spaces that I watch",
    NoticeKind.SESSION: "A session is planned, moved or cancelled in a space that I watch",
    NoticeKind.MENTION: "Somebody mentions me",
    NoticeKind.CHAT_MENTION: "Somebody mentions me in a chat",
    NoticeKind.DIRECT: "Somebody writes in a conversation that I am in",
    NoticeKind.CHAT: "New messages in chats that I watch",
    NoticeKind.CARRIED: "A thread carries on what I said in a chat",
    NoticeKind.QUOTE: "Somebody quotes me",
    NoticeKind.THANKS: "Somebody thanks me",
    NoticeKind.ANSWER: "My reply is marked as the answer",
    NoticeKind.ANSWERED: "My question gets an answer",
    NoticeKind.MODERATION: "A moderator decides something about my words",
    NoticeKind.REPORT: "The outcome of something I reported",
    NoticeKind.MEMBERSHIP: "My cohorts and spaces change",
    NoticeKind.WELL_DONE: "Somebody says well done to me",
    NoticeKind.CASE: "A report waits on my desk",
    NoticeKind.FIRST_POST: "A newcomer’s first post has waited a day",
}
BY_MAIL = (
    NoticeKind.MENTION,
    NoticeKind.CHAT_MENTION,
    NoticeKind.DIRECT,
    NoticeKind.ANSWER,
    NoticeKind.ANSWERED,
    NoticeKind.MODERATION,
    NoticeKind.MEMBERSHIP,
)
NEVER_OFF = (NoticeKind.MODERATION, NoticeKind.REPORT, NoticeKind.MEMBERSHIP, NoticeKind.CASE)


def usual(kind: str) -> Channel:
    """Where one is told of a kind as long as one has chosen nothing."""
    return Channel.MAIL if kind in BY_MAIL else Channel.SITE


def chosen_in_words(consent: Consent) -> str:
    """As in: Somebody thanks me: on the site and by e-mail."""
    kind = consent.kind.partition(":")[2]
    if kind in OF_WHAT and consent.choice in Channel.values:
        return f"{OF_WHAT[kind]}: {Channel(consent.choice).label.lower()}"
    return consent.sentence


class NoticeChoiceQuerySet(models.QuerySet):
    def channels(self, kind: str, leaders) -> dict[int, str]:
        """Where each of these leaders, by primary key, wants to be told of a kind."""
        leaders = list(leaders)
        chosen = self.filter(kind=kind, leader__in=leaders).values_list("leader", "channel")
        return {**dict.fromkeys(leaders, usual(kind)), **dict(chosen)}

    def of(self, leader) -> dict[str, str]:
        """Where one leader wants to be told of each kind."""
        chosen = self.filter(leader=leader).values_list("kind", "channel")
        return {**{kind: usual(kind) for kind in NoticeKind.values}, **dict(chosen)}


class NoticeChoice(models.Model):
    """A leader's own choice for one kind of notice."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    channel = models.CharField(max_length=4, choices=Channel)

    objects = NoticeChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["leader", "kind"], name="notice_chosen_once"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=NEVER_OFF, channel="off"), name="notice_that_is_never_off"
            ),
        ]

    def __str__(self):
        return f"{self.leader}: {self.kind} {self.channel}"
