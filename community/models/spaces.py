"""Places for discussion, and who may read and moderate them."""

from collections.abc import Collection
from functools import cache
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from community.models import asking
from community.models.hours import Hours
from community.models.memberships import SpaceMembership, SpaceRole, TermsAcceptance
from leaders.models import Cohort, CohortMembership, Leader
from leaders.models.account import may_come_in, validate_time_zone
from leaders.models.cohorts import today


@cache
def _address() -> str:
    """The address of a space with a place for its slug, which nobody has to quote."""
    return reverse("space", args=["slug-here"]).replace("slug-here", "{}")


class SpaceKind(models.TextChoices):
    OPEN = "open", "Open: every leader reads and writes"
    RESTRICTED = "restricted", "Restricted: its page is visible, one asks to join"
    PRIVATE = "private", "Private: only the name is visible"
    SEALED = "sealed", "Sealed: unlisted, and nothing of it leaves"


class MailRule(models.TextChoices):
    """What of a space may leave by e-mail."""

    EVERYTHING = "everything", "Titles and words"
    TITLE = "title", "The title only"
    NOTHING = "nothing", "Nothing but “something new”"


def belongs(leader, now=None, day=None) -> Q:
    """Open spaces, and those of a current membership; `leader` may be a reference into an outer query."""
    direct = SpaceMembership.objects.current(now).filter(leader=leader).values("space")
    through = CohortMembership.objects.current(day).filter(leader=leader).values("cohort__spaces")
    return Q(kind=SpaceKind.OPEN) | Q(pk__in=direct) | Q(pk__in=through)


def accepted(leader) -> Q:
    """All but the sealed spaces whose rules still wait for a yes; `leader` as above."""
    yes = TermsAcceptance.objects.filter(leader=leader).values("space")
    return ~Q(kind=SpaceKind.SEALED) | Q(pk__in=yes)


def moderates(leader, now=None) -> Q:
    """The spaces of a moderator's current membership, a sealed one only after a yes to its rules."""
    roles = SpaceMembership.objects.current(now).filter(leader=leader, role=SpaceRole.MODERATOR)
    return Q(pk__in=roles.values("space"))


class SpaceQuerySet(models.QuerySet):
    def belonging_to(self, leader):
        """Open spaces, and those in which a leader has a current membership, direct or through a cohort."""
        return self.filter(belongs(leader)) if may_come_in(leader) else self.none()

    def visible_to(self, leader):
        """The spaces whose content a leader may read; a sealed one only after a yes to its rules."""
        if asking.is_remembering():
            return self.filter(pk__in=readable_ids(leader))
        return self.filter(belongs(leader), accepted(leader)) if may_come_in(leader) else self.none()

    def listed_to(self, leader):
        """The spaces whose name a leader may know: all but the sealed ones that are not theirs."""
        if not may_come_in(leader):
            return self.none()
        mine = Space.objects.belonging_to(leader).values("pk")
        return self.filter(~Q(kind=SpaceKind.SEALED) | Q(pk__in=mine))

    def moderated_by(self, leader):
        """The spaces in which a faculty member acts as moderator."""
        if asking.is_remembering():
            return self.filter(pk__in=moderated_ids(leader))
        acts = may_come_in(leader) and leader.is_faculty
        return self.filter(moderates(leader), accepted(leader)) if acts else self.none()


class Space(models.Model):
    """A place for discussion, with an audience and rules."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=SpaceKind, default=SpaceKind.RESTRICTED)
    description = models.TextField(max_length=1000)
    rules = models.TextField(
        "house rules", blank=True, help_text="Markdown. What holds here beside the common rules."
    )
    cohorts = models.ManyToManyField(
        Cohort, blank=True, related_name="spaces", help_text="Their current members belong to this space."
    )
    mail_rule = models.CharField(max_length=10, choices=MailRule, default=MailRule.TITLE)
    takes_mail = models.BooleanField(
        "takes replies by e-mail",
        default=False,
        help_text="A letter about one thread can be answered by e-mail; the answer is posted there.",
    )
    has_chat = models.BooleanField("has a chat room", default=True)
    chat_days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="Days on which the chat is open; 1 is Monday.",
    )
    chat_from = models.TimeField("open from", null=True, blank=True)
    chat_to = models.TimeField("until", null=True, blank=True)
    time_zone = models.CharField(
        max_length=64,
        default="Europe/London",
        db_default="Europe/London",
        validators=[validate_time_zone],
        help_text="By whose clock the chat opens and closes.",
    )
    order = models.PositiveSmallIntegerField(default=100)
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on it can be read, not written in."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="sealed") | Q(mail_rule="nothing"),
                name="sealed_space_mails_nothing",
                violation_error_message="Nothing of a sealed space may leave by e-mail.",
            ),
            models.CheckConstraint(
                condition=Q(chat_days=[], chat_from=None, chat_to=None)
                | (
                    ~Q(chat_days=[])
                    & Q(chat_from__isnull=False, chat_to__isnull=False, chat_to__gt=F("chat_from"))
                ),
                name="space_chat_hours_whole",
                violation_error_message=(
                    "Hours of a chat need days, a beginning and a later end on the same day, or nothing."
                ),
            ),
            models.CheckConstraint(
                condition=Q(takes_mail=False) | Q(mail_rule="everything"),
                name="space_takes_mail_where_words_leave",
                violation_error_message="Replies by e-mail need a space whose titles and words may leave.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return _address().format(self.slug)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None and self.closed_at <= timezone.now()

    @property
    def chat_hours(self) -> Hours | None:
        """When its chat is open; none means always."""
        if not self.chat_days:
            return None
        try:
            zone = ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            zone = ZoneInfo("UTC")
        return Hours(tuple(self.chat_days), self.chat_from, self.chat_to, zone)

    def readers(self):
        """The leaders to whom this space is visible: the same rule, asked from the other side."""
        leader = OuterRef(OuterRef("pk"))
        mine = Space.objects.filter(belongs(leader), accepted(leader), pk=self.pk)
        return Leader.objects.active().filter(Exists(mine))

    def moderators(self):
        """The faculty who moderate it: the rule of `moderated_by`, asked from the other side."""
        roles = self.memberships.current().filter(role=SpaceRole.MODERATOR)
        faculty = Leader.objects.active().filter(is_faculty=True, pk__in=roles.values("leader"))
        if self.kind == SpaceKind.SEALED:
            return faculty.filter(pk__in=self.terms_accepted.values("leader"))
        return faculty


def read_by(leader):
    """The keys of the spaces whose content a leader may read who may come in, for a question."""
    rule = belongs(leader, asking.NOW, asking.DAY), accepted(leader)
    return Space.objects.filter(*rule).values_list("pk")


def moderated_by(leader):
    """The keys of the spaces in which a leader acts as moderator who is faculty, for a question."""
    return Space.objects.filter(moderates(leader, asking.NOW), accepted(leader)).values_list("pk")


_READ, _MODERATED = asking.Question(read_by), asking.Question(moderated_by)


def readable_ids(leader) -> Collection[int]:
    """The spaces whose content a leader may read, by the rule of `visible_to`."""
    return _ids("reads", _READ, leader) if may_come_in(leader) else ()


def moderated_ids(leader) -> Collection[int]:
    """The spaces in which a faculty member acts as moderator, by the rule of `moderated_by`."""
    return _ids("moderates", _MODERATED, leader) if may_come_in(leader) and leader.is_faculty else ()


def readable_by(leaders: Collection[Leader], spaces) -> dict[tuple[int, int], Space]:
    """Which of many leaders may read which of some spaces, by the rule of `visible_to`."""
    inside = [leader.pk for leader in leaders if may_come_in(leader)]
    spaces = {space.pk: space for space in spaces}
    kinds = {pk: space.kind for pk, space in spaces.items()}
    direct, through = (
        DIRECT.rows(leaders=inside, now=timezone.now()),
        THROUGH.rows(leaders=inside, day=today()),
    )
    accepted = ACCEPTED.rows(leaders=inside) if SpaceKind.SEALED in kinds.values() else []
    return {pair: spaces[pair[1]] for pair in pairs_read(inside, kinds, direct, through, accepted)}


def pairs_read(inside: Collection[int], kinds: dict[int, str], direct, through, accepted) -> set[tuple]:
    """The same of those who may come in, by the kinds of the spaces and what they belong to and accepted."""
    pairs = {(pk, space) for space, kind in kinds.items() if kind == SpaceKind.OPEN for pk in inside}
    pairs.update((pk, space) for pk, space in (*direct, *through) if space in kinds)
    agreed = {(pk, space) for pk, space in accepted}
    return {pair for pair in pairs if kinds[pair[1]] != SpaceKind.SEALED or pair in agreed}


def _direct(_):
    direct = SpaceMembership.objects.current(asking.NOW).filter(leader__in=[asking.LEADERS])
    return direct.order_by().values_list("leader", "space")


def _through(_):
    through = CohortMembership.objects.current(asking.DAY).filter(leader__in=[asking.LEADERS])
    return through.order_by().values_list("leader", "cohort__spaces")


def _yes(_):
    return TermsAcceptance.objects.filter(leader__in=[asking.LEADERS]).values_list("leader", "space")


DIRECT, THROUGH, ACCEPTED = map(asking.Question, (_direct, _through, _yes))


def spaces_read_by(leader):
    """The same for a condition of a query: a list if one is kept for this page, else the query itself."""
    if asking.is_remembering():
        return list(readable_ids(leader))
    return Space.objects.visible_to(leader).values("pk")


def spaces_moderated_by(leader):
    """As `spaces_read_by`."""
    if asking.is_remembering():
        return list(moderated_ids(leader))
    return Space.objects.moderated_by(leader).values("pk")


def _ids(name: str, question: asking.Question, leader) -> frozenset[int]:
    def ask():
        return frozenset(pk for (pk,) in question.rows(leader=leader.pk, now=timezone.now(), day=today()))

    return asking.remember((name, leader.pk), ask)
