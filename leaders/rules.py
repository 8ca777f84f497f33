"""The house rules: which version somebody still owes a yes to, and the yes."""

import nh3
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from leaders.models import HouseRules, HouseRulesAcceptance, Leader

TAGS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br", "code"}

_markdown = MarkdownIt("commonmark", {"html": False})


def with_acceptance(leader: Leader) -> HouseRules | None:
    """The version in force, with `accepted` saying whether this leader accepted it."""
    mine = HouseRulesAcceptance.objects.filter(rules=OuterRef("pk"), leader=leader)
    return HouseRules.objects.annotate(accepted=Exists(mine)).current()


def acceptance(leader: Leader, now) -> Subquery:
    """Whether a leader accepted the version that is in force then; null where none is."""
    mine = HouseRulesAcceptance.objects.filter(rules=OuterRef("pk"), leader=leader)
    in_force = HouseRules.objects.filter(in_force_from__lte=now).order_by("-version")
    return Subquery(in_force.annotate(accepted=Exists(mine)).values("accepted")[:1])


def are_owed_by(leader: Leader) -> bool:
    """Whether a leader must still say yes to the version in force; known of whoever just came in."""
    if hasattr(leader, "accepts_rules"):
        return leader.accepts_rules is False
    in_force = with_acceptance(leader)
    return in_force is not None and not in_force.accepted


@transaction.atomic
def accept(leader: Leader, rules: HouseRules) -> HouseRulesAcceptance:
    """Record that a leader accepted a version; a second time changes nothing."""
    acceptance, _ = HouseRulesAcceptance.objects.get_or_create(rules=rules, leader=leader)
    return acceptance


def as_html(rules: HouseRules) -> SafeString:
    """The text of a version, sanitised."""
    html = nh3.clean(
        _markdown.render(rules.text), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"}
    )
    return mark_safe(html)  # sanitised by nh3 in the line above
