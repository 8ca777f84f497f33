"""Lines of a digest about its reader: who thanked or mentioned them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from community.mail import from_hosts
from community.mail.contents import AFTER_LEAVE, Edition, Personal, address
from community.mail.unmailed import Since
from community.models import Level, MailRule, Notice, NoticeKind, Post, Reading

AT_MOST = 8


def add(editions: dict[int, Edition], seen: dict, since: dict[int, Since]) -> None:
    """Put who thanked or mentioned a leader into their edition."""
    for notice in _notices(editions):
        is_seen = (notice.leader_id, notice.post.space_id) in seen
        if is_seen and not _was_told(notice, since[notice.leader_id].until):
            _add_personal(editions[notice.leader_id], notice)


def _was_told(notice: Notice, until: datetime | None) -> bool:
    """Whether a digest told the post before the notice of a mention in it was written."""
    if notice.kind != NoticeKind.MENTION or not until:
        return False
    return notice.post.created_at <= until < notice.at and not notice.is_read


def _notices(editions: dict[int, Edition]) -> QuerySet[Notice]:
    read = Reading.objects.filter(
        leader=OuterRef("leader"), thread=OuterRef("post__thread"), read_up_to__gte=OuterRef("post__number")
    )
    return (
        Notice.objects.unread()
        .filter(leader__in=list(editions), kind__in=[NoticeKind.MENTION, NoticeKind.THANKS], mailed_at=None)
        .filter(post__in=Post.objects.shown().values("pk"))
        .annotate(is_read=Exists(read))
        .with_level()
        .exclude(level=Level.MUTED)
        .select_related("actor", "post__author", "post__thread", "post__space")
        .order_by("at", "pk")
    )


def _add_personal(edition: Edition, notice: Notice) -> None:
    """Say who thanked or mentioned the leader; who it was only where everything may leave."""
    post = notice.post
    edition.marks["notices"].append(notice.pk)
    edition.spaces.add(post.space)
    edition.posts.add(post.pk)
    if from_hosts.keeps_to_itself(post.space):
        return edition.add_quiet(post.space)
    if len(edition.personal) >= (AFTER_LEAVE if edition.is_welcome else AT_MOST):
        edition.personal_more += 1
        return None
    about = f"in “{post.thread.title}”"
    is_open = post.space.mail_rule == MailRule.EVERYTHING
    if notice.kind == NoticeKind.MENTION:
        text = f"{(is_open and (post.author or post.alias)) or 'Somebody'} mentioned you {about}"
    else:
        words = f": “{notice.words}”" if notice.words and is_open else ""
        text = f"{(is_open and notice.actor) or 'Somebody'} thanked you for your post {about}{words}"
    return edition.personal.append(Personal(notice.kind, text, address(post.get_absolute_url())))
