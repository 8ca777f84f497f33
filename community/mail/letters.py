"""E-mails about notices: after a while, all that waits in one, if it is still unread and permitted."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from community import first_words
from community.inbound import reply_keys
from community.mail import delivery, sentences
from community.mail.contents import standing
from community.models import (
    Channel,
    Letter,
    Level,
    MailRule,
    Notice,
    NoticeChoice,
    NoticeKind,
    Post,
    Space,
    SpaceKind,
    Thread,
)
from community.models.notices import READ_WITH_THE_POST
from community.models.posts import told_until
from community.models.waiting import Inquiry
from community.telling import entries
from community.telling.entries import Entry
from leaders import mail, preferences
from leaders.models import Leader

AT_MOST = 20  # entries told one by one
IN_A_THREAD = (NoticeKind.REPLY, NoticeKind.MENTION, NoticeKind.THREAD, NoticeKind.THANKS, NoticeKind.ANSWER)
WITH_WORDS = (*READ_WITH_THE_POST, NoticeKind.REPLY, NoticeKind.ANSWERED, NoticeKind.CARRIED)
WORDS_AT_MOST = 3  # posts of one entry of which the first words are told
FIRST_IN_SUBJECT = 120


@dataclass(frozen=True)
class Words:
    """How a post begins."""

    by: str
    excerpt: str

    @property
    def lines(self) -> str:
        """The same in lines of plain text."""
        return textwrap.fill(f"{self.by}: {self.excerpt}", 72, initial_indent="  ", subsequent_indent="  ")


@dataclass(frozen=True)
class Line:
    """What one entry says in a letter, as far as its space lets it leave."""

    text: str
    href: str
    why: str
    mute: str = ""
    words: tuple[Words, ...] = ()


@dataclass
class Bundle:
    """All that one letter tells."""

    lines: list[Line] = field(default_factory=list)
    more: int = 0
    marks: dict = field(default_factory=lambda: {"notices": []})
    spaces: set[Space] = field(default_factory=set)
    posts: dict[int, tuple] = field(default_factory=dict)
    # For how much each stands, and how: with words that the letter may not say, so no log shows it.
    notices: dict[int, tuple[int, tuple]] = field(default_factory=dict, repr=False)
    thread: Thread | None = None  # if all of it is about words in this one

    @property
    def count(self) -> int:
        return len(self.lines) + self.more

    @property
    def subject(self) -> str:
        """The sentence itself, or the first one and how many there are beside it."""
        if self.count == 1:
            return self.lines[0].text
        first = textwrap.shorten(self.lines[0].text, FIRST_IN_SUBJECT, placeholder=" …")
        first += "”" * (first.count("“") - first.count("”"))
        return f"{first}, and {self.count - 1} more"

    @property
    def preview(self) -> str:
        """The line beside the subject: how the posts begin, or else what else there is."""
        words = [each.excerpt for line in self.lines for each in line.words]
        return " · ".join(words[:2] or [line.text for line in self.lines[1:3]])


class Letters:
    """The ledger of e-mails about notices."""

    model = Letter
    # What came after one was composed it did not tell, however late it is closed.
    follows = """told AS (
        UPDATE community_notice AS notice
           SET mailed_at = coalesce((SELECT max((marks ->> 'until')::timestamptz) + %(undo)s::interval
                                       FROM closed WHERE closed.leader_id = notice.leader_id), %(now)s)
         WHERE mailed_at IS NULL AND id = ANY(ARRAY(
               SELECT jsonb_array_elements_text(marks -> 'notices')::bigint FROM closed))
    )"""

    def compose(self, leaders: Iterable[Leader]) -> dict[int, Bundle]:
        """What to tell those who may come in."""
        return {leader.pk: _bundle(leader) for leader in _who(leaders)}

    def forget(self) -> None:
        """Nothing is kept for composing."""

    def changed(self, told: list[tuple[Letter, Bundle]]) -> set[int]:
        """Those for whom a notice was read, muted or taken back, or may be told in other words alone."""
        return {row.leader_id for row, bundle in told if not _still_stands(row.leader, bundle)}

    def why_not(self, row: Letter, bundle: Bundle | None) -> str:
        """Why a letter is not sent after all."""
        mine = preferences.of(row.leader)
        if not mine.notices:
            return "E-mails about notices are switched off."
        if mine.is_away:
            return "The leader is away."
        if bundle is None:
            return "The leader may not come in at present."
        return "" if bundle.count else "It was read, or is no longer to be seen."

    def write(self, row: Letter, bundle: Bundle):
        """The letter."""
        reply = reply_keys.invite(row, bundle.thread)
        context = {"bundle": bundle, "reply": reply}
        told = {"subject": bundle.subject, "key": row.message_key, "context": context}
        to = {"reply_to": reply.address} if reply else {}
        return mail.write(row.leader, template="notices", mailing=preferences.NOTICES, **told, **to)

    def take_back(self, row: Letter) -> None:
        """Its notices may stand in another one."""
        Notice.objects.filter(pk__in=row.marks.get("notices", [])).update(mailed_at=None)


LEDGER = Letters()


def deliver(between: delivery.Errands = delivery.nothing) -> None:
    """Send the letters whose time has come; `between` does what must not wait for the end of a long run."""
    delivery.deliver(LEDGER, between)


def _who(leaders: Iterable[Leader]) -> QuerySet[Leader]:
    return Leader.objects.active().filter(pk__in=[leader.pk for leader in leaders])


def _bundle(leader: Leader) -> Bundle:
    until = told_until()
    waiting = _waiting(leader)
    bundle = Bundle(marks={"notices": [notice.pk for notice in waiting], "until": until.isoformat()})
    bundle.notices = _standing(waiting)
    entries.point_at_replies(waiting)
    told = entries.gather(waiting)
    bundle.lines = list(dict.fromkeys(_line(entry) for entry in told[:AT_MOST]))
    bundle.more = max(len(told) - AT_MOST, 0)
    bundle.thread = _only_thread(waiting)
    # A notice of a decision may be about a hidden post, and one of a place about a space that one has left.
    said = [notice.post for notice in waiting if notice.kind in WITH_WORDS and _is_at_hand(notice)]
    bundle.spaces = {post.thread.space for post in said}
    bundle.posts = {post.pk: standing(post) for post in said}
    return bundle


def _still_stands(leader: Leader, bundle: Bundle) -> bool:
    """Whether all that a letter tells is still so; there may be more by now, which another one will tell."""
    now = _standing(_waiting(leader)) if bundle.notices else {}
    return all(
        pk in now and now[pk][0] >= count and now[pk][1] == how for pk, (count, how) in bundle.notices.items()
    )


def _standing(waiting: Iterable[Notice]) -> dict[int, tuple[int, tuple]]:
    """For how many replies or messages each notice stands, and upon what its sentence depends."""
    return {notice.pk: (notice.replies + notice.said, _depends_on(notice)) for notice in waiting}


def _depends_on(notice: Notice) -> tuple:
    space = _space(notice)
    place = (space.pk, space.name, space.kind, space.mail_rule) if space else ()
    return place, notice.thread.title if notice.thread else "", notice.words


def _only_thread(waiting: list[Notice]) -> Thread | None:
    """The one thread in whose words all of these notices are."""
    threads = {notice.thread if notice.kind in IN_A_THREAD else None for notice in waiting}
    return threads.pop() if len(threads) == 1 else None


def _waiting(leader: Leader) -> list[Notice]:
    """Unread, not told by e-mail yet, still to be seen, and wanted by e-mail."""
    wanted = {kind for kind, channel in NoticeChoice.objects.of(leader).items() if channel == Channel.MAIL}
    return [notice for notice in _UNTOLD.objects(leader) if notice.kind in wanted]


def _untold(leader: Leader) -> QuerySet[Notice]:
    return (
        Notice.objects.visible_to(leader)
        .unread()
        .with_replies(leader)
        .filter(mailed_at=None)
        .with_level()
        .exclude(level=Level.MUTED, kind__in=[*READ_WITH_THE_POST, NoticeKind.REPLY])
        .select_related(
            "leader__mail_preferences",
            "actor",
            "space",
            "thread__space",
            "post__author",
            "post__thread__space",
        )
        .order_by("at", "pk")
    )


_UNTOLD = Inquiry(_untold)


def _line(entry: Entry) -> Line:
    notice = entry.newest
    space = _space(notice)
    if space and _is_quiet(space):
        where = "" if space.kind == SpaceKind.SEALED else f" in {space.name}"
        return Line(f"Something new for you{where}", _address(reverse("notices")), entry.why)
    # Of a conversation no names and no words: it belongs to no space that could let them leave.
    is_open = space.mail_rule == MailRule.EVERYTHING if space else not notice.room_id
    if entry.only:
        text = sentences.of(notice, is_open=is_open)
    else:
        text = entry.sentence(lambda each: (is_open and each.actor) or "")
    words = _words(entry) if is_open else ()
    return Line(text, _address(reverse("notice", args=[notice.pk])), entry.why, _mute(entry), words)


def _words(entry: Entry) -> tuple[Words, ...]:
    """How the posts begin that it tells of, but for those that somebody wrote without their name."""
    told = {
        each.post_id: each.post for each in entry.notices if each.kind in WITH_WORDS and _is_at_hand(each)
    }
    first = [told[pk] for pk in sorted(told)[:WORDS_AT_MOST]]
    return tuple(Words(str(post.author), words) for post in first if (words := first_words.excerpt(post)))


def _is_at_hand(notice: Notice) -> bool:
    """Whether its post is the one that its leader may see, in the thread whose space lets it leave."""
    post: Post | None = notice.post
    is_meant = notice.kind != NoticeKind.REPLY or (post is not None and post.pk == notice.first)
    return post is not None and is_meant and post.thread_id == notice.thread_id and bool(post.author)


def _mute(entry: Entry) -> str:
    """The address that silences its thread from the letter."""
    if not entry.can_be_muted:
        return ""
    notice = entry.newest
    return mail.door("mute_by_letter", notice.leader, f"{preferences.MUTE}-{notice.thread_id}")


def _space(notice: Notice) -> Space | None:
    return notice.thread.space if notice.thread else notice.space


def _is_quiet(space: Space) -> bool:
    return space.kind == SpaceKind.SEALED or space.mail_rule == MailRule.NOTHING


def _address(path: str) -> str:
    return settings.SITE_URL + path
