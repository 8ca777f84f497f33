"""A leader: the account, and the profile that others may see."""

import secrets
import unicodedata
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone

from leaders.models.cohorts import CohortMembership
from leaders.models.organisations import Organisation, Region
from leaders.models.professions import Profession
from leaders.models.stages import Stage
from leaders.models.zones import time_zones


class Shown(models.TextChoices):
    """Who may see one field of a profile."""

    LEADERS = "leaders", "All leaders"
    COHORT = "cohort", "People in my cohorts"
    NOBODY = "nobody", "Only me"


PROFILE_FIELDS = ("stage", "role", "profession", "organisation", "ask_me_about", "working_on", "photo")


def shown_by_default() -> dict[str, str]:
    return dict.fromkeys(PROFILE_FIELDS, Shown.LEADERS.value)


def sort_key(name: str) -> str:
    """The name lower-cased and without accents, since the database cannot be relied on to have ICU."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()


def validate_time_zone(value: str) -> None:
    if value not in time_zones():
        raise ValidationError("Choose a time zone from the list.")


def initials(name: str) -> str:
    """One or two letters for an avatar without a photo."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def photo_path(leader, filename: str) -> str:
    """A name that nobody can guess, and a new one for each picture, so that browsers may keep it."""
    return f"photos/{secrets.token_hex(12)}.webp"


FAR = "0.35"  # how like another a name must be where none is close
FAR_AT_MOST = 90


class LeaderQuerySet(models.QuerySet):
    def active(self, now=None):
        """People who have joined, may sign in and are not suspended."""
        return self.filter(
            Q(suspended_until=None) | Q(suspended_until__lte=now or timezone.now()),
            is_active=True,
            joined_at__isnull=False,
        )

    def visible_to(self, leader):
        """The people whom a leader may see: everyone who has joined, for everyone who may come in."""
        if not may_come_in(leader):
            return self.none()
        return self.filter(is_active=True, joined_at__isnull=False)

    def in_cohort_with(self, leader):
        """Those who share a current cohort with a leader."""
        theirs = CohortMembership.objects.current().filter(leader=leader).values("cohort")
        shared = CohortMembership.objects.current().filter(leader=OuterRef("pk"), cohort__in=theirs)
        return self.filter(Exists(shared))

    def showing(self, field: str, to) -> "LeaderQuerySet":
        """Those who let `to` see that field, so that no filter tells what a page would not."""
        together = Leader.objects.in_cohort_with(to).values("pk")
        for_all = Q(**{f"visibility__{field}": Shown.LEADERS}) | ~Q(visibility__has_key=field)
        for_cohort = Q(**{f"visibility__{field}": Shown.COHORT}) & Q(pk__in=together)
        return self.filter(Q(pk=to.pk) | for_all | for_cohort)

    def in_region(self, region: str):
        """Those whose own region, or else that of their organisation, is this one."""
        return self.filter(Q(region=region) | Q(region="", organisation__region=region))

    def named_like(self, words: str):
        """Those whose name holds the words, or comes close, the closest first."""
        close = self.named_nearly(words)
        if close.exists():
            return close
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [FAR])
            far = list(close.values_list("pk", flat=True)[:FAR_AT_MOST])
            transaction.set_rollback(True)  # with it goes the setting, and nothing else
        return _closest_first(self.filter(pk__in=far), words)

    def named_nearly(self, words: str):
        """Those whose name holds the words, or comes so close that the index of names tells."""
        key = sort_key(words)
        # As an expression, so that it can stand for another in a question that is prepared.
        within = Q(sort_name__contains=Value(key))
        close = self.filter(within | Q(sort_name__trigram_word_similar=key))
        return _closest_first(close, words)


def _closest_first(people: LeaderQuerySet, words: str) -> LeaderQuerySet:
    return people.order_by(TrigramWordSimilarity(sort_key(words), "sort_name").desc(), "sort_name", "pk")


class LeaderManager(BaseUserManager.from_queryset(LeaderQuerySet)):
    def create_user(self, email: str, password: str | None = None, **fields):
        """A new account; without a password one signs in by a code."""
        leader = self.model(email=self.normalize_email(email).lower(), **fields)
        leader.set_password(password)
        leader.handle = leader.handle or self.free_handle(leader.name or "leader")
        leader.sort_name = sort_key(leader.name)
        leader.save(using=self._db)
        return leader

    def create_superuser(self, email: str, password: str | None = None, **fields):
        """An admin who has already joined."""
        fields = {"is_staff": True, "is_superuser": True, "joined_at": timezone.now(), **fields}
        return self.create_user(email, password, **fields)

    def free_handle(self, name: str, taken: set[str] | None = None) -> str:
        """A short public name in addresses and mentions that nobody has yet; `taken` if all are known."""
        base = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in sort_key(name)).split())
        base = base[:30].strip("-") or "leader"
        if taken is None:
            taken = set(self.filter(handle__startswith=base).values_list("handle", flat=True))
        number = 1
        handle = base
        while handle in taken:
            number += 1
            handle = f"{base}-{number}"
        return handle


class Leader(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    email = models.EmailField(
        "e-mail address",
        max_length=254,
        unique=True,
        error_messages={"unique": "Somebody with this e-mail address is here already."},
    )
    handle = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use small letters, digits and hyphens.")],
        help_text="The short name in addresses and mentions. It lasts.",
    )
    name = models.CharField(max_length=120, blank=True)
    sort_name = models.CharField(max_length=120, blank=True, editable=False)
    stage = models.CharField(max_length=10, choices=Stage, blank=True)
    role = models.CharField(max_length=120, blank=True, help_text="For example: lead for partnerships.")
    profession = models.CharField(max_length=30, choices=Profession, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="leaders"
    )
    organisation_name = models.CharField(
        max_length=160, blank=True, help_text="As typed on joining, until an admin links an organisation."
    )
    region = models.CharField(
        max_length=30, choices=Region, blank=True, help_text="Empty: that of the organisation."
    )
    ask_me_about = models.TextField(max_length=600, blank=True)
    working_on = models.TextField(max_length=600, blank=True)
    photo = models.ImageField(upload_to=photo_path, blank=True)
    visibility = models.JSONField(default=shown_by_default, blank=True)
    shows_presence = models.BooleanField(default=True, help_text="Others in a chat room see that I am there.")
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_time_zone])

    unvisited = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="How many digests were sent since the last visit."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    joined_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.TextField(blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    is_faculty = models.BooleanField("is faculty", default=False, help_text="May moderate and host spaces.")
    is_staff = models.BooleanField(
        "is an admin", default=False, help_text="May use these administration pages."
    )

    objects = LeaderManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["sort_name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="leader_email_small_letters"),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="leader_sort"),
            models.Index(
                fields=["sort_name", "id"],
                condition=Q(is_active=True, joined_at__isnull=False),
                name="leader_directory",
            ),
            GinIndex(fields=["sort_name"], opclasses=["gin_trgm_ops"], name="leader_name_trgm"),
        ]

    def __str__(self):
        return self.name or self.handle

    def clean(self):
        super().clean()
        self.email = self.__class__.objects.normalize_email(self.email).lower()
        self.sort_name = sort_key(self.name)

    def get_absolute_url(self) -> str:
        return f"/leaders/{self.handle}/"

    @property
    def is_suspended(self) -> bool:
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def workplace(self) -> str:
        """The organisation, as linked or as typed."""
        return self.organisation.name if self.organisation else self.organisation_name

    @property
    def region_name(self) -> str:
        """The region in words: one's own, or else that of the organisation."""
        if self.region or not self.organisation:
            return self.get_region_display()
        return self.organisation.get_region_display()

    @property
    def has_known_zone(self) -> bool:
        return self.zone.key == self.time_zone

    @property
    def zone(self) -> ZoneInfo:
        """The leader's time zone; UTC if its name has left the database of zones."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")


def may_come_in(leader) -> bool:
    """Signed in, joined, active and not suspended: the ground under every `visible_to`."""
    return bool(
        leader is not None
        and leader.is_authenticated
        and leader.is_active
        and leader.joined_at
        and not leader.is_suspended
    )
