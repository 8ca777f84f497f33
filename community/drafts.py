"""Drafts: what a leader types, kept until it is sent, wherever the browser ends."""

import uuid as uuids
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Left
from django.utils import timezone

from community import pace, permissions
from community.models import Aside, Draft, DraftKind, Post, Revision
from community.permissions import require
from leaders.models import Leader

DAYS_KEPT = 180
DAYS_DISCARDED = 1
SAVES_A_MINUTE = 300  # of all forms in which one writes; each saves once a second, oftener with every pause
EXCERPT = 240
FORGOTTEN_AT_ONCE = 1_000


class Overwritten(Exception):
    """A newer version was saved from elsewhere; the text of this save is kept beside it."""

    def __init__(self, draft: Draft):
        super().__init__("This draft was changed in another place while you wrote. Both texts are kept.")
        self.draft = draft


class AlreadySent(Exception):
    """These very words were sent: they are no draft any more."""


@dataclass(frozen=True)
class Words:
    """What stands in a form."""

    body: str = ""
    title: str = ""
    thread_kind: str = ""

    @classmethod
    def of(cls, kept: Draft | Aside) -> "Words":
        return cls(kept.body, kept.title, kept.thread_kind)

    @property
    def are_none(self) -> bool:
        return not (self.body.strip() or self.title.strip())

    def hold(self, kept: Draft) -> bool:
        """Whether nothing of a draft would be lost if these words took its place."""
        pairs = ((kept.body, self.body), (kept.title, self.title))
        return all(_on_one_line(text) in _on_one_line(other) for text, other in pairs)

    def write_on(self, kept: Draft | Aside) -> None:
        """Put them in the place of what stands there."""
        kept.body, kept.title, kept.thread_kind = self.body, self.title, self.thread_kind


def found(leader: Leader, kind: str, target: int, *, may_be: bool = True) -> Draft:
    """The draft of a leader for a place, discarded or not; version 0 where there is none, or cannot be."""
    none = Draft(leader=leader, kind=kind, target=target)
    if not may_be:
        return none
    return Draft.objects.visible_to(leader).filter(kind=kind, target=target).first() or none


def listed(leader: Leader):
    """A leader's drafts with the beginning of each, the latest first."""
    mine = Draft.objects.visible_to(leader).defer("body")
    return mine.annotate(excerpt=Left("body", EXCERPT), others=Count("asides")).order_by("-saved_at", "-pk")


def save(
    kind: str,
    target: int,
    *,
    by: Leader,
    words: Words,
    uuid: uuids.UUID,
    base: int = 0,
    turn: int = 0,
    post_version: int | None = None,
) -> Draft:
    """Keep what a form holds; Overwritten if the draft is newer than `base`, the version the form knew.

    `uuid` names the form and `turn` counts its savings, so that one that comes late changes nothing.
    """
    pace.keep("draft", by, at_most=SAVES_A_MINUTE)
    with transaction.atomic():
        if Post.objects.filter(author=by, client_uuid=uuid).exists():
            raise AlreadySent
        draft = _locked(by, kind, target)
        words = Words() if kind == DraftKind.EDIT and _stands(by, target, words.body) else words
        is_kept = _keep(draft, words, uuid, base, turn, post_version)
    # Only now: what was put beside the newer text must stay.
    if not is_kept:
        raise Overwritten(draft)
    return draft


@transaction.atomic
def settle(draft: Draft, *, by: Leader, aside: int, choice: str) -> Draft:
    """Of two texts of one draft keep the saved one (`this`), the other (`that`), or `both`, joined."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk, leader=by)
    other = draft.asides.filter(pk=aside).first()
    if other is None:
        return draft
    if choice == "that":
        _write(draft, Words.of(other))
    elif choice == "both":
        _write(draft, _joined(Words.of(draft), Words.of(other)))
    other.delete()
    return draft


@transaction.atomic
def discard(draft: Draft, *, by: Leader) -> None:
    """Put a draft aside; for a day it can be brought back."""
    mine = Draft.objects.visible_to(by).filter(pk=draft.pk, discarded_at=None)
    mine.update(discarded_at=timezone.now(), version=F("version") + 1)


@transaction.atomic
def bring_back(draft: Draft, *, by: Leader) -> None:
    """Undo discarding a draft."""
    mine = Draft.objects.visible_to(by).filter(pk=draft.pk).exclude(discarded_at=None)
    mine.update(discarded_at=None, saved_at=timezone.now(), version=F("version") + 1)


def forget_sent(
    by: Leader, kind: str, target: int, *, words: Words, uuid: uuids.UUID | None, base: int | None
) -> None:
    """The words of a form were sent, so its draft has had its day; a newer text from elsewhere stays.

    A form that does not say with which draft it began takes none but what is in the words that it sent.
    """
    draft = Draft.objects.select_for_update().filter(leader=by, kind=kind, target=target).first()
    if draft is None:
        return
    is_its_own = words.hold(draft) if base is None else draft.version <= base
    if is_its_own or draft.uuid == uuid:
        _drop(draft, uuid)


def put_back(by: Leader, kind: str, target: int, words: Words) -> Draft:
    """Make a draft of words that were sent and taken back; what was typed there since stays beside them."""
    draft = _locked(by, kind, target)
    if draft.version and Words.of(draft) == words and not draft.discarded_at:
        return draft
    if not draft.is_empty and not draft.discarded_at:
        _set_aside(draft, Words.of(draft), draft.uuid)
    _write(draft, words, uuids.uuid4())
    return draft


def forget_old() -> int:
    """Remove what nobody touched for half a year, and what was discarded yesterday; return how many."""
    now = timezone.now()
    old = Draft.objects.filter(saved_at__lt=now - timedelta(days=DAYS_KEPT))
    discarded = Draft.objects.filter(discarded_at__lt=now - timedelta(days=DAYS_DISCARDED))
    some = [*old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE], *discarded.values_list("pk", flat=True)]
    return Draft.objects.filter(pk__in=some).delete()[0]


def _locked(by: Leader, kind: str, target: int) -> Draft:
    """The one row for a place, held until the end of the transaction; a new one has version 0."""
    row = Draft(leader=by, kind=kind, target=target)
    kept = Draft.objects.select_for_update().filter(leader=by, kind=kind, target=target)
    # Not once: the row may be gone when whoever held it has sent the words.
    while not (draft := kept.first()):
        Draft.objects.bulk_create([row], ignore_conflicts=True)
    if draft.version and Post.objects.filter(author=by, client_uuid=draft.uuid).exists():
        Words().write_on(draft)
    return draft


def _stands(by: Leader, target: int, body: str) -> bool:
    """Whether a post has this text, or had it by the hand of the same leader."""
    stands = Post.objects.filter(pk=target, author=by).values_list("body", flat=True)
    former = Revision.objects.filter(post=target, editor=by, version__gt=1).values_list("body", flat=True)
    return body.strip() in {text.replace("\r\n", "\n").strip() for text in [*stands, *former]}


def _keep(draft: Draft, words: Words, uuid, base: int, turn: int, post_version: int | None) -> bool:
    """Write the words down; False if they had to go beside a newer text."""
    is_own = draft.uuid == uuid
    if is_own and turn < draft.turn:
        return True
    if words.are_none and draft.is_empty:
        _drop(draft, uuid)
        return True
    if Words.of(draft) == words and not draft.discarded_at:
        draft.asides.filter(uuid=uuid).delete()
        return True
    if draft.version > base and not (is_own or draft.is_empty or draft.discarded_at):
        if not words.are_none:
            _set_aside(draft, words, uuid)
        return False
    if words.are_none:
        if not draft.discarded_at:
            _drop(draft, uuid)
        return True
    _refuse_too_many(draft, words)
    draft.post_version = post_version
    draft.version = max(draft.version, base)
    _write(draft, words, uuid, turn)
    draft.asides.filter(uuid=uuid).delete()
    return True


def _refuse_too_many(draft: Draft, words: Words) -> None:
    if not draft.version:
        require(permissions.may_draft(draft.leader, draft.kind, draft.target))
    others = Draft.objects.filter(leader=draft.leader).exclude(pk=draft.pk)
    have = others.aggregate(number=Count("pk"), size=Sum("size"))
    require(permissions.may_keep_drafts(have["number"] + 1, (have["size"] or 0) + len(words.body)))


def _write(draft: Draft, words: Words, uuid: uuids.UUID | None = None, turn: int = 0) -> None:
    words.write_on(draft)
    draft.version, draft.turn = max(draft.version, _never_before(draft)) + 1, turn
    draft.uuid = uuid or uuids.uuid4()
    draft.saved_at, draft.discarded_at = timezone.now(), None
    draft.save()


def _never_before(draft: Draft) -> int:
    """A number beyond the versions of earlier drafts of the same place, which open pages may still know."""
    return draft.pk % 1_000_000 * 1_000


def _set_aside(draft: Draft, words: Words, uuid: uuids.UUID) -> None:
    values = {"body": words.body, "title": words.title, "thread_kind": words.thread_kind}
    others = draft.asides.exclude(uuid=uuid)
    if not others.filter(**values).exists():
        require(permissions.may_set_aside(others.count()))
        Aside.objects.update_or_create(draft=draft, uuid=uuid, defaults={**values, "at": timezone.now()})


def _drop(draft: Draft, uuid: uuids.UUID | None) -> None:
    """Remove a draft; a text that waited beside it, from another form, takes its place."""
    if other := draft.asides.exclude(uuid=uuid).first():
        _write(draft, Words.of(other), other.uuid)
        other.delete()
    else:
        draft.delete()
        draft.version = 0


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _joined(first: Words, second: Words) -> Words:
    title = first.title if first.title == second.title else f"{first.title} {second.title}".strip()
    body = "\n\n".join(text for text in (first.body.rstrip(), second.body) if text)
    return Words(body, title, first.thread_kind or second.thread_kind)
