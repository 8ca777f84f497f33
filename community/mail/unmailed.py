"""What is unread and not yet mailed: what was said lately, as each of many leaders has it before them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from community.mail.boards import OVERLAP, REACH, Board, Boards, Said, Talk
from community.models import (
    LetterState,
    Level,
    NoticeKind,
    Post,
    Session,
    Space,
    SpaceLevel,
    Transfer,
    asking,
)
from community.models.asking import Statement
from community.models.posts import told_until, undo_window
from leaders.models import CohortMembership, Leader

WINDOW = timedelta(days=31)  # how far a first digest looks back
LONGEST_LEAVE = timedelta(days=366)
TOLD = [LetterState.SENT, LetterState.AMBIGUOUS]
NOTHING_NEW = "There was nothing new."
LISTENED_FOR = timedelta(days=365)

# Whom one listens to: whom one thanked, or to whom one said well done.
_HEARD = Statement("""
    SELECT thanks.by_id AS leader_id, post.author_id FROM community_thanks thanks
      JOIN community_post post ON post.id = thanks.post_id
     WHERE thanks.by_id = ANY(%(leaders)s) AND thanks.at > %(listened)s AND post.author_id IS NOT NULL
    UNION
    SELECT by_id, to_id FROM community_welldone
     WHERE by_id = ANY(%(leaders)s) AND at > %(listened)s
    EXCEPT
    SELECT leader_id, giver_id FROM community_unheard WHERE leader_id = ANY(%(leaders)s)
""")
_MARKED = Statement("""
    SELECT leader_id, thread_id, read_up_to, level FROM community_reading
     WHERE leader_id = ANY(%(leaders)s) AND thread_id = ANY(%(threads)s)
       AND (read_up_to > 0 OR level IS NOT NULL)
""")
# What letters told: the post of a notice, and of one of replies all those that stood behind it by then.
_MAILED = Statement("""
    SELECT leader_id, kind, thread_id, post_id, mailed_at FROM community_notice
     WHERE leader_id = ANY(%(leaders)s) AND mailed_at > %(first)s AND post_id IS NOT NULL
""")
# The last digest of each, and what of the hour before it was told already.
_LAST = Statement("""
    SELECT last.leader_id, last.until,
           (SELECT max(opened_at) FROM community_digest looked
             WHERE looked.leader_id = last.leader_id AND looked.state = 'skipped'
               AND looked.note = %(nothing)s),
           (SELECT array_agg(post::bigint)
              FROM community_digest told
             CROSS JOIN LATERAL jsonb_array_elements_text(told.marks->'late') AS post
             WHERE told.leader_id = last.leader_id AND told.state = ANY(%(told)s)
               AND told.sent_at > last.until - %(overlap)s::interval)
      FROM (SELECT leader_id, max(coalesce((marks->>'until')::timestamptz, sent_at)) AS until
              FROM community_digest
             WHERE leader_id = ANY(%(leaders)s) AND state = ANY(%(told)s)
             GROUP BY leader_id) AS last
""")


class Since(NamedTuple):
    """From when on posts are new to a leader, and which of the first hour of that were told already."""

    moment: datetime
    told: frozenset[int] = frozenset()
    until: datetime | None = None  # up to when the last digest told, if there was one


class Reader:
    """A leader in front of a board: what of it is new to them, and may be told to them."""

    def __init__(self, pk: int, board: Board, since: Since, spaces: dict[int, Space]):
        self.pk, self.board, self.since, self.spaces = pk, board, since, spaces
        self.told = set(since.told)
        self.marks: dict[int, tuple[int, str | None]] = {}
        self.muted: set[int] = set()
        self.cohort: set[int] = set()
        self.heard: set[int] = set()

    def unread(self, talk: Talk, among: Iterable[Said] | None = None) -> Iterator[Said]:
        """What is new in a thread, or of some of it; what one wrote oneself, or a digest told, never is."""
        mark, level = self.marks.get(talk.pk, (0, None))
        if level != Level.MUTED and (level or talk.space not in self.muted):
            moment, told, me = self.since.moment, self.told, self.pk
            for said in talk.after(mark) if among is None else among:
                if said.number > mark and said.at > moment and said.author != me and said.pk not in told:
                    yield said

    def count(self, talk: Talk) -> int:
        """How much is new in a thread."""
        if talk in self.special or talk.space in self.muted:
            return sum(1 for _ in self.unread(talk))
        return talk.count(self.since.moment)

    def counts(self) -> dict[int, int]:
        """How much is new in each space where something is; only special threads are counted post by post."""
        special = defaultdict(list)
        for talk in self.special:
            special[talk.space].append(talk)
        counts = {}
        for space in self.spaces.keys() & self.board.shelves.keys():
            is_loud = space not in self.muted
            count = self.board.shelves[space].count(self.since.moment) if is_loud else 0
            for talk in special[space]:
                count += self.count(talk) - is_loud * talk.count(self.since.moment)
            if count:
                counts[space] = count
        return counts

    def late(self) -> list[int]:
        """What is new of the last hour, so that the next digest, which looks at it again, leaves it out."""
        return [
            said.pk
            for space in self.spaces.keys() & self.board.shelves.keys()
            for talk, recent in self.board.shelves[space].recent.items()
            for said in self.unread(talk, recent)
        ]

    def place(self, space: Space) -> tuple:
        """The order of spaces: those of one's cohorts before the others."""
        return space.pk not in self.cohort, space.order, space.name

    @cached_property
    def special(self) -> set[Talk]:
        """The threads of which not everything is new: one has marks there, wrote there, or was told of it."""
        board = self.board
        marked = {board.of_thread[thread] for thread in self.marks}
        wrote = {talk for talk, _ in board.by_author.get(self.pk, ())}
        told = {board.of_post[post] for post in self.told if post in board.of_post}
        return marked | wrote | told


def lately(since: dict[int, Since]) -> list[Space]:
    """The spaces in which something happened that could still be told to one of them."""
    now = timezone.now()
    return _LATELY.objects(since=min((each.moment for each in since.values()), default=now), now=now)


def readers(seen: dict[tuple[int, int], Space], since: dict[int, Since], boards: Boards) -> dict[int, Reader]:
    """Each of these leaders with what they may read, in front of a board that goes back far enough."""
    spaces: dict[int, dict[int, Space]] = {leader: {} for leader in since}
    for (leader, pk), space in seen.items():
        spaces[leader][pk] = space
    long_ago, found = timezone.now() - REACH, {}
    for far in (False, True):
        group = [pk for pk, each in since.items() if (each.moment < long_ago) == far]
        if group:
            begin = min(since[pk].moment for pk in group)
            board = boards.reaching(begin, {space for pk in group for space in spaces[pk]})
            for pk in group:
                found[pk] = Reader(pk, board, since[pk], spaces[pk])
    _lay_over(found)
    return found


def marks(reader: Reader | None = None) -> dict:
    """What a digest keeps of what it tells, so that the next one tells nothing twice and loses nothing."""
    late, until = (reader.late(), reader.board.until) if reader else ([], told_until())
    # "threads" is for workers that run since before an update: they look it up when they close such a row.
    return {"notices": [], "threads": {}, "late": late, "until": until.isoformat()}


def since(leaders: list[Leader]) -> dict[int, Since]:
    """From when on posts are new to each: the last digest, or a month; and which of these it told already."""
    people = {"leaders": [leader.pk for leader in leaders]}
    rows = _LAST.rows(**people, told=TOLD, overlap=OVERLAP, nothing=NOTHING_NEW)
    last, now, found = {leader: each for leader, *each in rows}, timezone.now(), {}
    for leader in leaders:
        until, looked, late = last.get(leader.pk, (None, None, None))
        moment = max(now - LONGEST_LEAVE, leader.joined_at, _begin(until, looked, now))
        found[leader.pk] = Since(moment, frozenset(late or ()), until)
    return found


def _begin(until: datetime | None, looked: datetime | None, now: datetime) -> datetime:
    """Where the last digest stopped; or a month ago, where a later one found nothing new in what is older."""
    month = now - WINDOW
    told = until - OVERLAP if until else month
    return max(told, min(looked - OVERLAP, month)) if looked else told


def _lay_over(readers: dict[int, Reader]) -> None:
    """Put over the boards what each has read, follows, belongs to and listens to."""
    mine = {"leader__in": list(readers)}
    threads = {
        thread for board in {reader.board for reader in readers.values()} for thread in board.of_thread
    }
    for leader, thread, *mark in _MARKED.rows(leaders=list(readers), threads=list(threads)):
        if thread in readers[leader].board.of_thread:
            readers[leader].marks[thread] = tuple(mark)
    muted = SpaceLevel.objects.filter(**mine, level=Level.MUTED)
    for leader, space in muted.values_list("leader", "space"):
        readers[leader].muted.add(space)
    cohorts = CohortMembership.objects.current().filter(**mine, cohort__spaces__isnull=False)
    for leader, space in cohorts.values_list("leader", "cohort__spaces"):
        readers[leader].cohort.add(space)
    _lay_over_mailed(readers)
    for leader, author in _HEARD.rows(leaders=list(readers), listened=told_until() - LISTENED_FOR):
        readers[leader].heard.add(author)


def _lay_over_mailed(readers: dict[int, Reader]) -> None:
    """Put over the boards what letters told each."""
    first = min((reader.since.moment for reader in readers.values()), default=timezone.now())
    found = _MAILED.rows(leaders=list(readers), first=first)
    # Of posts that came to a thread after a letter about it, the letter did not tell.
    into = Transfer.objects.filter(to__in={thread for _, _, thread, *_ in found}).order_by().values("to")
    joined = dict(into.annotate(last=Max("at")).values_list("to", "last"))
    for leader, kind, thread, post, mailed_at in found:
        told = readers[leader].told
        told.add(post)
        talk = readers[leader].board.of_thread.get(thread)
        if kind == NoticeKind.REPLY and talk and not (thread in joined and joined[thread] > mailed_at):
            until = mailed_at - undo_window()
            told.update(said.pk for said in talk.posts if said.pk > post and said.at <= until)


def _lately(_) -> QuerySet[Space]:
    posts = Post.objects.filter(space=OuterRef("pk"), created_at__gt=asking.SINCE)
    sessions = Session.objects.past(asking.NOW).filter(room__space=OuterRef("pk"), ends_at__gt=asking.SINCE)
    return Space.objects.filter(Exists(posts) | Exists(sessions))


_LATELY = asking.Question(_lately)
