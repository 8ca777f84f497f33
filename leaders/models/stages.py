"""The stages of a leader, and the record of each change."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Stage(models.TextChoices):
    CURRENT = "current", "Current leader"
    EMERGENT = "emergent", "Emergent leader"
    FUTURE = "future", "Future leader"


class StageRecord(models.Model):
    """One dated change of stage: who, why, on what evidence; never derived from activity counts."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stage_records")
    stage = models.CharField(max_length=10, choices=Stage)
    reason = models.CharField(max_length=300)
    evidence = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="recorded by"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["leader", "-at"], name="stage_by_leader")]

    def __str__(self):
        return f"{self.leader}: {self.get_stage_display()}, {self.at:%-d %B %Y}"
