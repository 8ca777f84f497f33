"""Reports, the cases they form, and the append-only log of what moderators decided."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import asking
from community.models.chat import Message
from community.models.host_lines import HostLine
from community.models.memberships import SpaceMembership, SpaceRole, TermsAcceptance
from community.models.posts import Post
from community.models.rooms import Participant
from community.models.spaces import Space, SpaceKind, moderated_ids, spaces_moderated_by
from community.models.threads import Thread
from community.models.well_done import WellDone
from leaders.models import Leader


class Category(models.TextChoices):
    """Why an item is reported, the gravest first."""

    RISK = "risk", "Somebody may be at risk"
    CONFIDENTIAL = "confidential", "It names or describes a patient"
    HARASSMENT = "harassment", "Bullying or harassment"
    DISCRIMINATION = "discrimination", "Discrimination"
    UNSAFE = "unsafe", "Unsafe or misleading advice"
    SPAM = "spam", "Advertising or spam"
    OTHER = "other", "Something else"


PRIORITY = {category: place for place, category in enumerate(Category.values, start=1)}


Reported = Post | Message | HostLine | WellDone


def of_no_space(leader) -> Q:
    """What was reported in conversations, and of “well done”: for faculty who moderate an open space.

    Neither those who were ever in that conversation, nor the two between whom the words were said.
    """
    open_ones = Space.objects.filter(pk__in=spaces_moderated_by(leader), kind=SpaceKind.OPEN)
    was_there = Participant.objects.filter(leader=leader, room=OuterRef("message__room"))
    said = WellDone.objects.filter(Q(by=leader) | Q(to=leader), pk=OuterRef("well_done"))
    return Q(Exists(open_ones), ~Exists(was_there), ~Exists(said), space=None)


class CaseQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Cases of the spaces a faculty member moderates, and of no space, but for those about them.

        A closed case stays in its space when the thread moves; its words are for the moderators of both.
        """
        if leader.pk is None:
            return self.none()
        moderated = spaces_moderated_by(leader)
        there = Q(post=None) | Q(post__space__in=moderated)
        return self.filter(Q(there, space__in=moderated) | of_no_space(leader)).exclude(about=leader)

    def open(self):
        """Cases without an outcome, the gravest and then the oldest first."""
        return self.filter(closed_at=None).order_by("priority", "opened_at")

    def unattended(self):
        """Open cases that nobody may decide: their space has no moderator, or only the one they are about."""
        roles = SpaceMembership.objects.current().filter(role=SpaceRole.MODERATOR, space=OuterRef("space"))
        yes = TermsAcceptance.objects.filter(space=OuterRef("space"), leader=OuterRef("leader"))
        able = roles.filter(
            ~Q(space__kind=SpaceKind.SEALED) | Exists(yes),
            leader__in=Leader.objects.active().filter(is_faculty=True),
        )
        return self.open().filter(~Exists(able.exclude(leader=Coalesce(OuterRef("about"), 0))))


class Case(models.Model):
    """All reports of one item; it stays open until a moderator decides."""

    space = models.ForeignKey(
        Space,
        models.PROTECT,
        null=True,
        related_name="cases",
        help_text="Empty: it is of a conversation, or a “well done”.",
    )
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="cases")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="cases")
    line = models.ForeignKey(HostLine, models.PROTECT, null=True, db_index=False, related_name="cases")
    well_done = models.ForeignKey(WellDone, models.PROTECT, null=True, db_index=False, related_name="cases")
    shown_from = models.PositiveIntegerField(null=True, help_text="Of a conversation: the first to be read.")
    shown_to = models.PositiveIntegerField(null=True, help_text="Of a conversation: the last to be read.")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(help_text="1 is the gravest.")
    opened_at = models.DateTimeField(default=timezone.now)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="cases")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=300, blank=True, help_text="The sentence that the reporters are told."
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["priority", "opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=False, message=None, line=None, well_done=None)
                | Q(post=None, message__isnull=False, line=None, well_done=None)
                | Q(post=None, message=None, line__isnull=False, well_done=None)
                | Q(post=None, message=None, line=None, well_done__isnull=False),
                name="case_of_one_item",
            ),
            models.CheckConstraint(
                condition=Q(space__isnull=False)
                | Q(well_done__isnull=False)
                | Q(message__isnull=False, shown_from__isnull=False, shown_to__isnull=False),
                name="case_of_a_space_or_of_people",
            ),
            models.UniqueConstraint(
                fields=["post"], condition=Q(closed_at=None), name="one_open_case_per_post"
            ),
            models.UniqueConstraint(
                fields=["message"], condition=Q(closed_at=None), name="one_open_case_per_message"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(closed_at=None), name="one_open_case_per_line"
            ),
            models.UniqueConstraint(
                fields=["well_done"], condition=Q(closed_at=None), name="one_open_case_per_well_done"
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "opened_at"], condition=Q(closed_at=None), name="case_queue")
        ]

    def __str__(self):
        return f"Case {self.pk}"

    @property
    def item(self) -> Reported:
        return self.post or self.message or self.line or self.well_done

    @property
    def place(self) -> str:
        return _place(self)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def deciders(self):
        """Those who may decide about it: the rule of `visible_to`, asked from the other side."""
        if self.space:
            return self.space.moderators().exclude(pk=self.about_id)
        roles = SpaceMembership.objects.current().filter(role=SpaceRole.MODERATOR)
        faculty = Leader.objects.active().filter(
            is_faculty=True, pk__in=roles.filter(space__kind=SpaceKind.OPEN).values("leader")
        )
        if self.well_done:
            return faculty.exclude(pk__in=[self.well_done.by_id, self.well_done.to_id])
        there = Participant.objects.filter(room=self.message.room_id).values("leader")
        return faculty.exclude(pk__in=there).exclude(pk=self.about_id)

    @property
    def is_unattended(self) -> bool:
        """Whether nobody may decide about it."""
        return not self.deciders().exists()

    @property
    def gravest(self) -> str:
        """The gravest category that it was reported for, in words."""
        return list(Category)[self.priority - 1].label

    @property
    def is_urgent(self) -> bool:
        return self.priority == PRIORITY[Category.RISK]


def _open(moderator):
    return Case.objects.visible_to(moderator).open().order_by().values_list("pk")


_OPEN = asking.Question(_open, moderates=True)


def count_open_cases(leader) -> int:
    """How many cases wait for a moderator: the number beside the desk, on every page of theirs."""
    moderated = list(moderated_ids(leader))
    return len(_OPEN.rows(leader=leader.pk, moderates=moderated)) if moderated else 0


class Report(models.Model):
    """One member's flag on an item, with a category and words."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="reports")
    category = models.CharField(max_length=20, choices=Category)
    words = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["case", "by"], name="one_report_per_member_and_case")]

    def __str__(self):
        return f"{self.get_category_display()} in case {self.case_id}"


# Decisions that concern everybody whose posts went elsewhere.
TO_MANY = ("split", "merge", "stop_move")


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """The log of what a faculty member moderates, without answers to reports about them."""
        if leader.pk is None:
            return self.none()
        mine = Q(space__in=spaces_moderated_by(leader)) | of_no_space(leader)
        return self.filter(mine).exclude(case__about=leader)


class Decision(models.Model):
    """What a moderator did, to what, and why. Rows are never changed or deleted: the database refuses."""

    class Verb(models.TextChoices):
        HIDE = "hide", "Hidden"
        RESTORE = "restore", "Shown again"
        CLOSE = "close", "Closed"
        REOPEN = "reopen", "Opened again"
        PIN = "pin", "Pinned"
        UNPIN = "unpin", "Unpinned"
        MOVE = "move", "Moved"
        SPLIT = "split", "Split"
        MERGE = "merge", "Merged"
        STOP_MOVE = "stop_move", "Move of posts stopped"
        SUSPEND = "suspend", "Suspended"
        LIFT = "lift", "Suspension lifted"
        DISMISS = "dismiss", "No action needed"
        ADMIT = "admit", "Let in"
        DECLINE = "decline", "Not let in"
        HIDE_REVISION = "hide_revision", "Former text hidden"
        RESTORE_REVISION = "restore_revision", "Former text shown again"

    verb = models.CharField(max_length=20, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    reason = models.TextField(max_length=1000)
    at = models.DateTimeField(default=timezone.now)
    space = models.ForeignKey(Space, models.PROTECT, null=True, related_name="decisions")
    thread = models.ForeignKey(Thread, models.PROTECT, null=True, related_name="decisions")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="decisions")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="decisions")
    line = models.ForeignKey(HostLine, models.PROTECT, null=True, db_index=False, related_name="decisions")
    well_done = models.ForeignKey(
        WellDone, models.PROTECT, null=True, db_index=False, related_name="decisions"
    )
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="decisions")
    detail = models.JSONField(
        default=dict, help_text="What else is needed to reverse it, such as where it stood."
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason")]

    def __str__(self):
        return f"{self.get_verb_display()} on {self.at:%-d %B %Y}"

    @property
    def item(self) -> Reported | Thread | None:
        return self.post or self.message or self.line or self.well_done or self.thread

    @property
    def place(self) -> str:
        return _place(self)

    @property
    def concerns(self) -> Leader | None:
        """Whom alone to tell of it: nobody learns that somebody's report about them was dismissed."""
        if self.verb in (self.Verb.DISMISS, self.Verb.ADMIT, self.Verb.DECLINE, *TO_MANY):
            return None
        return self.leader or self.item.author


def _place(about: Case | Decision) -> str:
    """The name of the space that something is of, or what it is of instead."""
    if about.space:
        return about.space.name
    return "Well done" if about.well_done_id else "A conversation"
