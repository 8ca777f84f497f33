"""How closely each leader follows spaces and threads."""

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from community import reading
from community.models import Level, Reading, Space, SpaceLevel, Thread
from leaders.models import Leader


@transaction.atomic
def follow(thread: Thread, *, by: Leader, level: str | None) -> Reading:
    """Choose how closely to follow a thread; None follows it as its space."""
    return Reading.objects.update_or_create(leader=by, thread=thread, defaults={"level": level or None})[0]


@transaction.atomic
def follow_space(space: Space, *, by: Leader, level: str) -> SpaceLevel:
    """Choose how closely to follow a space, and its threads for which nothing else was chosen."""
    return SpaceLevel.objects.update_or_create(leader=by, space=space, defaults={"level": level})[0]


def as_followed_by(leader: Leader, spaces: QuerySet[Space]) -> QuerySet[Space]:
    """Each with `level`, how closely a leader follows it."""
    mine = SpaceLevel.objects.filter(leader=leader, space=OuterRef("pk"))
    return spaces.annotate(level=Coalesce(Subquery(mine.values("level")), Value(Level.NORMAL.value)))


def chosen(leader: Leader) -> QuerySet[Thread]:
    """The threads for which a leader chose how closely to follow them, or in which they wrote."""
    shown = Thread.objects.visible_to(leader).shown().select_related("space")
    return reading.as_read_by(leader, shown).filter(own_level__isnull=False).order_by("-last_post_at", "-pk")
