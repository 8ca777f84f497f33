"""Lines of a digest about its reader: who thanked or mentioned them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from community.mail import from_hosts
from community.mail.contents import AFTER_LEAVE, Edition, Personal, address, standing
from community.mail.unmailed import Since
from community.models import Level, MailRule, Notice, NoticeKind, Post, Reading, Space, asking
from community.models.posts import told_until
from community.models.spaces import readable_by
from community.telling import entries
from community.telling.entries import Entry
from leaders.models import Leader

AT_MOST = 8


def add(editions: dict[int, Edition], leaders: list[Leader], since: dict[int, Since]) -> None:
    """Put who thanked or mentioned a leader into their edition: what happened in one thread is one line."""
    told = defaultdict(list)
    found = _NOTICES.objects(leaders=list(editions), told=told_until())
    seen = readable_by(leaders, Space.objects.filter(pk__in={notice.post.space_id for notice in found}))
    for notice in found:
        is_seen = (notice.leader_id, notice.post.space_id) in seen
        if is_seen and not _was_told(notice, since[notice.leader_id].until):
            told[notice.leader_id].append(notice)
    for leader, notices in told.items():
        edition = editions[leader]
        edition.marks["notices"] += [notice.pk for notice in notices]
        for notice in notices:
            edition.posts.setdefault(notice.post_id, standing(notice.post))
        for entry in entries.gather(notices):
            _add_entry(edition, entry)


def still_to_be_told(notices: list[int]) -> set[int]:
    """Those of some notices that are still unread, still stand and are still wanted."""
    leaders = Notice.objects.filter(pk__in=notices).values("leader")
    return set(_notices(leaders).filter(pk__in=notices).values_list("pk", flat=True))


def _was_told(notice: Notice, until: datetime | None) -> bool:
    """Whether a digest told the post before the notice of a mention in it was written."""
    if notice.kind != NoticeKind.MENTION or not until:
        return False
    post = notice.post
    is_of_an_edit = post.edited_at is not None and post.edited_at > until
    return post.created_at <= until < notice.at and not notice.is_read and not is_of_an_edit


def _notices(leaders: Iterable[int] | QuerySet) -> QuerySet[Notice]:
    read = Reading.objects.filter(
        leader=OuterRef("leader"), thread=OuterRef("post__thread"), read_up_to__gte=OuterRef("post__number")
    )
    return (
        Notice.objects.unread()
        .filter(leader__in=leaders, kind__in=[NoticeKind.MENTION, NoticeKind.THANKS], mailed_at=None)
        .filter(post__in=Post.objects.shown().values("pk"))
        .with_entry()
        .annotate(is_read=Exists(read))
        .with_level()
        .exclude(level=Level.MUTED)
        .select_related("actor", "thread", "post__author", "post__thread", "post__space")
        .order_by("at", "pk")
    )


def _add_entry(edition: Edition, entry: Entry) -> None:
    """Say what happened in a thread; who it was only where everything may leave."""
    first = min(entry.notices, key=lambda notice: notice.post_id).post
    edition.spaces.add(first.space)
    if from_hosts.keeps_to_itself(first.space):
        return edition.add_quiet(first.space)
    if len(edition.personal) >= (AFTER_LEAVE if edition.is_welcome else AT_MOST):
        edition.personal_more += 1
        return None
    is_open = first.space.mail_rule == MailRule.EVERYTHING
    text = f"{_sentence(entry, is_open)}{_thanks(entry) if is_open else ''}"
    kinds = frozenset(notice.kind for notice in entry.notices)
    return edition.personal.append(Personal(text, address(first.get_absolute_url()), kinds))


def _sentence(entry: Entry, is_open: bool) -> str:
    if entry.only and entry.only.kind == NoticeKind.THANKS:
        who = (is_open and entry.only.actor) or "Somebody"
        return f"{who} thanked you for your post in “{entry.only.post.thread.title}”"
    return entry.sentence(lambda notice: entries.author_of(notice) if is_open else "")


def _thanks(entry: Entry) -> str:
    """The words with which somebody gave thanks, where it was one alone."""
    words = [notice.words for notice in entry.notices if notice.kind == NoticeKind.THANKS and notice.words]
    return f": “{words[0]}”" if len(words) == 1 else ""


_NOTICES = asking.Question(lambda _: _notices([asking.LEADERS]))
