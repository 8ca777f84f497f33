"""The list of notices: all that is told a leader of one thread is one entry, in one sentence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from community.models import Notice, NoticeKind, Post
from community.models.notices import READ_WITH_THE_POST
from leaders.models import Leader

PER_PAGE = 20
AT_MOST = 100  # notices of one entry that are looked at
MUTED_IN_PLACE = (NoticeKind.REPLY, NoticeKind.MENTION, NoticeKind.QUOTE)

# The kinds in the order in which they are said: who did it, and where that may not be said.
DONE = {
    NoticeKind.ANSWERED: ("", "your question has an answer"),
    NoticeKind.ANSWER: ("", "your reply was marked as the answer"),
    NoticeKind.MENTION: ("mentioned you", "you were mentioned"),
    NoticeKind.QUOTE: ("quoted you", "you were quoted"),
    NoticeKind.THANKS: ("thanked you", "you were thanked"),
    NoticeKind.CARRIED: ("carried on what you said in the chat", "what you said in the chat was carried on"),
    NoticeKind.THREAD: ("started the thread", "the thread was started"),
}


def author_of(notice: Notice) -> Leader | str:
    """Who did what a page tells of; of an anonymous post the alias."""
    if notice.kind == NoticeKind.THANKS:
        return notice.actor or "Somebody who has left"
    return notice.post.author or notice.post.alias or "Somebody who has left"


@dataclass
class Entry:
    """What is told of one thread, or a notice that is about none."""

    notices: list[Notice]
    is_unread: bool = True

    @property
    def newest(self) -> Notice:
        """The one by which an entry is followed and muted."""
        return max(self.notices, key=lambda notice: (notice.at, notice.pk))

    @property
    def only(self) -> Notice | None:
        """The notice, where there is no other."""
        return self.notices[0] if len(self.notices) == 1 else None

    @property
    def why(self) -> str:
        """Why a leader is told, each reason once."""
        return ". ".join(dict.fromkeys(notice.get_kind_display() for notice in self.notices))

    @property
    def can_be_muted(self) -> bool:
        """Whether muting its thread would have kept it away."""
        return any(notice.kind in MUTED_IN_PLACE for notice in self.notices)

    def sentence(self, who: Callable[[Notice], Leader | str] = author_of) -> str:
        """What happened in its thread; `who` says by whom, or nothing where that stays unsaid."""
        clauses = []
        for kind in DONE:
            if some := [notice for notice in self.notices if notice.kind == kind]:
                clauses.append(_clause(kind, [who(notice) for notice in some]))
        if replies := self._replies(who):
            clauses.append(replies)
        text = " and ".join([", ".join(clauses[:-1]), clauses[-1]] if clauses[1:] else clauses)
        return f"{text[0].upper()}{text[1:]} in “{self.newest.thread.title}”"

    def _replies(self, who: Callable[[Notice], Leader | str]) -> str:
        """The replies beside those that its other notices are about."""
        reply = next((notice for notice in self.notices if notice.kind == NoticeKind.REPLY), None)
        if reply is None:
            return ""
        told = {each.post_id for each in self.notices if each.kind in READ_WITH_THE_POST}
        count = reply.replies - sum(pk >= reply.post_id for pk in told)
        if count == reply.replies == 1:
            return f"{who(reply) or 'somebody'} replied"
        return f"there are {count} new replies" if count > 1 else "there is a new reply" if count == 1 else ""


def _clause(kind: str, people: list[Leader | str]) -> str:
    done, unsaid = DONE[kind]
    names, count = list(dict.fromkeys(people)), len(people)
    times = {1: "", 2: " twice"}.get(count, f" {count} times")
    if not done:
        return unsaid
    if not all(names):
        return f"{unsaid}{times}" if count > 1 else f"somebody {done}"
    if len(names) > 2:
        return f"{len(names)} people {done}"
    return f"{' and '.join(map(str, names))} {done}{times if count > len(names) else ''}"


def page(leader: Leader, number: str | None) -> Page:
    """A page of the list, the newest first; an entry with something unread tells of that alone."""
    mine = Notice.objects.visible_to(leader)
    found = Paginator(mine.entries(), PER_PAGE).get_page(number)
    keys = [row["keys"][:AT_MOST] for row in found]
    unread = set(mine.unread().filter(pk__in=list(chain(*keys))).values_list("pk", flat=True))
    told = [[pk for pk in each if pk in unread] or each[:1] for each in keys]
    notices = _in_full(mine.filter(pk__in=list(chain(*told))), leader)
    entries = [[notices[pk] for pk in each if pk in notices] for each in told]
    found.object_list = [Entry(each, each[0].pk in unread) for each in entries if each]
    return found


def gather(notices: Iterable[Notice]) -> list[Entry]:
    """Unread notices as entries, in the order of the first of each."""
    entries: dict[int, list[Notice]] = {}
    for notice in notices:
        entries.setdefault(notice.entry, []).append(notice)
    return [Entry(each) for each in entries.values()]


def leads_to(notice: Notice, leader: Leader) -> Notice:
    """Where an entry leads that is followed by its newest notice: to what comes first in its thread."""
    mine = Notice.objects.visible_to(leader)
    unread = mine.unread().beside(notice).order_by("post", "pk").values_list("pk", flat=True)[:AT_MOST]
    keys = list(unread) if notice.read_at is None else []
    found = _in_full(mine.filter(pk__in=keys if notice.pk in keys else [notice.pk]), leader)
    return min(found.values(), key=lambda each: (each.post_id or 0, each.pk), default=notice)


def point_at_replies(notices: Iterable[Notice]) -> None:
    """Have each notice of replies name what is meant by now: others were read, or hidden."""
    about = {notice: notice.first for notice in notices if notice.first}
    posts = Post.objects.select_related("author", "thread__space").in_bulk(set(about.values()))
    for notice, first in about.items():
        # One that was taken back between the two questions is not there any more.
        notice.post = posts.get(first, notice.post)
        if notice.replies == 1 and notice.post is not None:
            notice.actor = notice.post.author


def _in_full(notices: QuerySet[Notice], leader: Leader) -> dict[int, Notice]:
    """Notices by their key, with what their sentences and their places need."""
    places = ("thread__space", "space", "room__space", "room__session")
    full = notices.with_replies(leader).select_related("actor", "post__author", "case", "well_done", *places)
    found = {notice.pk: notice for notice in full}
    point_at_replies(found.values())
    return found
