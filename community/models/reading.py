"""How far a leader has read each thread, and how closely they follow it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.models.threads import Thread


class Level(models.TextChoices):
    WATCHING = "watching", "Watching: a notice for every reply"
    NORMAL = "normal", "Normal: a notice when I am mentioned"
    MUTED = "muted", "Muted: nothing, and not in the digest"


class Reading(models.Model):
    """One leader's high-water marks in one thread; a mark never falls by itself."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="readings")
    read_up_to = models.PositiveIntegerField(default=0)
    mailed_up_to = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leader", "thread"], name="reading_once")]
        indexes = [models.Index(fields=["thread", "level"], name="reading_by_thread")]

    def __str__(self):
        return f"{self.leader} in thread {self.thread_id}: {self.read_up_to}"
