"""Conversations of a space."""

from collections.abc import Iterable
from functools import cache, lru_cache

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from community.models.remarks import Hideable
from community.models.spaces import Space, spaces_moderated_by, spaces_read_by

POSTS_PER_PAGE = 20
TITLE_VOLUME_BITS = 10  # titles are searched in volumes, so many threads that were begun after one another


def hold(model: type[models.Model], pks: Iterable[int]) -> None:
    """Keep posts or threads from being taken back until the transaction ends; edits and counts go on.

    Whoever was quicker has ended by then, and a check that follows sees it. Django knows no such lock, and
    the one of a foreign key comes with the commit only.
    """
    with connection.cursor() as cursor:
        rows = f"SELECT 1 FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"  # noqa: S608
        cursor.execute(rows, [list(pks)])


@lru_cache(maxsize=2_000)
def _slug(title: str) -> str:
    slug = slugify(title)[:60].strip("-") or "untitled"
    # A single word could be the name of what one does to a thread, such as /threads/7/close/.
    return slug if "-" in slug else f"thread-{slug}"


def address(pk: int, title: str) -> str:
    """The address of a thread: its number, and the words of its title."""
    return _address().format(pk, _slug(title))


@cache
def _address() -> str:
    """The address of a thread with a place for its number and its slug: a list of threads needs many."""
    return reverse("thread", args=[7_000_000, "slug"]).replace("7000000", "{}").replace("slug", "{}")


class ThreadKind(models.TextChoices):
    DISCUSSION = "discussion", "Discussion"
    QUESTION = "question", "Question"


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Threads of the spaces a leader may read; hidden ones only for the moderators of their space."""
        spaces = spaces_read_by(leader)
        moderated = spaces_moderated_by(leader)
        hidden = Q(space__in=moderated, withdrawn_at=None)
        return self.filter(space__in=spaces, merged_into=None).filter(Q(hidden_at=None) | hidden)

    def moderated_by(self, leader):
        """Threads of the spaces a leader moderates, those that were merged into others too."""
        moderated = spaces_moderated_by(leader)
        return self.filter(space__in=moderated, withdrawn_at=None)

    def shown(self):
        """Threads that are not hidden, for lists and figures, moderators' included."""
        return self.filter(hidden_at=None)

    def perhaps_waiting_for_welcome(self):
        """The few threads in which a first post could wait: whoever wrote last in them began there.

        Asked for first, they spare Post.waiting_for_welcome a look at every post.
        """
        theirs = Thread.objects.filter(posts__author=OuterRef("last_post__author"), posts__withdrawn_at=None)
        firsts = theirs.order_by("posts__created_at")
        return self.shown().filter(pk=Subquery(firsts.values("pk")[:1]), closed_at=None)


class Thread(Hideable, models.Model):
    """A conversation in a space; post number 1 opens it, the rest are replies."""

    space = models.ForeignKey(Space, models.PROTECT, related_name="threads")
    kind = models.CharField(max_length=10, choices=ThreadKind, default=ThreadKind.DISCUSSION)
    title = models.CharField(max_length=150)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="threads")
    alias = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_number = models.PositiveIntegerField(
        default=0, help_text="The number last given to a post, contiguous."
    )
    shown_count = models.PositiveIntegerField(default=0, help_text="Posts that are not hidden.")
    last_post = models.ForeignKey(
        "Post", models.SET_NULL, null=True, related_name="+", help_text="The last post that is not hidden."
    )
    last_post_at = models.DateTimeField(default=timezone.now)
    answer = models.ForeignKey(
        "Post",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="The reply that answers a question.",
    )
    answer_marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_pinned = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Where all its posts are now; it is only an address.",
    )
    is_moving = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether many posts leave it, or come, just now.",
    )
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its author took the first post back."
    )
    search = models.GeneratedField(
        expression=SearchVector("title", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["-is_pinned", "-last_post_at", "-pk"]
        indexes = [
            models.Index(
                fields=["space", "-is_pinned", "-last_post_at", "-id"],
                condition=Q(hidden_at=None, merged_into=None),
                name="thread_list_shown",
            ),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(shown_count=1, closed_at=None, hidden_at=None, merged_into=None),
                name="thread_unanswered",
            ),
            models.Index(fields=["-last_post_at"], name="thread_latest"),
            models.Index(fields=["id"], condition=Q(hidden_at__isnull=False), name="thread_hidden"),
            # By volumes, as posts are: of a word in thousands of titles only the newest are looked at.
            GinIndex(F("search"), F("id").bitrightshift(TITLE_VOLUME_BITS), name="thread_words"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="thread_title_trgm"),
            models.Index(fields=["answer"], condition=Q(answer__isnull=False), name="thread_answer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(hidden_at__isnull=False, title=""),
                name="thread_withdrawn_is_hidden",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return address(self.pk, self.title)

    @classmethod
    def of(cls, pk: int) -> "Thread":
        """A thread of which nothing was read but its key: what else is asked of it is looked up."""
        return cls.from_db(DEFAULT_DB_ALIAS, ["id"], [pk])

    def address_of(self, number: int) -> str:
        """The address of the page on which a number stands, at its place."""
        return f"{self.get_absolute_url()}?page={(number - 1) // POSTS_PER_PAGE + 1}#post-{number}"

    @property
    def slug(self) -> str:
        return _slug(self.title)

    @property
    def is_question(self) -> bool:
        return self.kind == ThreadKind.QUESTION

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def page_count(self) -> int:
        return max(1, -(-self.last_number // POSTS_PER_PAGE))
