"""Lines of a digest about its reader: who thanked or mentioned them."""

from django.db.models import Exists, OuterRef

from community.mail import from_hosts
from community.mail.contents import AFTER_LEAVE, Edition, Personal, address
from community.models import Level, MailRule, Notice, NoticeKind, Post, Reading

AT_MOST = 8


def add(editions: dict[int, Edition], seen: dict) -> None:
    """Put who thanked or mentioned a leader into their edition."""
    for notice in _notices(editions):
        if (notice.leader_id, notice.post.space_id) in seen:
            _add_personal(editions[notice.leader_id], notice)


def _notices(editions: dict[int, Edition]):
    # What a digest told as a post, before its notice was written, is not told again as a mention.
    told = Reading.objects.filter(
        leader=OuterRef("leader"), thread=OuterRef("post__thread"), mailed_up_to__gte=OuterRef("post__number")
    )
    return (
        Notice.objects.unread()
        .filter(leader__in=list(editions), kind__in=[NoticeKind.MENTION, NoticeKind.THANKS], mailed_at=None)
        .filter(post__in=Post.objects.shown().values("pk"))
        .exclude(Exists(told), kind=NoticeKind.MENTION)
        .with_level()
        .exclude(level=Level.MUTED)
        .select_related("actor", "post__author", "post__thread", "post__space")
        .order_by("at", "pk")
    )


def _add_personal(edition: Edition, notice: Notice) -> None:
    """Say who thanked or mentioned the leader; who it was only where everything may leave."""
    post = notice.post
    edition.marks["notices"].append(notice.pk)
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
