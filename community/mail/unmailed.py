"""What is unread and not yet mailed: found for many leaders in one statement, and marked when it has left."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community.models import LetterState, Post, Session, Space, Thread
from community.models.posts import told_until
from leaders.models import CohortMembership, Leader

WINDOW = timedelta(days=31)  # how far a first digest looks back
LONGEST_LEAVE = timedelta(days=366)
# A post may commit later than its time says, so this much is looked at again, but for what is marked.
OVERLAP = timedelta(hours=1)
TOLD = [LetterState.SENT, LetterState.AMBIGUOUS]
LISTENED_FOR = timedelta(days=365)
NONE = ()

Since = dict[int, tuple[datetime, list[int]]]


# Whom one listens to: whom one thanked, or to whom one said well done.
HEARD = """
    SELECT thanks.by_id AS leader_id, post.author_id FROM community_thanks thanks
      JOIN community_post post ON post.id = thanks.post_id
     WHERE thanks.by_id = ANY(%(leaders)s) AND thanks.at > %(listened)s
    UNION
    SELECT by_id, to_id FROM community_welldone
     WHERE by_id = ANY(%(leaders)s) AND at > %(listened)s
    EXCEPT
    SELECT leader_id, giver_id FROM community_unheard WHERE leader_id = ANY(%(leaders)s)
"""
# Of the posts of which anybody may be told: what each neither read nor was told, where they may read.
NEWS = """
    WITH heard AS ({heard})
    SELECT may.leader_id, may.space_id, thread.id,
           min(post.id) FILTER (WHERE heard.author_id IS NOT NULL), min(post.id),
           count(*), max(post.number), array_agg(post.id) FILTER (WHERE post.created_at > %(late)s),
           bool_or(reading.level = 'watching')
      FROM unnest(%(who)s::bigint[], %(where)s::bigint[], %(since)s::timestamptz[])
           AS may (leader_id, space_id, since)
      JOIN community_thread thread ON thread.space_id = may.space_id AND thread.last_post_at > may.since
      LEFT JOIN community_reading reading ON reading.thread_id = thread.id
           AND reading.leader_id = may.leader_id
      JOIN ({tellable}) post ON post.thread_id = thread.id AND post.created_at > may.since
           AND post.author_id IS DISTINCT FROM may.leader_id
           AND post.number > coalesce(greatest(reading.read_up_to, reading.mailed_up_to), 0)
      LEFT JOIN community_spacelevel place ON place.space_id = may.space_id
           AND place.leader_id = may.leader_id
      LEFT JOIN heard ON heard.leader_id = may.leader_id AND heard.author_id = post.author_id
      LEFT JOIN unnest(%(late_who)s::bigint[], %(late_what)s::bigint[]) AS mailed (leader_id, post_id)
        ON mailed.leader_id = may.leader_id AND mailed.post_id = post.id
     WHERE coalesce(reading.level, place.level, 'normal') <> 'muted' AND mailed.post_id IS NULL
     GROUP BY may.leader_id, may.space_id, thread.id
     ORDER BY thread.last_post_at DESC, thread.id DESC
"""


class News(NamedTuple):
    """A thread with something new in it for one leader, and the post that stands for it."""

    space: Space
    thread: int
    post: int
    new: int
    last: int
    late: Sequence[int]
    is_followed: bool
    is_cohort: bool

    @property
    def place_order(self) -> tuple:
        """The spaces of one's cohorts before the others."""
        return not self.is_cohort, self.space.order, self.space.name


def lately(since: Since) -> QuerySet[Space]:
    """The spaces in which something happened that could still be told to one of them."""
    first = min((moment for moment, _ in since.values()), default=timezone.now())
    threads = Thread.objects.filter(space=OuterRef("pk"), last_post_at__gt=first)
    sessions = Session.objects.past().filter(room__space=OuterRef("pk"), ends_at__gt=first)
    return Space.objects.filter(Exists(threads) | Exists(sessions))


def news(seen: dict[tuple[int, int], Space], since: Since) -> dict[int, list[News]]:
    """For each leader with news: the threads of the spaces that they may read, the latest first."""
    rows, cohorts = _rows(seen, since), _cohort_spaces(list(since))
    found = defaultdict(list)
    for leader, space, thread, followed, first, new, last, late, watched in rows:
        is_followed, is_cohort = followed is not None or bool(watched), (leader, space) in cohorts
        place = seen[leader, space], thread, followed or first, new, last, late or NONE
        found[leader].append(News(*place, is_followed, is_cohort))
    return found


def marks(told: Iterable[News] = ()) -> dict:
    """What a digest keeps of what it tells, so that the next one tells nothing twice and loses nothing."""
    told = list(told)
    return {
        "threads": {each.thread: each.last for each in told},
        "notices": [],
        "late": [post for each in told for post in each.late],
        "until": told_until().isoformat(),
    }


def since(leaders: list[Leader]) -> Since:
    """From when on posts are new to each: the last digest, or a month; and which of these it told already."""
    statement = """
        SELECT last.leader_id, last.until,
               (SELECT array_agg(post::bigint)
                  FROM community_digest told
                 CROSS JOIN LATERAL jsonb_array_elements_text(told.marks->'late') AS post
                 WHERE told.leader_id = last.leader_id AND told.state = ANY(%(told)s)
                   AND told.sent_at > last.until - %(overlap)s)
          FROM (SELECT leader_id, max(coalesce((marks->>'until')::timestamptz, sent_at)) AS until
                  FROM community_digest
                 WHERE leader_id = ANY(%(leaders)s) AND state = ANY(%(told)s)
                 GROUP BY leader_id) AS last
    """
    values = {"leaders": [leader.pk for leader in leaders], "told": TOLD, "overlap": OVERLAP}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        last = {leader: (until - OVERLAP, late or []) for leader, until, late in cursor.fetchall()}
    now, moments = timezone.now(), {}
    for leader in leaders:
        until, late = last.get(leader.pk, (now - WINDOW, []))
        moments[leader.pk] = max(now - LONGEST_LEAVE, leader.joined_at, until), late
    return moments


def _rows(seen: dict, since: Since) -> list[tuple]:
    # One statement for all of them, since the ORM has no join of pairs: a query for each leader is six
    # times slower.
    tellable, values = _tellable()
    with connection.cursor() as cursor:
        cursor.execute(NEWS.format(heard=HEARD, tellable=tellable), values | _values(seen, since))
        return cursor.fetchall()


def _tellable() -> tuple[str, dict]:
    """The posts of which anybody may be told, in SQL with named values: the rules stand with the rows."""
    posts = (
        Post.objects.shown().told().order_by().values("id", "thread_id", "number", "author_id", "created_at")
    )
    sql, params = posts.query.sql_with_params()
    values = {f"rule_{number}": value for number, value in enumerate(params)}
    return sql % tuple(f"%({name})s" for name in values), values


def _values(seen: dict, since: Since) -> dict:
    told, late = told_until(), [(leader, post) for leader, (_, posts) in since.items() for post in posts]
    return {
        "leaders": list(since),
        "listened": told - LISTENED_FOR,
        "late": told - OVERLAP,
        "who": [leader for leader, _ in seen],
        "where": [space for _, space in seen],
        "since": [since[leader][0] for leader, _ in seen],
        "late_who": [leader for leader, _ in late],
        "late_what": [post for _, post in late],
    }


def _cohort_spaces(leaders: list[int]) -> set[tuple[int, int]]:
    current = CohortMembership.objects.current().filter(leader__in=leaders)
    return set(current.filter(cohort__spaces__isnull=False).values_list("leader", "cohort__spaces"))
