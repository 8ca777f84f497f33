"""Conversations and their numbered messages."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from community.models import asking
from community.models.spaces import Space, spaces_moderated_by, spaces_read_by
from leaders.models import Leader

POSTS_PER_PAGE = 20

# A quote with its permalink and its words, in the regular expressions of PostgreSQL and of Python alike.
QUOTE = r"(?:^|\n)[ >]*>[ ]*/posts/([0-9]+)/[^\n]*(?:\n[ ]*>[^\n]*)*"


def undo_window() -> timedelta:
    """How long one can take back what one sent."""
    return timedelta(seconds=settings.UNDO_SEND_SECONDS)


def told_until() -> datetime:
    """Of what was written until then, people are told."""
    return timezone.now() - undo_window()


def hold(model: type[models.Model], pks: Iterable[int]) -> None:
    """Keep posts or threads from being taken back until the transaction ends; edits and counts go on.

    Whoever was quicker has ended by then, and a check that follows sees it. Django knows no such lock, and
    the one of a foreign key comes with the commit only.
    """
    with connection.cursor() as cursor:
        rows = f"SELECT 1 FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"  # noqa: S608
        cursor.execute(rows, [list(pks)])


def own_words(field: str) -> Func:
    """A text without the posts that it quotes: whoever sees it need not be able to see those."""
    pattern, nothing, everywhere = Value(QUOTE), Value(""), Value("g")
    return Func(
        F(field), pattern, nothing, everywhere, function="regexp_replace", output_field=models.TextField()
    )


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
        theirs = Post.objects.filter(author=OuterRef("last_post__author"), withdrawn_at=None)
        firsts = theirs.order_by("created_at")
        return self.shown().filter(pk=Subquery(firsts.values("thread")[:1]), closed_at=None)


class Thread(models.Model):
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
            GinIndex(fields=["search"], name="thread_search"),
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
        return _address().format(self.pk, self.slug)

    def address_of(self, number: int) -> str:
        """The address of the page on which a number stands, at its place."""
        return f"{self.get_absolute_url()}?page={(number - 1) // POSTS_PER_PAGE + 1}#post-{number}"

    @property
    def slug(self) -> str:
        slug = slugify(self.title)[:60].strip("-") or "untitled"
        # A single word could be the name of what one does to a thread, such as /threads/7/close/.
        return slug if "-" in slug else f"thread-{slug}"

    @property
    def is_question(self) -> bool:
        return self.kind == ThreadKind.QUESTION

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def page_count(self) -> int:
        return max(1, -(-self.last_number // POSTS_PER_PAGE))


class PostQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Posts of the threads a leader may see; hidden ones only for the moderators of their space."""
        spaces = spaces_read_by(leader)
        moderated = spaces_moderated_by(leader)
        hidden = Q(space__in=moderated, withdrawn_at=None)
        return self.filter(space__in=spaces).filter(Q(hidden_at=None, thread__hidden_at=None) | hidden)

    def shown(self):
        """Posts that nobody hid, in threads that nobody hid: for mail, search, lists and figures."""
        return self.filter(hidden_at=None, thread__hidden_at=None)

    def since(self, moment):
        """Posts written after a moment."""
        return self.filter(created_at__gt=moment)

    def told(self):
        """Posts that their author can no longer take back: of the others nobody is told."""
        return self.filter(created_at__lte=asking.TOLD if asking.is_building() else told_until())

    def waiting_for_welcome(self):
        """The first posts ever of members that nobody else has answered, in threads open to an answer."""
        theirs = Post.objects.filter(author=OuterRef("author"), withdrawn_at=None)
        earlier = theirs.filter(created_at__lt=OuterRef("created_at"))
        later = Post.objects.filter(thread=OuterRef("thread"), number__gt=OuterRef("number"), hidden_at=None)
        newcomers = Leader.objects.active().filter(is_faculty=False)
        answers = later.exclude(author=OuterRef("author"))
        return self.shown().filter(
            ~Exists(earlier), ~Exists(answers), thread__closed_at=None, author__in=newcomers
        )

    def page(self, number: int):
        """The posts of one page of a thread, by their numbers."""
        first = (number - 1) * POSTS_PER_PAGE + 1
        return self.filter(number__range=(first, first + POSTS_PER_PAGE - 1)).order_by("number")


class Post(models.Model):
    """One numbered message of a thread, stored as Markdown and as the HTML made from it once."""

    space = models.ForeignKey(Space, models.PROTECT, related_name="posts")
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="posts",
        help_text="Absent when the post is anonymous or its author has left.",
    )
    alias = models.CharField(
        max_length=40, blank=True, help_text="The name shown in place of an absent author."
    )
    body = models.TextField()
    body_html = models.TextField()
    renderer = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    hidden_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its author took it back; the words are gone."
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When those who watch the thread were told."
    )
    client_uuid = models.UUIDField(default=uuid.uuid4)
    search = models.GeneratedField(
        expression=SearchVector(own_words("body"), config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_unique"),
            models.UniqueConstraint(fields=["author", "client_uuid"], name="post_sent_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(hidden_at__isnull=False, body="", body_html=""),
                name="post_withdrawn_is_empty",
            ),
        ]
        indexes = [
            GinIndex(fields=["space", "search"], name="post_search_by_space"),
            models.Index(fields=["-created_at", "space"], name="post_latest"),
            models.Index(fields=["thread", "created_at"], name="post_by_thread_and_time"),
            models.Index(fields=["author", "-created_at"], name="post_by_author"),
            models.Index(fields=["author", "thread"], name="post_by_author_and_thread"),
            models.Index(fields=["space", "-created_at"], name="post_by_space"),
            models.Index(
                fields=["thread", "number"], condition=Q(hidden_at__isnull=False), name="post_hidden"
            ),
        ]

    def __str__(self):
        return f"Post {self.number} of thread {self.thread_id}"

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.pk])

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def told_at(self) -> datetime:
        """When its author can no longer take it back, and others are told."""
        return self.created_at + undo_window()

    @property
    def page_number(self) -> int:
        return (self.number - 1) // POSTS_PER_PAGE + 1


class RevisionQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Former texts of the posts a leader may see; hidden ones only for the moderators of their space."""
        moderated = spaces_moderated_by(leader)
        posts = Post.objects.visible_to(leader).values("pk")
        return self.filter(post__in=posts).filter(Q(hidden_at=None) | Q(post__space__in=moderated))


class Revision(models.Model):
    """A former text of a post, kept when it was edited."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    body = models.TextField()
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(help_text="When this text was written.")
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["post", "version"]
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="revision_version_unique")]

    def __str__(self):
        return f"Version {self.version} of post {self.post_id}"

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None


class Mention(models.Model):
    """A leader named in a post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "leader"], name="mention_once")]
        indexes = [models.Index(fields=["leader", "-at"], name="mention_of_leader")]

    def __str__(self):
        return f"{self.leader} in post {self.post_id}"


class Quote(models.Model):
    """A post quoted by another; shown with the rights of whoever looks."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="quotes")
    quoted = models.ForeignKey(Post, models.CASCADE, related_name="quoted_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "quoted"], name="quote_once")]

    def __str__(self):
        return f"Post {self.quoted_id} in post {self.post_id}"


class Thanks(models.Model):
    """One leader's thank-you for a post or a chat message, with a few words of why."""

    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="thanks")
    message = models.ForeignKey("Message", models.CASCADE, null=True, db_index=False, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="thanks_given")
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "thanks"
        constraints = [
            models.UniqueConstraint(fields=["post", "by"], name="thanks_once"),
            models.UniqueConstraint(
                fields=["message", "by"], condition=Q(message__isnull=False), name="message_thanks_once"
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=False, message=None) | Q(post=None, message__isnull=False),
                name="thanks_for_one_item",
            ),
        ]

    def __str__(self):
        return f"{self.by} thanked for {self.item}"

    @property
    def item(self):
        """The post or the message."""
        return self.post or self.message
