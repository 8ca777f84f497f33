"""Which e-mails a leader chose, and the record of having chosen."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone


class DigestFrequency(models.TextChoices):
    OFF = "off", "Never"
    DAILY = "daily", "Every day"
    DAYS = "days", "On chosen days"
    WEEKLY = "weekly", "Once a week"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


@dataclass(frozen=True)
class Rhythm:
    """The local hours of a digest: one a day, even where a change of clocks skips or repeats it."""

    frequency: str
    weekday: int
    hour: int
    zone: ZoneInfo
    days: tuple[int, ...] = ()

    def on(self, day: date) -> datetime:
        """The moment on a local day: the first of an hour that comes twice, the next of one skipped."""
        return datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)

    def latest(self, now: datetime) -> tuple[date, datetime]:
        """The last local day whose hour has come, and that moment."""
        return next((day, self.on(day)) for day in self._days(now, -1) if self.on(day) <= now)

    def next(self, now: datetime) -> datetime:
        """The next moment after this one."""
        return next(self.on(day) for day in self._days(now, 1) if self.on(day) > now)

    @property
    def words(self) -> str:
        """As in: You get this once a week, on Thursday at 07:00."""
        if self.frequency == DigestFrequency.DAILY:
            return f"every day at {self.hour:02}:00"
        if self.frequency == DigestFrequency.DAYS:
            return f"on {', '.join(Weekday(day).label for day in self.days)} at {self.hour:02}:00"
        return f"once a week, on {Weekday(self.weekday).label} at {self.hour:02}:00"

    def _days(self, now: datetime, step: int) -> Iterator[date]:
        today = now.astimezone(self.zone).date()
        wanted = {DigestFrequency.DAILY: range(7), DigestFrequency.DAYS: self.days}
        days = (today + timedelta(days=step * number) for number in range(15))
        return (day for day in days if day.weekday() in wanted.get(self.frequency, [self.weekday]))


def new_key() -> str:
    return secrets.token_urlsafe(24)


class MailPreferences(models.Model):
    """What may be sent to a leader, and when. Off until chosen."""

    leader = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preferences")
    digest = models.CharField(max_length=10, choices=DigestFrequency, default=DigestFrequency.OFF)
    digest_weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.THURSDAY)
    digest_days = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        default=list,
        blank=True,
        help_text="If chosen.",
    )
    digest_hour = models.PositiveSmallIntegerField(
        default=7, validators=[MaxValueValidator(23)], help_text="In the leader's own time zone, 0 to 23."
    )
    away_until = models.DateField(
        null=True, blank=True, help_text="Nothing is sent before this day, but for the account’s safety."
    )
    notices = models.BooleanField("e-mails about notices", default=True)
    quiet_from = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(23)],
        help_text="From this hour until the other, in the leader’s own time zone, nothing is sent.",
    )
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(23)])
    slower_offered_at = models.DateTimeField(
        null=True, editable=False, help_text="When a digest offered to come less often; that is said once."
    )
    slower_answered_at = models.DateTimeField(null=True, editable=False)
    chosen_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="No digest is due from before."
    )
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    refused_address = models.EmailField(
        max_length=254,
        blank=True,
        db_default="",
        editable=False,
        help_text="A mail server refused it for good.",
    )
    refused_at = models.DateTimeField(null=True, blank=True, editable=False)
    refused_words = models.CharField(max_length=300, blank=True, db_default="", editable=False)

    class Meta:
        verbose_name_plural = "mail preferences"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="quiet_hours_begin_and_end",
                violation_error_message="Quiet hours need a beginning and another hour as their end.",
            )
        ]

    def __str__(self):
        return f"{self.leader}: {self.get_digest_display()}"

    @property
    def rhythm(self) -> Rhythm:
        days = tuple(sorted(self.digest_days))
        return Rhythm(self.digest, self.digest_weekday, self.digest_hour, self.leader.zone, days)

    @property
    def is_refused(self) -> bool:
        """Whether mail to the leader's present address came back."""
        return bool(self.refused_address) and self.refused_address == self.leader.email

    @property
    def is_away(self) -> bool:
        """Whether the leader asked for quiet until a day that has not come in their time zone."""
        today = timezone.now().astimezone(self.leader.zone).date()
        return self.away_until is not None and self.away_until > today

    def is_quiet_at(self, hour: int) -> bool:
        """Whether this local hour is one of the quiet ones, which may go on past midnight."""
        if self.quiet_from is None:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def quiet_ends(self, now: datetime) -> datetime | None:
        """When the quiet hours of this moment end; None where it is in none."""
        local = now.astimezone(self.leader.zone)
        if not self.is_quiet_at(local.hour):
            return None
        day = local.date() + timedelta(days=local.hour >= self.quiet_until)
        ends = datetime.combine(day, time(self.quiet_until), self.leader.zone).astimezone(UTC)
        return max(ends, now + timedelta(minutes=1))

    @property
    def offers_slower(self) -> bool:
        """Whether the offer to hear less often still waits for an answer."""
        is_open = self.slower_offered_at is not None and self.slower_answered_at is None
        return is_open and self.digest != DigestFrequency.OFF

    @property
    def slower(self) -> str:
        """The next slower rhythm."""
        return DigestFrequency.OFF if self.digest == DigestFrequency.WEEKLY else DigestFrequency.WEEKLY

    @property
    def next_digest(self) -> datetime | None:
        """When the next one is due, or None when it is off."""
        if self.digest == DigestFrequency.OFF:
            return None
        zone = self.leader.zone
        back = datetime.combine(self.away_until, time(), zone) if self.is_away else timezone.now()
        return self.rhythm.next(back - timedelta(seconds=1))


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

    @property
    def sentence(self) -> str:
        """As in: The digest once a week."""
        if self.kind == "digest":
            return f"The digest {dict(DigestFrequency.choices).get(self.choice, self.choice).lower()}"
        return f"E-mails about notices {self.choice}"
