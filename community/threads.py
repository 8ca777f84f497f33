"""Threads and their posts: starting, replying, editing."""

import uuid as uuids

from django.db import IntegrityError, transaction
from django.utils import timezone

from community import composing, drafts, patients, permissions, reading, replying
from community.models import (
    Draft,
    DraftKind,
    ErrandKind,
    FormerTitle,
    Post,
    Revision,
    Space,
    Thread,
    ThreadKind,
    asking,
)
from community.permissions import Conflict, require
from community.rooms import messages
from community.sockets import live
from community.tasks import enqueue, wake_then
from community.uploads import attachments
from leaders.models import Leader


class Stale(Exception):
    """Somebody saved a newer version of the text meanwhile; both texts are worth keeping."""


class Overtaken(Exception):
    """Others replied after the last post that the writer could know of; `first` is the first of those."""

    def __init__(self, count: int, first: int):
        came = "A reply has come" if count == 1 else f"{count} replies have come"
        super().__init__(f"{came} while you wrote. Please read on above, then send yours, changed or not.")
        self.first = first


class Merged(Conflict):
    """The thread has become part of another while one wrote."""

    def __init__(self):
        super().__init__("This thread was merged into another one while you wrote. Please send yours again.")


def start(
    space: Space,
    *,
    by: Leader,
    title: str,
    body: str,
    uuid: uuids.UUID,
    kind: str = ThreadKind.DISCUSSION,
    base: int | None = None,
    sure: bool = False,
    once: bool = False,
) -> Thread:
    """Start a thread with its first post; the same uuid again returns the thread that it made.

    `base` is the version of the draft with which the form began: what was saved elsewhere since is kept.
    `sure` says that nothing in it is a patient's; PatientDetails if it looks so.
    `once` says that the words shall not stand there twice under two uuids; SaidAlready if they would.
    """
    try:
        with transaction.atomic():
            require(permissions.may_start(by, space))
            if earlier := _sent(by, uuid):
                return _as_sent(earlier, by, drafts.Words(body, title, kind)).thread
            require(permissions.may_go_on_writing(by))
            if once:
                replying.ask_about_again(body, by=by, space=space, number=1, thread__title=title)
            patients.ask(f"{title}\n{body}", sure=sure)
            thread = Thread.objects.create(space=space, author=by, title=title, kind=kind)
            _add_post(thread, by, body, uuid)
            words = drafts.Words(body, title, kind)
            drafts.forget_sent(by, DraftKind.THREAD, space.pk, words=words, uuid=uuid, base=base)
    except IntegrityError:
        return _repeated(by, uuid).thread
    return thread


def reply(
    thread: Thread,
    *,
    by: Leader,
    body: str,
    uuid: uuids.UUID,
    seen: int | None = None,
    base: int | None = None,
    by_mail: bool = False,
    sure: bool = False,
    once: bool = False,
) -> Post:
    """Add a post to a thread; the same uuid again returns the post that it made.

    `seen` is the number of the last post that the writer could know of; Overtaken if others wrote since.
    `base`, `sure` and `once` say the same as in `start`.
    """
    try:
        with transaction.atomic():
            thread, words = replying.hold(thread.pk, by, uuid, seen), drafts.Words(body)
            if thread.sent and _is_theirs(thread, by):
                return _as_sent(Post.objects.get(pk=thread.sent), by, words)
            _refuse_merged(thread)
            _refuse(thread, by)
            if once:
                replying.ask_about_again(body, by=by, thread=thread)
            patients.ask(body, sure=sure)
            if thread.newer:
                raise Overtaken(thread.newer, replying.first_newer(thread, by, seen))
            post = _add_post(thread, by, body, uuid, by_mail=by_mail)
            if thread.has_draft:
                drafts.forget_sent(by, DraftKind.REPLY, thread.pk, words=words, uuid=uuid, base=base)
            return post
    except IntegrityError:
        return _repeated(by, uuid)


@transaction.atomic
def edit(
    post: Post,
    *,
    by: Leader,
    body: str,
    version: int,
    uuid: uuids.UUID | None = None,
    base: int | None = None,
    sure: bool = False,
) -> Post:
    """Give a post a new text and keep the former one; Stale if another text than that of `version` stands.

    `uuid` and `base` name the form and its draft, as in `start`; `sure` is asked for what is new.
    """
    # Alone: a joined row is not found again when the post has just been moved elsewhere.
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    require(permissions.may_edit(by, post))
    # The same words again, as by a second press of a button, are no other text.
    if post.version != version and post.body != body:
        raise Stale
    patients.ask(body, sure=sure, former=post.body)
    drafts.forget_sent(by, DraftKind.EDIT, post.pk, words=drafts.Words(body), uuid=uuid, base=base)
    if body == post.body:
        return post
    require(permissions.may_go_on_editing(by))
    _keep_former(post)
    post.version, post.edited_at, post.edited_by = version + 1, timezone.now(), by
    # Saved once: a second time would look at the thread, which somebody may hold who waits for this post.
    begun = messages.begun_by(post.thread_id) if post.number == 1 else set()
    composing.write(post, body, by)
    if post.number == 1:
        messages.lead_on(begun ^ messages.begun_by(post.thread_id))
    _push(post)
    enqueue(ErrandKind.ANNOUNCE_POST, post.pk, due_at=post.told_at)
    return post


@transaction.atomic
def withdraw(post: Post, *, by: Leader) -> Draft:
    """Take a post back before anybody is told: its words leave it, and are a draft of its author's again."""
    thread = locked(post.thread_id)
    post = still_in(thread, post)
    kind, target = _draft_of(post, thread)
    if post.is_withdrawn and post.author_id == by.pk:
        return drafts.found(by, kind, target)
    require(permissions.may_withdraw(by, post))
    begun = messages.begun_by(thread) if post.number == 1 else set()
    words = drafts.Words(post.body, *((thread.title, thread.kind) if post.number == 1 else ()))
    _empty(post)
    if post.number == 1:
        _empty_thread(thread)
    recount(thread)
    news = {"type": "thread"} if post.number == 1 else {"type": "post", "number": post.number}
    live.push(live.thread_topic(thread.pk), news)
    messages.lead_on(begun)
    return drafts.put_back(by, kind, target, words)


@transaction.atomic
def rename(thread: Thread, *, by: Leader, title: str, kind: str, sure: bool = False) -> Thread:
    """Give a thread another title or kind, and keep the former ones for its moderators."""
    thread = locked(thread.pk)
    require(permissions.may_rename(by, thread))
    if (title, kind) == (thread.title, thread.kind):
        return thread
    require(permissions.may_go_on_renaming(by))
    patients.ask(title, sure=sure, former=thread.title)
    FormerTitle.objects.create(thread=thread, title=thread.title, kind=thread.kind, by=by)
    thread.title, thread.kind = title, kind
    thread.save(update_fields=["title", "kind"])
    return thread


def recount(thread: Thread, *, count: int | None = None) -> None:
    """Set the figures of a thread anew from its posts that are shown; inside a transaction that locked it.

    `count` says how many they are, where that is known: to count 100,000 takes longer than to move 500.
    """
    shown = Post.objects.filter(thread=thread, hidden_at=None)
    thread.shown_count = shown.count() if count is None else max(count, 0)
    thread.last_post = shown.order_by("-number").first()
    latest = shown.order_by("-created_at").values_list("created_at", flat=True).first()
    thread.last_post_at = latest or thread.created_at
    thread.save(update_fields=["shown_count", "last_post", "last_post_at"])


def locked(pk: int) -> Thread:
    """The thread as it is now, held. Alone: a joined space is not found again when it has just been moved."""
    return Thread.objects.select_for_update().get(pk=pk)


def still_in(thread: Thread, post: Post) -> Post:
    """The post as it is now; Conflict if it has left the thread."""
    if (found := thread.posts.filter(pk=post.pk).select_for_update().first()) is None:
        raise Conflict("This post was moved meanwhile. Please open it again.")
    return found


def _refuse_merged(thread: Thread) -> None:
    if thread.merged_into_id:
        raise Merged


def _keep_former(post: Post) -> None:
    """The text as it stands, who wrote it and when, before another one takes its place."""
    by, at = post.edited_by or post.author, post.edited_at or post.created_at
    Revision.objects.create(post=post, version=post.version, body=post.body, editor=by, at=at)


def _draft_of(post: Post, thread: Thread) -> tuple[DraftKind, int]:
    if post.number == 1:
        return DraftKind.THREAD, thread.space_id
    return DraftKind.REPLY, thread.pk


def _empty(post: Post) -> None:
    """Leave the number alone: a post without words, hidden from everybody."""
    post.body = post.body_html = ""
    post.hidden_at = post.withdrawn_at = timezone.now()
    post.save(update_fields=["body", "body_html", "hidden_at", "withdrawn_at"])
    for rows in (post.revisions, post.mentions, post.quotes, post.message_quotes):
        rows.all().delete()
    attachments.release(post)


def _empty_thread(thread: Thread) -> None:
    thread.title, thread.hidden_at = "", timezone.now()
    thread.withdrawn_at = thread.hidden_at
    thread.save(update_fields=["title", "hidden_at", "withdrawn_at"])
    thread.former_titles.all().delete()


def _sent(by: Leader, uuid: uuids.UUID) -> Post | None:
    return next(iter(Post.objects.filter(author=by, client_uuid=uuid).order_by()), None)


def _as_sent(earlier: Post, by: Leader, words: drafts.Words) -> Post:
    """The post that this form made before; other words than it had become a draft and are not lost."""
    said = {earlier.body, *earlier.revisions.values_list("body", flat=True)}
    if words.body not in said:
        kind, target = _draft_of(earlier, earlier.thread)
        drafts.put_back(by, kind, target, words)
    return earlier


def _repeated(by: Leader, uuid: uuids.UUID) -> Post:
    """What a parallel request with the same uuid made; the row is there once its transaction has ended."""
    return Post.objects.select_related("thread__space").get(author=by, client_uuid=uuid)


def _is_theirs(thread: Thread, by: Leader) -> bool:
    """Whether the writer of an earlier post still sees its thread, or it went elsewhere with the post."""
    with asking.remembering(replying.known(thread, by)):
        return bool(thread.merged_into_id or permissions.may_see(by, thread))


def _refuse(thread: Thread, by: Leader) -> None:
    """Refuse what speaks against it; asked under the lock, that holds until the end."""
    with asking.remembering(replying.known(thread, by)):
        require(permissions.may_reply(by, thread))
        require(permissions.may_go_on_writing(by))


def _add_post(thread: Thread, by: Leader, body: str, uuid: uuids.UUID, **how) -> Post:
    thread.last_number += 1
    place = {"space": thread.space, "thread": thread, "number": thread.last_number}
    post = Post(**place, author=by, client_uuid=uuid, **how)
    composing.write(post, body, by)
    if not getattr(thread, "is_behind", False):
        reading.keep_place(thread, by, post.number)
    _push(post)
    wake_then(post.told_at)  # the promise to tell of it was stored with it
    return post


def _push(post: Post) -> None:
    live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})
