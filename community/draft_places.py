"""Where drafts belong, as far as their authors may still see that."""

import re
from dataclasses import dataclass

from community import transfers
from community.models import Draft, DraftKind, Post, Space, Thread
from community.uploads import figures
from leaders.models import Leader

_ADDRESS_OF_QUOTE = re.compile(r"^[ >]*/posts/[0-9]+/\s*\n", re.M)


@dataclass(frozen=True)
class Place:
    """Where the words of a draft belong, as far as its author may still see that."""

    title: str = ""
    href: str = ""
    is_open: bool = False


def placed(drafts: list[Draft], *, viewer: Leader) -> list[Draft]:
    """Drafts with the `beginning` and `place` of each: nameless where the viewer may no longer see it."""
    places = {
        DraftKind.THREAD: _spaces(drafts, viewer),
        DraftKind.REPLY: _threads(drafts, viewer),
        DraftKind.EDIT: _posts(drafts, viewer),
    }
    for draft in drafts:
        draft.place = places[draft.kind].get(draft.target, Place())
        words = figures.typed_in_words(getattr(draft, "excerpt", ""))
        draft.beginning = _ADDRESS_OF_QUOTE.sub("", words)
    return drafts


def after_merges(kind: str, target: int) -> int:
    """The thread that a reply belongs to, once the one it was meant for was merged."""
    gone = Thread.objects.filter(pk=target).exclude(merged_into=None) if kind == DraftKind.REPLY else []
    return next((transfers.place_of(thread, 1).thread.pk for thread in gone), target)


def _spaces(drafts: list[Draft], viewer: Leader) -> dict[int, Place]:
    seen = Space.objects.visible_to(viewer).in_bulk(_targets(drafts, DraftKind.THREAD))
    return {
        space.pk: Place(space.name, f"{space.get_absolute_url()}start/", not space.is_closed)
        for space in seen.values()
    }


def _threads(drafts: list[Draft], viewer: Leader) -> dict[int, Place]:
    seen = Thread.objects.visible_to(viewer).select_related("space")
    return {
        thread.pk: _in_thread(thread, f"{thread.get_absolute_url()}?page={thread.page_count}#reply")
        for thread in seen.in_bulk(_targets(drafts, DraftKind.REPLY)).values()
    }


def _posts(drafts: list[Draft], viewer: Leader) -> dict[int, Place]:
    seen = (
        Post.objects.visible_to(viewer).filter(author=viewer).select_related("thread__space").defer("search")
    )
    return {
        post.pk: _in_thread(post.thread, f"{post.get_absolute_url()}edit/", not post.is_hidden)
        for post in seen.in_bulk(_targets(drafts, DraftKind.EDIT)).values()
    }


def _in_thread(thread: Thread, href: str, is_open: bool = True) -> Place:
    closed = thread.is_hidden or thread.is_closed or thread.space.is_closed
    return Place(thread.title, href, is_open and not closed)


def _targets(drafts: list[Draft], kind: str) -> list[int]:
    return [draft.target for draft in drafts if draft.kind == kind]
