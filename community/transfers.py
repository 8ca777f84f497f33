"""Posts that go to another thread, with all that hangs on them: marks, levels, notices, open cases.

Everything here is one statement for a whole thread, since the ORM would take it row by row, and belongs
inside a transaction that has locked both threads. Posts leave a thread for the same other one only once, if
in batches, so the two threads tell which runs are meant.
"""

from typing import NamedTuple

from django.db import connection
from django.db.models import F, Max

from community.models import Case, Draft, DraftKind, Notice, NoticeKind, Post, Reading, Thread, Transfer


def carry(
    thread: Thread,
    to: Thread,
    *,
    start: int = 1,
    numbers: list[int] | None = None,
    at_most: int | None = None,
) -> list[Transfer]:
    """Carry posts to the end of another thread, in their order; the runs in which they left.

    With `at_most` only so many of them: what is left can follow, and stands as if it had come with them.

    Readers keep their place: there they have read as many of the first of these as they had here, if they
    have read all that stood there before. A mark never falls.
    """
    above, shown = to.last_number, _last_shown(to)
    runs = _let_go(thread, to, above, start, numbers, at_most)
    _renumber(thread, to)
    _carry_marks(thread, to, above, shown)
    to.last_number = above + sum(run.count for run in runs)
    to.save(update_fields=["last_number"])
    _carry_notices(thread, to, above)
    Case.objects.filter(post__thread=to, closed_at=None).exclude(space=to.space).update(space=to.space)
    _join(runs)
    return runs


def close_down(thread: Thread, to: Thread) -> None:
    """Leave nothing behind in a thread that is only an address from now on."""
    told = Notice.objects.filter(thread=thread)
    told.filter(kind=NoticeKind.REPLY, read_at=None).delete()
    told.update(thread=to)
    Reading.objects.filter(thread=thread).delete()
    begun = Draft.objects.filter(kind=DraftKind.REPLY)
    both = begun.filter(target=to.pk).values("leader")
    begun.filter(target=thread.pk).exclude(leader__in=both).update(target=to.pk)


class Place(NamedTuple):
    """A number of a thread."""

    thread: Thread
    number: int

    @property
    def address(self) -> str:
        return self.thread.address_of(self.number)


def place_of(thread: Thread, number: int) -> Place:
    """Where a number of a thread stands now, however often what it stood in was merged."""
    while thread.merged_into_id:
        left = thread.departures.select_related("to__space").order_by("first")
        run = left.filter(last__gte=number).first() or left.last()
        if run is None:
            return place_of(thread.merged_into, 1)
        thread, number = run.to, run.to_first + max(number - run.first, 0)
    return Place(thread, number)


def _last_shown(thread: Thread) -> int:
    shown = Post.objects.filter(thread=thread, hidden_at=None)
    return shown.aggregate(last=Max("number"))["last"] or 0


def _let_go(
    thread: Thread, to: Thread, above: int, start: int, numbers: list[int] | None, at_most: int | None
) -> list[Transfer]:
    """Write down the runs of neighbours among the chosen posts, and what number each gets."""
    statement = """
        INSERT INTO community_transfer (thread_id, first, last, to_id, to_first, at)
        SELECT %s, min(number), max(number), %s, min(place), now()
          FROM (SELECT number, %s + row_number() OVER (ORDER BY number) AS place
                  FROM community_post
                 WHERE thread_id = %s AND number >= %s AND (%s::int[] IS NULL OR number = ANY(%s))
                 ORDER BY number LIMIT %s) AS chosen
         GROUP BY number - place
        RETURNING id
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [thread.pk, to.pk, above, thread.pk, start, numbers, numbers, at_most])
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(Transfer.objects.filter(pk__in=ids).order_by("first"))


def _renumber(thread: Thread, to: Thread) -> None:
    statement = """
        UPDATE community_post post
           SET thread_id = run.to_id, space_id = %s, number = post.number - run.first + run.to_first
          FROM community_transfer run
         WHERE run.thread_id = %s AND run.to_id = %s AND post.thread_id = %s
           AND post.number BETWEEN run.first AND run.last
    """
    _execute(statement, [to.space_id, thread.pk, to.pk, thread.pk])


def _carry_marks(thread: Thread, to: Thread, above: int, shown: int) -> None:
    """Give every reader the mark in the other thread that is true there; a level is kept or comes along."""
    statement = """
        WITH old AS (
            SELECT reading.leader_id, reading.level, reading.read_at, reading.set_back_at,
                   coalesce(seen.to_first - seen.first + least(read_up_to, seen.last) - %(above)s, 0) AS read,
                   coalesce(mailed.to_first - mailed.first
                            + least(greatest(read_up_to, mailed_up_to), mailed.last) - %(above)s, 0) AS told
              FROM community_reading reading
              LEFT JOIN LATERAL (
                   SELECT first, last, to_first FROM community_transfer
                    WHERE thread_id = %(thread)s AND to_id = %(to)s AND first <= read_up_to
                    ORDER BY first DESC LIMIT 1) AS seen ON true
              LEFT JOIN LATERAL (
                   SELECT first, last, to_first FROM community_transfer
                    WHERE thread_id = %(thread)s AND to_id = %(to)s
                      AND first <= greatest(read_up_to, mailed_up_to)
                    ORDER BY first DESC LIMIT 1) AS mailed ON true
             WHERE reading.thread_id = %(thread)s)
        INSERT INTO community_reading
               (leader_id, thread_id, read_up_to, mailed_up_to, level, read_at, set_back_at)
        SELECT old.leader_id, %(to)s,
               CASE WHEN coalesce(there.read_up_to, 0) >= %(shown)s AND read > 0
                    THEN %(above)s + read ELSE coalesce(there.read_up_to, 0) END,
               CASE WHEN coalesce(greatest(there.read_up_to, there.mailed_up_to), 0) >= %(shown)s AND told > 0
                    THEN %(above)s + told ELSE coalesce(there.mailed_up_to, 0) END,
               CASE WHEN there.level IS NULL OR (there.level = 'normal' AND old.level = 'watching')
                    THEN old.level ELSE there.level END,
               old.read_at, old.set_back_at
          FROM old LEFT JOIN community_reading there
            ON there.thread_id = %(to)s AND there.leader_id = old.leader_id
         ORDER BY old.leader_id
        ON CONFLICT (leader_id, thread_id) DO UPDATE
           SET read_up_to = greatest(community_reading.read_up_to, excluded.read_up_to),
               mailed_up_to = greatest(community_reading.mailed_up_to, excluded.mailed_up_to),
               level = excluded.level
    """
    place = {"thread": thread.pk, "to": to.pk, "above": above, "shown": shown}
    _execute(statement, place)


def _carry_notices(thread: Thread, to: Thread, above: int) -> None:
    """What a notice tells of stands in the other thread now; unread replies there are a line of their own."""
    place = {"thread": thread.pk, "to": to.pk, "space": to.space_id, "above": above, "end": to.last_number}
    for statement in (NOTICES_OF_POSTS, NOTICES_OF_REPLIES, NOTICES_LEFT_BEHIND):
        _execute(statement, place)


NOTICES_OF_POSTS = """
    UPDATE community_notice notice SET thread_id = %(to)s, space_id = %(space)s FROM community_post post
     WHERE notice.thread_id = %(thread)s AND notice.kind <> 'reply'
       AND post.id = notice.post_id AND post.thread_id = %(to)s
"""
NOTICES_OF_REPLIES = """
    INSERT INTO community_notice
           (leader_id, kind, space_id, thread_id, post_id, actor_id, words, at, mailed_at)
    SELECT notice.leader_id, 'reply', %(space)s, %(to)s, meant.post_id, meant.author_id, '', notice.at,
           notice.mailed_at
      FROM community_notice notice
      JOIN (SELECT started.post_id AS since, post.id AS post_id, post.author_id
              FROM (SELECT DISTINCT post_id FROM community_notice
                     WHERE thread_id = %(thread)s AND kind = 'reply' AND read_at IS NULL) AS started
             CROSS JOIN LATERAL (
                   SELECT id, author_id FROM community_post
                    WHERE thread_id = %(to)s AND number > %(above)s AND id >= started.post_id
                      AND hidden_at IS NULL
                    ORDER BY id LIMIT 1) AS post) AS meant ON meant.since = notice.post_id
      LEFT JOIN community_reading reading
        ON reading.thread_id = %(to)s AND reading.leader_id = notice.leader_id
     WHERE notice.thread_id = %(thread)s AND notice.kind = 'reply' AND notice.read_at IS NULL
       AND coalesce(reading.read_up_to, 0) < %(end)s
     ORDER BY notice.leader_id
    ON CONFLICT (leader_id, kind, thread_id) WHERE read_at IS NULL AND kind = 'reply'
    DO UPDATE SET post_id = least(community_notice.post_id, excluded.post_id)
"""
NOTICES_LEFT_BEHIND = """
    UPDATE community_notice notice SET post_id = remaining.post_id
      FROM (SELECT started.post_id AS since, min(post.id) AS post_id
              FROM (SELECT DISTINCT notice.post_id FROM community_notice notice
                      JOIN community_post post ON post.id = notice.post_id AND post.thread_id = %(to)s
                     WHERE notice.thread_id = %(thread)s AND notice.kind = 'reply') AS started
              JOIN community_post post ON post.thread_id = %(thread)s AND post.id > started.post_id
             GROUP BY started.post_id) AS remaining
     WHERE notice.thread_id = %(thread)s AND notice.kind = 'reply' AND notice.post_id = remaining.since
"""


def _join(runs: list[Transfer]) -> None:
    """A run that goes on where the batch before it ended is the same run."""
    for run in runs[:1]:
        step = F("to_first") + F("last") - F("first") + 1
        before = Transfer.objects.filter(thread=run.thread_id, to=run.to_id, last=run.first - 1)
        if before.annotate(step=step).filter(step=run.to_first).update(last=run.last):
            run.delete()


def _execute(statement: str, values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
