"""Where posts went that left their thread, when it was split or merged into another."""

from django.db import models
from django.utils import timezone

from community.models.threads import Thread


class Transfer(models.Model):
    """A run of posts that left a thread together; their numbers there are not given again."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="departures")
    first = models.PositiveIntegerField(help_text="The number of the first of them, as it was.")
    last = models.PositiveIntegerField()
    to = models.ForeignKey(Thread, models.CASCADE, related_name="arrivals")
    to_first = models.PositiveIntegerField(help_text="The number that the first of them got there.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["thread", "first"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "first"], name="transfer_once"),
            models.CheckConstraint(
                condition=models.Q(first__gte=1, last__gte=models.F("first")), name="transfer_of_something"
            ),
        ]

    def __str__(self):
        return f"Posts {self.first} to {self.last} of thread {self.thread_id}"

    @property
    def count(self) -> int:
        return self.last - self.first + 1
