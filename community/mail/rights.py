"""Whether letters may still leave as they were composed: asked right before the server gets them."""

from datetime import date

from django.utils import timezone

from community.mail.contents import STANDING
from community.mail.ledgers import Content, Row
from community.models import Post, Space, asking
from community.models.spaces import ACCEPTED, DIRECT, THROUGH, pairs_read
from leaders.models import Leader
from leaders.models.cohorts import today

CHOSEN = ("digest", "notices", "away_until", "quiet_from", "quiet_until", "refused_address")

Told = list[tuple[Row, Content]]


def changed(told: Told) -> set[int]:
    """The leaders, by primary key, to whom a letter would say something else now, or nothing."""
    asked = {"leaders": [row.leader_id for row, _ in told], "now": timezone.now(), "day": today()}
    asked["spaces"] = list({space.pk for _, content in told for space in content.spaces})
    asked["posts"] = list(set().union(*(content.posts for _, content in told)))
    who, spaces, shown, *belonging = _NOW.answers(**asked)
    facts = {pk: facts for pk, *facts in who}
    rules = {pk: (kind, rule) for pk, kind, rule in spaces}
    seen = pairs_read(facts, {pk: kind for pk, (kind, _) in rules.items()}, *belonging)
    standing = {(pk, tuple(how)) for pk, *how in shown}
    return {
        row.leader_id
        for row, content in told
        if facts.get(row.leader_id) != _facts(row.leader)
        or not content.posts.items() <= standing
        or any(
            (row.leader_id, space.pk) not in seen or rules[space.pk] != (space.kind, space.mail_rule)
            for space in content.spaces
        )
    }


def _facts(leader: Leader) -> list:
    """What the letter was written by: the address, and what its reader chose."""
    mine = getattr(leader, "mail_preferences", None)
    chosen = [getattr(mine, name, None) for name in CHOSEN]
    return [leader.email, *(str(each) if isinstance(each, date) else each for each in chosen)]


def _who(_):
    chosen = [f"mail_preferences__{name}" for name in CHOSEN]
    inside = Leader.objects.active(asking.NOW).filter(pk__in=[asking.LEADERS]).order_by()
    return inside.values_list("pk", "email", *chosen)


def _spaces(_):
    return Space.objects.filter(pk__in=[asking.SPACES]).order_by().values_list("pk", "kind", "mail_rule")


def _standing(_):
    return Post.objects.shown().filter(pk__in=[asking.POSTS]).order_by().values_list("pk", *STANDING)


_NOW = asking.Together(*map(asking.Question, (_who, _spaces, _standing)), DIRECT, THROUGH, ACCEPTED)
