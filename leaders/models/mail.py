"""Which e-mails a leader chose, and the record of having chosen."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone


class DigestFrequency(models.TextChoices):
    OFF = "off", "Never"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Once a week"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


def new_key() -> str:
    return secrets.token_urlsafe(24)


class MailPreferences(models.Model):
    """What may be sent to a leader, and when. Off until chosen."""

    leader = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preferences")
    digest = models.CharField(max_length=10, choices=DigestFrequency, default=DigestFrequency.OFF)
    digest_weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.THURSDAY)
    digest_hour = models.PositiveSmallIntegerField(
        default=7, validators=[MaxValueValidator(23)], help_text="In the leader's own time zone, 0 to 23."
    )
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)

    class Meta:
        verbose_name_plural = "mail preferences"

    def __str__(self):
        return f"{self.leader}: {self.get_digest_display()}"


class Consent(models.Model):
    """One dated choice about an e-mail: what was chosen, by which words, and through which door."""

    TEXT_VERSION = "2026-11"

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=20, default="digest")
    choice = models.CharField(max_length=20)
    text_version = models.CharField(max_length=20)
    source = models.CharField(max_length=30)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.kind}: {self.choice} on {self.at:%-d %B %Y}"
