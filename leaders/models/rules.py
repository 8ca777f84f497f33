"""The house rules in their versions, and who accepted which."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class HouseRulesQuerySet(models.QuerySet):
    def current(self):
        """The version in force, or None."""
        return self.filter(in_force_from__lte=timezone.now()).order_by("-version").first()


class HouseRules(models.Model):
    """One version of the rules that everybody accepts."""

    version = models.PositiveSmallIntegerField(unique=True)
    text = models.TextField(help_text="Markdown.")
    in_force_from = models.DateTimeField(default=timezone.now)

    objects = HouseRulesQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        verbose_name = verbose_name_plural = "house rules"

    def __str__(self):
        return f"House rules, version {self.version}"


class HouseRulesAcceptance(models.Model):
    """One leader's acceptance of one version."""

    rules = models.ForeignKey(HouseRules, models.PROTECT, related_name="acceptances")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="rules_accepted")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rules", "leader"], name="house_rules_accepted_once")]

    def __str__(self):
        return f"{self.leader} accepted version {self.rules.version}"
