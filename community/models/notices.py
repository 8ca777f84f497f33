"""Lines that tell a leader that something concerns them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.models.chat import Message
from community.models.spaces import Space
from community.models.threads import Post, Thread


class NoticeKind(models.TextChoices):
    """Why a leader is told."""

    REPLY = "reply", "You watch this thread"
    MENTION = "mention", "You were mentioned"
    THANKS = "thanks", "Somebody thanked you"
    MODERATION = "moderation", "A moderator decided something about your words"
    REPORT = "report", "You reported something"
    MEMBERSHIP = "membership", "Your spaces changed"


ABOUT_CONTENT = (NoticeKind.REPLY, NoticeKind.MENTION, NoticeKind.THANKS)


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """A leader's notices, but for those about words that they may no longer see."""
        seen = Post.objects.shown().filter(space__in=Space.objects.visible_to(leader).values("pk"))
        return self.filter(leader=leader).filter(~Q(kind__in=ABOUT_CONTENT) | Q(post__in=seen.values("pk")))

    def unread(self):
        """Notices not read yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One line for one leader; unread lines of one kind about one thread are one line with a count."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    space = models.ForeignKey(Space, models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+", help_text="The latest one.")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    words = models.TextField(
        blank=True, help_text="A sentence for this leader, such as a moderator's reason."
    )
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "kind", "thread"],
                condition=Q(read_at=None, kind="reply"),
                name="one_unread_reply_notice_per_thread",
            )
        ]
        indexes = [
            models.Index(fields=["leader", "-at"], name="notice_list"),
            models.Index(fields=["leader"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.leader})"
