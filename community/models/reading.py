"""How far a leader has read each thread, and how closely they follow threads and whole spaces."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.models.spaces import Space
from community.models.threads import Thread


class Level(models.TextChoices):
    WATCHING = "watching", "Watching: a notice for every reply"
    NORMAL = "normal", "Normal: a notice when I am mentioned"
    MUTED = "muted", "Muted: nothing, and not in the digest"


THREAD_LEVELS = [*Level.choices, ("", "As its space: what I chose there holds here too")]
SPACE_LEVELS = [
    (Level.WATCHING.value, "Watching: a notice for every new thread"),
    (Level.NORMAL.value, "Normal: what is new stands in my lists"),
    (Level.MUTED.value, "Muted: nothing in my lists, notices or digest"),
]


class Reading(models.Model):
    """One leader's high-water marks in one thread; a mark never falls by itself."""

    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="readings"
    )
    thread = models.ForeignKey(Thread, models.CASCADE, db_index=False, related_name="readings")
    read_up_to = models.PositiveIntegerField(default=0)
    mailed_up_to = models.PositiveIntegerField(default=0)
    level = models.CharField(
        max_length=10, choices=Level, null=True, blank=True, help_text="Empty: as the space is followed."
    )
    read_at = models.DateTimeField(default=timezone.now)
    set_back_at = models.DateTimeField(
        null=True, help_text="When the leader last marked posts as unread; what was seen before is void."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leader", "thread"], name="reading_once")]
        indexes = [models.Index(fields=["thread", "level"], name="reading_by_thread")]

    def __str__(self):
        return f"{self.leader} in thread {self.thread_id}: {self.read_up_to}"


class SpaceLevel(models.Model):
    """How closely a leader follows a space; a thread's own level goes before it."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="space_levels")
    space = models.ForeignKey(Space, models.CASCADE, related_name="levels")
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leader", "space"], name="space_level_once")]
        indexes = [models.Index(fields=["space", "level"], name="space_level_by_space")]

    def __str__(self):
        return f"{self.leader} in {self.space}: {self.level}"


class Sweep(models.Model):
    """What a leader marked as read at one stroke, with the former marks, so that it can be undone."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sweeps")
    marks = models.JSONField(help_text="For each thread: the mark before, and the mark since.")
    notices = models.JSONField(
        default=list,
        db_default=[],
        help_text="Notices that were opened with it and that no mark brings back.",
    )
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.leader} marked {len(self.marks)} threads as read"
