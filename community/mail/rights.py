"""Whether letters may still leave as they were composed: asked right before the server gets them."""

from django.utils import timezone

from community.mail.contents import STANDING
from community.mail.ledgers import Content, Row
from community.models import Post, Space, asking
from community.models.spaces import readable_by
from leaders.models import Leader

CHOSEN = ("digest", "notices", "away_until", "quiet_from", "quiet_until", "refused_address")
KIND = ("kind", "mail_rule")


def changed(told: list[tuple[Row, Content]]) -> set[int]:
    """The leaders, by primary key, to whom a letter would say something else now, or nothing."""
    facts = {pk: tuple(facts) for pk, *facts in _WHO.rows(leaders=_leaders(told), now=timezone.now())}
    seen, shown = _seen(told), _shown(told)
    return {
        row.leader_id
        for row, content in told
        if facts.get(row.leader_id) != _facts(row.leader)
        or not content.posts.items() <= shown
        or any((row.leader_id, space.pk, space.kind, space.mail_rule) not in seen for space in content.spaces)
    }


def _leaders(told: list[tuple[Row, Content]]) -> list[int]:
    return [row.leader_id for row, _ in told]


def _facts(leader: Leader) -> tuple:
    """What the letter was written by: the address, and what its reader chose."""
    mine = getattr(leader, "mail_preferences", None)
    return leader.email, *(getattr(mine, name, None) for name in CHOSEN)


def _seen(told: list[tuple[Row, Content]]) -> set[tuple[int, int, str, str]]:
    """Who may read which of the spaces that are told of, as these are now."""
    spaces = _SPACES.objects(spaces=list({space.pk for _, content in told for space in content.spaces}))
    seen = readable_by([row.leader for row, _ in told], spaces)
    return {(leader, pk, space.kind, space.mail_rule) for (leader, pk), space in seen.items()}


def _shown(told: list[tuple[Row, Content]]) -> set[tuple[int, tuple]]:
    """The posts that are told of, as those that can be seen stand now."""
    rows = _SHOWN.rows(posts=list(set().union(*(content.posts for _, content in told))))
    return {(pk, tuple(standing)) for pk, *standing in rows}


def _who(_):
    chosen = [f"mail_preferences__{name}" for name in CHOSEN]
    inside = Leader.objects.active(asking.NOW).filter(pk__in=[asking.LEADERS]).order_by()
    return inside.values_list("pk", "email", *chosen)


def _spaces(_):
    return Space.objects.filter(pk__in=[asking.SPACES]).order_by().only("slug", *KIND)


def _standing(_):
    return Post.objects.shown().filter(pk__in=[asking.POSTS]).order_by().values_list("pk", *STANDING)


_WHO, _SPACES, _SHOWN = map(asking.Question, (_who, _spaces, _standing))
