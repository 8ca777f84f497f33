import re

from django.conf import settings
from django.contrib.postgres.search import (
    SearchQuery,
    SearchVector,
    SearchVectorField,
    TrigramWordSimilarity,
)
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from leaders.models.account import initials

NAMED_ALIKE = 0.5


class FacultyQuerySet(models.QuerySet):
    def published(self):
        """Entries that the public directory shows, in its order."""
        return self.filter(is_published=True).order_by("order", "name")

    def speaking_of(self, words: str):
        """Entries with these words, or with a name that comes close to them, the closest first."""
        asked = SearchQuery(words, search_type="websearch", config="english")
        near = self.annotate(likeness=TrigramWordSimilarity(words.lower(), Lower("name")))
        found = near.filter(Q(search=asked) | Q(likeness__gte=NAMED_ALIKE))
        return found.order_by("-likeness", "order", "name")


class FacultyMember(models.Model):
    """An entry in the public faculty directory; it may or may not have an account."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=20, blank=True, help_text="For example: Dr.")
    post = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=160, blank=True)
    biography = models.TextField(blank=True)
    expertise = models.CharField(max_length=300, blank=True, help_text="Separated by commas.")
    photo = models.ImageField(upload_to="faculty/", blank=True)
    leader = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="faculty_entry"
    )
    order = models.PositiveSmallIntegerField(default=100)
    is_published = models.BooleanField("published", default=True)
    search = models.GeneratedField(
        expression=SearchVector(
            "name", "title", "post", "organisation", "expertise", "biography", config="english"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = FacultyQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name = "faculty member"
        verbose_name_plural = "faculty directory"

    def __str__(self):
        return f"{self.title} {self.name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("faculty_member", args=[self.slug])

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def subjects(self) -> list[str]:
        """The expertise, subject by subject."""
        return [subject.strip() for subject in self.expertise.split(",") if subject.strip()]

    @property
    def paragraphs(self) -> list[str]:
        """The biography, paragraph by paragraph."""
        return [text for text in re.split(r"\s*\n\s*\n\s*", self.biography.strip()) if text]
