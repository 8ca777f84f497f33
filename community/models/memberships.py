"""Who belongs to a space beside its cohorts, who said yes to its rules, and who asks to join."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class SpaceRole(models.TextChoices):
    MEMBER = "member", "Member"
    MODERATOR = "moderator", "Moderator"


class SpaceMembershipQuerySet(models.QuerySet):
    def current(self, now=None):
        """Memberships that count now."""
        now = now or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


class SpaceMembership(models.Model):
    """A leader's direct invitation into a space, beside those that come through cohorts."""

    space = models.ForeignKey("Space", models.CASCADE, related_name="memberships")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="space_memberships")
    role = models.CharField(max_length=10, choices=SpaceRole, default=SpaceRole.MEMBER)
    starts_at = models.DateTimeField("from", default=timezone.now)
    ends_at = models.DateTimeField("to", null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = SpaceMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "leader"],
                condition=Q(ends_at=None),
                name="space_membership_once_at_a_time",
                violation_error_message="This leader is in the space already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="space_membership_ends_after_start",
                violation_error_message="A membership cannot end before it starts.",
            ),
        ]

    def __str__(self):
        return f"{self.leader} in {self.space}"


class TermsAcceptance(models.Model):
    """A leader's yes to the rules of a sealed space, given before the first look inside."""

    space = models.ForeignKey("Space", models.CASCADE, related_name="terms_accepted")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "leader"], name="terms_accepted_once")]

    def __str__(self):
        return f"{self.leader} accepted the rules of {self.space}"


class JoinRequest(models.Model):
    """A leader asks to join a restricted space."""

    space = models.ForeignKey("Space", models.CASCADE, related_name="join_requests")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests")
    words = models.TextField(max_length=1000, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    accepted = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "leader"], condition=Q(decided_at=None), name="join_request_once_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.leader} asks to join {self.space}"
