"""The numbered messages of a conversation, what they were before, and whom and what they name."""

import uuid
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils import timezone

from community.models import asking
from community.models.errands import PROMISING, ErrandKind
from community.models.remarks import Hideable
from community.models.spaces import Space, spaces_moderated_by, spaces_read_by
from community.models.threads import POSTS_PER_PAGE, Thread
from leaders.models import Leader

# A quote with its permalink and its words, in the regular expressions of PostgreSQL and of Python alike.
QUOTE = r"(?:^|\n)[ >]*>[ ]*/posts/([0-9]+)/[^\n]*(?:\n[ ]*>[^\n]*)*"

# Posts are searched in volumes, so many posts that were written after one another.
VOLUME_BITS = 13
VOLUME = 2**VOLUME_BITS
SHELF_BITS = 40  # what stands before the number of a volume that holds the posts of one space only


@cache
def _address() -> str:
    """The permalink of a post with a place for its number: a page of results needs many."""
    return reverse("post", args=[7_000_000]).replace("7000000", "{}")


def undo_window() -> timedelta:
    """How long one can take back what one sent."""
    return timedelta(seconds=settings.UNDO_SEND_SECONDS)


def told_until() -> datetime:
    """Of what was written until then, people are told."""
    return timezone.now() - undo_window()


def own_words(field: str) -> Func:
    """A text without the posts that it quotes: whoever sees it need not be able to see those."""
    pattern, nothing, everywhere = Value(QUOTE), Value(""), Value("g")
    return Func(
        F(field), pattern, nothing, everywhere, function="regexp_replace", output_field=models.TextField()
    )


def volumes() -> Func:
    """The volumes that hold a post: that of all spaces, and that of its own."""
    volume = F("id").bitrightshift(VOLUME_BITS)
    own = F("space").bitleftshift(SHELF_BITS).bitor(volume)
    template, numbers = "%(function)s[%(expressions)s]", ArrayField(models.BigIntegerField())
    return Func(volume, own, function="ARRAY", template=template, output_field=numbers)


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
        newcomers = Leader.objects.active(asking.moment()).filter(is_faculty=False)
        answers = later.exclude(author=OuterRef("author"))
        return self.shown().filter(
            ~Exists(earlier), ~Exists(answers), thread__closed_at=None, author__in=newcomers
        )

    def page(self, number: int):
        """The posts of one page of a thread, by their numbers."""
        first = (number - 1) * POSTS_PER_PAGE + 1
        return self.filter(number__range=(first, first + POSTS_PER_PAGE - 1)).order_by("number")


class Post(Hideable, models.Model):
    """One numbered message of a thread, stored as Markdown and as the HTML made from it once."""

    # What would be indexed for a foreign key is the beginning of another index.
    space = models.ForeignKey(Space, models.PROTECT, db_index=False, related_name="posts")
    thread = models.ForeignKey(Thread, models.PROTECT, db_index=False, related_name="posts")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_index=False,
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
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its author took it back; the words are gone."
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When those who watch the thread were told."
    )
    client_uuid = models.UUIDField(default=uuid.uuid4)
    by_mail = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Whether it came as a reply by e-mail."
    )
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
            # Asked for some volumes only, the index does not look at each of the matches of many years.
            GinIndex(
                F("space"),
                F("search"),
                volumes(),
                name="post_words_by_volume",
                gin_pending_list_limit=512,
            ),
            models.Index(fields=["-created_at", "space"], name="post_latest"),
            models.Index(fields=["thread", "created_at"], name="post_by_thread_and_time"),
            models.Index(fields=["author", "-created_at"], name="post_by_author"),
            models.Index(fields=["author", "thread"], name="post_by_author_and_thread"),
            models.Index(fields=["space", "-created_at"], name="post_by_space"),
            models.Index(
                fields=["thread", "number"], condition=Q(hidden_at__isnull=False), name="post_hidden"
            ),
            models.Index(fields=["edited_by"], condition=Q(edited_by__isnull=False), name="post_by_editor"),
        ]

    def __str__(self):
        return f"Post {self.number} of thread {self.thread_id}"

    def get_absolute_url(self) -> str:
        return _address().format(self.pk)

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


class Revision(Hideable, models.Model):
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


# What all posts have when they are new, as SQL.
_NEW = {"alias": "''", "version": "1"} | dict.fromkeys(
    ["edited_at", "edited_by_id", "hidden_at", "withdrawn_at", "announced_at"], "NULL"
)


@cache
def _storing() -> tuple[asking.Statement, list[str]]:
    """A statement for a new post, and the attributes that it is given, each once."""
    fields = [each for each in Post._meta.concrete_fields if not (each.primary_key or each.generated)]
    columns = [each.column for each in fields]
    places = [_NEW.get(column, f"%({column})s") for column in columns]
    table, threads = Post._meta.db_table, Thread._meta.db_table
    statement = f"""
        WITH posted AS (
            INSERT INTO {table} ({", ".join(columns)}) VALUES ({", ".join(places)}) RETURNING id
        ), promised AS (
            {PROMISING} SELECT '{ErrandKind.ANNOUNCE_POST}', id, %(told_at)s::timestamptz, 0, '' FROM posted
        )
        UPDATE {threads} SET last_number = %(number)s, shown_count = shown_count + 1,
            last_post_at = %(created_at)s, last_post_id = (SELECT id FROM posted)
        WHERE id = %(thread_id)s RETURNING last_post_id
    """  # noqa: S608 (our names)
    return asking.Statement(statement), [*(name for name in columns if name not in _NEW), "told_at"]


def store(post: Post) -> None:
    """By one statement, insert a post as the last of its thread, which is held, and promise to tell of it."""
    statement, names = _storing()
    values = {name: getattr(post, name) for name in names}  # psycopg2 knows each of these kinds as it is
    ((post.pk,),) = statement.rows(**values)
    post._state.adding, post._state.db = False, connection.alias
    post.thread.shown_count += 1
    post.thread.last_post, post.thread.last_post_at = post, post.created_at


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
