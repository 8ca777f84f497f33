"""Whether letters may still leave as they were composed: asked right before the server gets them."""

from django.db.models import Q
from django.utils import timezone

from community.mail.ledgers import Content, Row
from community.models import Post, Space, asking
from community.models.spaces import readable_by
from leaders.models import Leader

CHOSEN = ("digest", "notices", "away_until", "quiet_from", "quiet_until", "refused_address")
KIND = ("kind", "mail_rule")


def changed(told: list[tuple[Row, Content]]) -> set[int]:
    """The leaders, by primary key, to whom a letter would say something else now, or nothing."""
    facts = {pk: tuple(facts) for pk, *facts in _WHO.rows(leaders=_leaders(told), now=timezone.now())}
    seen, hidden = _seen(told), _hidden(told)
    return {
        row.leader_id
        for row, content in told
        if facts.get(row.leader_id) != _facts(row.leader)
        or not content.posts.isdisjoint(hidden)
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


def _hidden(told: list[tuple[Row, Content]]) -> set[int]:
    posts = list(set().union(*(content.posts for _, content in told)))
    return {pk for (pk,) in _HIDDEN.rows(posts=posts)} if posts else set()


def _who(_):
    chosen = [f"mail_preferences__{name}" for name in CHOSEN]
    inside = Leader.objects.active(asking.NOW).filter(pk__in=[asking.LEADERS]).order_by()
    return inside.values_list("pk", "email", *chosen)


def _spaces(_):
    return Space.objects.filter(pk__in=[asking.SPACES]).order_by().only("slug", *KIND)


def _no_longer_shown(_):
    hidden = Q(hidden_at__isnull=False) | Q(thread__hidden_at__isnull=False)
    return Post.objects.filter(hidden, pk__in=[asking.POSTS]).order_by().values_list("pk")


_WHO, _SPACES, _HIDDEN = map(asking.Question, (_who, _spaces, _no_longer_shown))
