"""Threads and posts: starting, replying, editing, thanking, following and reading."""

import uuid as uuids

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from community import live, markdown, permissions, spaces
from community.models import (
    ErrandKind,
    Level,
    Mention,
    Post,
    Quote,
    Reading,
    Revision,
    Space,
    Thanks,
    Thread,
    ThreadKind,
)
from community.permissions import require
from community.tasks import enqueue
from leaders.models import Leader


class Stale(Exception):
    """Somebody saved a newer version of the text meanwhile; both texts are worth keeping."""


class Overtaken(Exception):
    """Others replied after the last post that the writer could know of; `first` is the first of those."""

    def __init__(self, count: int, first: int):
        came = "A reply has come" if count == 1 else f"{count} replies have come"
        super().__init__(f"{came} while you wrote. Please read on above, then send yours, changed or not.")
        self.first = first


class UnseenQuote(PermissionDenied):
    """A quote of a post that its author cannot see."""

    def __init__(self):
        super().__init__("You quote a post that you cannot see. Please remove that quote.")


def start(
    space: Space, *, by: Leader, title: str, body: str, uuid: uuids.UUID, kind: str = ThreadKind.DISCUSSION
) -> Thread:
    """Start a thread with its first post; the same uuid again returns the thread that it made."""
    try:
        with transaction.atomic():
            require(permissions.may_start(by, space))
            if earlier := _sent(by, uuid):
                return earlier.thread
            require(permissions.may_go_on_writing(by))
            thread = Thread.objects.create(space=space, author=by, title=title, kind=kind)
            _add_post(thread, by, body, uuid)
    except IntegrityError:
        return _repeated(by, uuid).thread
    return thread


def reply(thread: Thread, *, by: Leader, body: str, uuid: uuids.UUID, seen: int | None = None) -> Post:
    """Add a post to a thread; the same uuid again returns the post that it made.

    `seen` is the number of the last post that the writer could know of; Overtaken if others wrote since.
    """
    try:
        with transaction.atomic():
            thread = Thread.objects.select_for_update(of=("self",)).select_related("space").get(pk=thread.pk)
            if earlier := _sent(by, uuid):
                return earlier
            require(permissions.may_reply(by, thread))
            require(permissions.may_go_on_writing(by))
            _refuse_if_overtaken(thread, by, seen)
            return _add_post(thread, by, body, uuid)
    except IntegrityError:
        return _repeated(by, uuid)


@transaction.atomic
def edit(post: Post, *, by: Leader, body: str, version: int) -> Post:
    """Give a post a new text and keep the former one; Stale if `version` is not the one that stands."""
    post = Post.objects.select_for_update(of=("self",)).select_related("thread__space").get(pk=post.pk)
    require(permissions.may_edit(by, post))
    if post.version != version:
        raise Stale
    if body == post.body:
        return post
    require(permissions.may_go_on_editing(by))
    Revision.objects.create(
        post=post,
        version=post.version,
        body=post.body,
        editor=post.edited_by or post.author,
        at=post.edited_at or post.created_at,
    )
    post.version, post.edited_at, post.edited_by = version + 1, timezone.now(), by
    _write(post, body, by)
    post.save()
    _announce(post)
    return post


@transaction.atomic
def thank(post: Post, *, by: Leader, words: str = "") -> Thanks:
    """Thank the author of a post, once, with a few words of why."""
    require(permissions.may_thank(by, post))
    thanks, is_new = Thanks.objects.get_or_create(post=post, by=by, defaults={"words": words})
    if is_new:
        enqueue(ErrandKind.TELL_THANKED, thanks.pk)
        live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})
    return thanks


@transaction.atomic
def take_thanks_back(post: Post, *, by: Leader) -> None:
    """Undo a thank-you."""
    Thanks.objects.filter(post=post, by=by).delete()
    live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})


@transaction.atomic
def follow(thread: Thread, *, by: Leader, level: str) -> Reading:
    """Choose how closely to follow a thread."""
    return Reading.objects.update_or_create(leader=by, thread=thread, defaults={"level": level})[0]


@transaction.atomic
def mark_read(thread: Thread, *, by: Leader, first: int, last: int) -> Reading:
    """Posts `first` to `last` were seen: raise the mark, unless that would skip unseen posts before them."""
    reading = _reading(by, thread)
    last = min(last, thread.last_number)
    if first <= reading.read_up_to + 1 and last > reading.read_up_to:
        reading.read_up_to, reading.read_at = last, timezone.now()
        reading.save(update_fields=["read_up_to", "read_at"])
    return reading


@transaction.atomic
def mark_unread(thread: Thread, *, by: Leader, number: int) -> Reading:
    """Set the mark back, so that post `number` and all after it are new again."""
    reading = _reading(by, thread)
    reading.read_up_to = min(reading.read_up_to, max(number - 1, 0))
    reading.save(update_fields=["read_up_to"])
    return reading


def recount(thread: Thread) -> None:
    """Set the figures of a thread anew from its posts that are shown; inside a transaction that locked it."""
    shown = Post.objects.filter(thread=thread, hidden_at=None)
    last = shown.order_by("-number").first()
    thread.shown_count = shown.count()
    thread.last_post = last
    thread.last_post_at = last.created_at if last else thread.created_at
    thread.save(update_fields=["shown_count", "last_post", "last_post_at"])


def listed(leader: Leader):
    """The threads that a leader may see in lists, each with `mark`, `level` and `unread` (a number)."""
    mine = Reading.objects.filter(leader=leader, thread=OuterRef("pk"))
    before = Q(mark=None, last_post_at__lt=leader.joined_at)
    return (
        Thread.objects.visible_to(leader)
        .shown()
        .select_related("space", "author", "last_post__author")
        .defer("search", "last_post__search", "last_post__body", "last_post__body_html")
        .annotate(
            mark=Subquery(mine.values("read_up_to")[:1]),
            level=Coalesce(Subquery(mine.values("level")[:1]), Value(Level.NORMAL.value)),
            is_new=~before & Q(last_post__number__gt=Coalesce(F("mark"), 0)) & ~Q(level=Level.MUTED),
        )
        .annotate(
            unread=F("last_post__number") - Coalesce(F("mark"), 0) - Coalesce(Subquery(_hidden_since()), 0)
        )
    )


def page(thread: Thread, number: int, *, viewer: Leader) -> list[Post]:
    """The posts of one page as the viewer sees them."""
    posts = list(thread.posts.page(number).select_related("author").defer("search"))
    return as_seen(posts, thread, viewer=viewer)


def as_seen(posts: list[Post], thread: Thread, *, viewer: Leader) -> list[Post]:
    """Posts dressed for a viewer: hidden ones without words, quotes by the viewer's rights."""
    moderates = bool(permissions.may_moderate(viewer, thread.space))
    visible = _visible_quotes(posts, viewer)
    thanks = _thanks(posts)
    for post in posts:
        post.thread = thread
        post.is_mine = post.author_id == viewer.pk
        post.is_placeholder = post.is_hidden and not moderates
        post.html = "" if post.is_placeholder else markdown.dress_quotes(post.body_html, visible)
        post.thanked = [] if post.is_placeholder else thanks.get(post.pk, [])
        post.is_thanked = any(given.by_id == viewer.pk for given in post.thanked)
    return posts


def history(post: Post, *, viewer: Leader) -> list[dict]:
    """Every text of a post, the newest first, each with its editor and time; hidden revisions stay out."""

    def seen(body):
        return markdown.hide_quotes(body, lambda ids: set(_seen_quotes(ids, viewer)))

    former = [
        {"body": seen(old.body), "by": old.editor, "at": old.at, "version": old.version}
        for old in post.revisions.filter(hidden_at=None).select_related("editor").order_by("-version")
    ]
    by, at = post.edited_by or post.author, post.edited_at or post.created_at
    return [{"body": seen(post.body), "by": by, "at": at, "version": post.version}, *former]


def waiting(leader: Leader):
    """Threads of others in a leader's spaces that nobody has answered, the oldest first."""
    return listed(leader).filter(shown_count=1, closed_at=None).exclude(author=leader).order_by("created_at")


def _hidden_since():
    """For each thread of a list, how many hidden posts stand between the mark and the last post shown."""
    hidden = Post.objects.filter(thread=OuterRef("pk"), hidden_at__isnull=False)
    between = hidden.filter(
        number__gt=Coalesce(OuterRef("mark"), 0), number__lt=OuterRef("last_post__number")
    )
    return between.order_by().values("thread").annotate(n=Count("pk")).values("n")


def _sent(by: Leader, uuid: uuids.UUID) -> Post | None:
    return Post.objects.filter(author=by, client_uuid=uuid).select_related("thread__space").first()


def _repeated(by: Leader, uuid: uuids.UUID) -> Post:
    """What a parallel request with the same uuid made; the row is there once its transaction has ended."""
    return Post.objects.select_related("thread__space").get(author=by, client_uuid=uuid)


def _refuse_if_overtaken(thread: Thread, by: Leader, seen: int | None) -> None:
    if seen is None:
        return
    newer = thread.posts.filter(number__gt=seen, hidden_at=None).exclude(author=by).order_by("number")
    numbers = list(newer.values_list("number", flat=True))
    if numbers:
        raise Overtaken(len(numbers), numbers[0])


def _add_post(thread: Thread, by: Leader, body: str, uuid: uuids.UUID) -> Post:
    thread.last_number += 1
    post = Post(space=thread.space, thread=thread, number=thread.last_number, author=by, client_uuid=uuid)
    _write(post, body, by)
    thread.shown_count += 1
    thread.last_post, thread.last_post_at = post, post.created_at
    thread.save(update_fields=["last_number", "shown_count", "last_post", "last_post_at"])
    _keep_place(thread, by, post.number)
    _announce(post)
    return post


def _write(post: Post, body: str, by: Leader) -> None:
    """Set the text of a post and save it with the rows that the text speaks of."""
    rendered = markdown.render(body, spaces.mentionable(post.space))
    quoted = Post.objects.visible_to(by).filter(pk__in=rendered.quotes)
    if quoted.count() != len(rendered.quotes):
        raise UnseenQuote
    post.body, post.body_html, post.renderer = body, rendered.html, markdown.RENDERER
    post.save()
    post.mentions.exclude(leader__in=rendered.mentions).delete()
    post.quotes.exclude(quoted__in=rendered.quotes).delete()
    Mention.objects.bulk_create(
        [Mention(post=post, leader=leader) for leader in rendered.mentions], ignore_conflicts=True
    )
    Quote.objects.bulk_create([Quote(post=post, quoted=other) for other in quoted], ignore_conflicts=True)


def _keep_place(thread: Thread, by: Leader, number: int) -> None:
    """Whoever writes watches the thread; their own post is read if all before it was."""
    reading = _reading(by, thread)
    if reading.read_up_to == number - 1:
        reading.read_up_to = number
    wrote_before = thread.posts.filter(author=by, number__lt=number).exists()
    if not wrote_before and reading.level == Level.NORMAL:
        reading.level = Level.WATCHING
    reading.save()


def _announce(post: Post) -> None:
    live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})
    enqueue(ErrandKind.ANNOUNCE_POST, post.pk)


def _reading(leader: Leader, thread: Thread) -> Reading:
    Reading.objects.bulk_create([Reading(leader=leader, thread=thread)], ignore_conflicts=True)
    return Reading.objects.select_for_update().get(leader=leader, thread=thread)


def _visible_quotes(posts: list[Post], viewer: Leader) -> dict[int, Post]:
    return _seen_quotes(set().union(*(markdown.quoted_ids(post.body_html) for post in posts)), viewer)


def _seen_quotes(ids: set[int], viewer: Leader) -> dict[int, Post]:
    if not ids:
        return {}
    found = Post.objects.visible_to(viewer).shown().filter(pk__in=ids).select_related("author")
    return {post.pk: post for post in found}


def _thanks(posts: list[Post]) -> dict[int, list[Thanks]]:
    given: dict[int, list[Thanks]] = {}
    for thanks in Thanks.objects.filter(post__in=posts).select_related("by"):
        given.setdefault(thanks.post_id, []).append(thanks)
    return given
