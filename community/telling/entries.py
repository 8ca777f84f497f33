"""The list of notices: all that is told a leader of one thread is one entry, in one sentence."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from community.models import Notice, NoticeKind, Post, asking
from community.models.notices import READ_WITH_THE_POST, TOGETHER
from community.models.waiting import Inquiry
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
    NoticeKind.REPLY: ("replied", "there is a new reply"),
}
NAMED_AT_MOST = 2

Act = tuple[Leader | str, str]  # who, or nothing where that stays unsaid, and what


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
    def key(self) -> int:
        """The same as long as it is about the same: its thread, or the notice; as `with_entry` has it."""
        notice = self.newest
        return notice.thread_id if notice.kind in TOGETHER and notice.thread_id else -notice.pk

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
        told = [each for kind in DONE for each in self.notices if each.kind == kind != NoticeKind.REPLY]
        acts = [(who(each), each.kind) for each in told]
        reply, count = self._replies()
        if reply and count == reply.replies == 1:
            acts.append((who(reply), NoticeKind.REPLY))
            count = 0
        clauses = _clauses(acts)
        if count > 0:
            clauses.append(f"there are {count} new replies" if count > 1 else "there is a new reply")
        text = _listed(clauses)
        return f"{text[0].upper()}{text[1:]} in “{self.newest.thread.title}”"

    def _replies(self) -> tuple[Notice | None, int]:
        """The notice of replies, and how many there are beside those that others are about."""
        reply = next((notice for notice in self.notices if notice.kind == NoticeKind.REPLY), None)
        if reply is None:
            return None, 0
        told = {each.post_id for each in self.notices if each.kind in READ_WITH_THE_POST}
        return reply, reply.replies - sum(pk >= reply.post_id for pk in told)


def _clauses(acts: list[Act]) -> list[str]:
    """Who did what, without a name that comes twice."""
    unsaid = dict.fromkeys(DONE[kind][1] for _, kind in acts if not DONE[kind][0])
    acts = [act for act in acts if DONE[act[1]][0]]
    people = dict.fromkeys(person for person, _ in acts)
    are_named = all(people) and len(people) <= NAMED_AT_MOST
    return [*unsaid, *(_by_person(people, acts) if are_named else _by_kind(acts))]


def _by_person(people: Iterable[Leader | str], acts: list[Act]) -> list[str]:
    """What each did, and together what they did alike."""
    alike = defaultdict(list)
    for person in people:
        alike[tuple(dict.fromkeys(kind for each, kind in acts if each == person))].append(person)
    return [
        f"{' and '.join(map(str, who))} {' and '.join(_done(kind, who, acts) for kind in kinds)}"
        for kinds, who in alike.items()
    ]


def _done(kind: str, who: list[Leader | str], acts: list[Act]) -> str:
    count = sum(act == (person, kind) for person in who for act in acts)
    return f"{DONE[kind][0]}{_times(kind, count) if count > len(who) else ''}"


def _by_kind(acts: list[Act]) -> list[str]:
    """How many did what, or a name where it was one alone."""
    said: dict[str, list[str]] = {}
    for kind in dict.fromkeys(kind for _, kind in acts):
        people = [person for person, each in acts if each == kind]
        names, (done, unsaid) = dict.fromkeys(people), DONE[kind]
        if not all(names):
            said[f"somebody {done}" if len(people) == 1 else f"{unsaid}{_times(kind, len(people))}"] = []
        elif len(names) == 1:
            said.setdefault(str(people[0]), []).append(f"{done}{_times(kind, len(people))}")
        else:
            said[f"{_many(kind, list(names))} {done}"] = []
    return [f"{who} {' and '.join(what)}".strip() for who, what in said.items()]


def _many(kind: str, names: list[Leader | str]) -> str:
    if kind != NoticeKind.THANKS:
        return f"{len(names)} people"
    return f"{names[0]}, {names[1]} and others" if len(names) > 2 else " and ".join(map(str, names))


def _times(kind: str, count: int) -> str:
    """How often it was done; thanks are no score, and nobody counts them."""
    if kind == NoticeKind.THANKS:
        return ""
    return {1: "", 2: " twice"}.get(count, f" {count} times")


def _listed(clauses: list[str]) -> str:
    """As in: this, that, and something else."""
    *others, last = clauses
    if len(others) == 1 and " and " not in others[0] + last:
        return f"{others[0]} and {last}"
    return f"{', '.join(others)}, and {last}" if others else last


def page(leader: Leader, number: str | None) -> Page:
    """A page of the list, the newest first; an entry with something unread tells of that alone."""
    found = Paginator(_LISTED.rows(leader), PER_PAGE).get_page(number)
    keys = [each[:AT_MOST] for _, _, each in found]
    unread = {pk for (pk,) in _UNREAD.rows(leader, notices=list(chain(*keys)))}
    told = [[pk for pk in each if pk in unread] or each[:1] for each in keys]
    notices = _in_full(list(chain(*told)), leader)
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
    found = _in_full(keys if notice.pk in keys else [notice.pk], leader)
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


def _in_full(keys: list[int], leader: Leader) -> dict[int, Notice]:
    """Notices by their key, with what their sentences and their places need."""
    found = {notice.pk: notice for notice in _FULL.objects(leader, notices=keys)}
    point_at_replies(found.values())
    return found


def _all(leader: Leader) -> QuerySet:
    return Notice.objects.visible_to(leader).entries()


def _unread(leader: Leader) -> QuerySet:
    mine = Notice.objects.visible_to(leader).unread().filter(pk__in=[asking.NOTICES])
    return mine.order_by().values_list("pk")


def _full(leader: Leader) -> QuerySet[Notice]:
    mine = Notice.objects.visible_to(leader).filter(pk__in=[asking.NOTICES]).with_replies(leader)
    places = ("thread__space", "space", "room__space", "room__session")
    return mine.select_related("actor", "post__author", "case", "well_done", *places)


_LISTED, _UNREAD, _FULL = Inquiry(_all), Inquiry(_unread), Inquiry(_full)
