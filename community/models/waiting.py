"""What waits for a leader: questions about unread notices, and the numbers in the header of every page."""

from collections import Counter
from collections.abc import Callable

from django.db.models import QuerySet, Value
from django.utils import timezone

from community.models import asking
from community.models.conversations import WAITING_AT_MOST, unread_conversations
from community.models.notices import Notice
from community.models.posts import told_until
from community.models.spaces import moderated_ids, readable_ids
from leaders.models import Leader
from leaders.models.account import may_come_in

COUNTED_AT_MOST = 1_000
NOTICE, CONVERSATION = 1, 2


class Inquiry:
    """A question about a leader's notices, which is another one for somebody who moderates."""

    def __init__(self, build: Callable[[Leader], QuerySet]):
        self.questions = asking.Question(build), asking.Question(build, moderates=True)

    def rows(self, leader: Leader, **values) -> list[tuple]:
        """The answer for this leader, who reads and moderates what they do now."""
        question, places = self._asked(leader)
        return question.rows(**places, **values)

    def objects(self, leader: Leader, **values) -> list[Notice]:
        """The same as notices, with what was joined and annotated."""
        question, places = self._asked(leader)
        return question.objects(**places, **values)

    def _asked(self, leader: Leader) -> tuple[asking.Question, dict]:
        places = {"reads": list(readable_ids(leader)), "moderates": list(moderated_ids(leader))}
        times = {"told": told_until(), "now": timezone.now()}
        return self.questions[bool(places["moderates"])], {"leader": leader.pk, **places, **times}


def count_unread(leader: Leader) -> int:
    """How many entries a leader has not read: the number in the header of every page."""
    return _counts(leader)[NOTICE]


def count_conversations(leader: Leader) -> int:
    """How many conversations hold something new: the number beside it, asked in the same breath."""
    return _counts(leader)[CONVERSATION] if may_come_in(leader) else 0


def entries_waiting(leader: Leader) -> set[int]:
    """Which entries those are, by their `entry`: asked with the number in the header, and not again."""
    return {entry for entry, kind in _rows(leader) if kind == NOTICE}


def _counts(leader: Leader) -> Counter:
    return Counter(kind for _, kind in _rows(leader))


def _rows(leader: Leader) -> list[tuple[int, int]]:
    return asking.remember(("waiting", leader.pk), lambda: _WAITING.rows(leader))


def _waiting(leader: Leader) -> QuerySet:
    entries = Notice.objects.visible_to(leader).unread().order_by().with_entry()
    rooms = unread_conversations(leader).order_by()
    return (
        entries.values_list("entry", Value(NOTICE))
        .distinct()[:COUNTED_AT_MOST]
        .union(rooms.values_list("pk", Value(CONVERSATION))[:WAITING_AT_MOST], all=True)
    )


_WAITING = Inquiry(_waiting)
