"""Well done: said to a colleague for a piece of work, who shows it, keeps it or takes it away."""

import uuid as uuids

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community import patients, permissions
from community.models import ErrandKind, Post, Thread, Unheard, WellDone, hold
from community.permissions import require
from community.sockets import live
from community.tasks import enqueue
from leaders.models import Leader

ON_A_PROFILE = 50


@transaction.atomic
def say(
    to: Leader,
    *,
    by: Leader,
    words: str,
    uuid: uuids.UUID,
    about: Post | Thread | None = None,
    sure: bool = False,
) -> WellDone:
    """Say well done for a piece of work; the same uuid again returns what it made.

    `sure` says that nothing in it is a patient's.
    """
    if about:
        hold(type(about), [about.pk])
    require(permissions.may_say_well_done(by, to, about))
    if earlier := WellDone.objects.filter(by=by, client_uuid=uuid).first():
        return earlier
    require(permissions.may_go_on_saying_well_done(by))
    patients.ask(words, sure=sure)
    what = {type(about).__name__.lower(): about} if about else {}
    said, is_new = WellDone.objects.get_or_create(
        by=by, client_uuid=uuid, defaults={"to": to, "words": words, **what}
    )
    if is_new:
        enqueue(ErrandKind.TELL_PRAISED, said.pk)
    return said


@transaction.atomic
def show(said: WellDone, *, by: Leader, shown: bool) -> WellDone:
    """Let it stand on one's profile, or keep it for oneself."""
    require(permissions.may_show(by, said))
    said.is_shown = shown
    WellDone.objects.filter(pk=said.pk).update(is_shown=shown)  # nothing, if it was taken away meanwhile
    return said


@transaction.atomic
def remove(said: WellDone, *, by: Leader) -> None:
    """Take it back, or take away what was said to oneself; the notice goes with it.

    What was reported is kept, for the moderators alone.
    """
    require(permissions.may_take_away(by, said))
    # The other of the two may have been quicker.
    for held in WellDone.objects.filter(pk=said.pk).select_for_update():
        if held.cases.exists():
            held.removed_at = timezone.now()
            held.save(update_fields=["removed_at"])
        else:
            held.delete()
    live.push(live.leader_topic(said.to_id), {"type": "notices"})


@transaction.atomic
def stop_hearing(giver: Leader, *, by: Leader) -> Unheard:
    """Hear no more from somebody, nor what they said before; they are not told."""
    live.push(live.leader_topic(by.pk), {"type": "notices"})
    return Unheard.objects.get_or_create(leader=by, giver=giver)[0]


@transaction.atomic
def hear_again(giver: Leader, *, by: Leader) -> None:
    """Hear somebody again, and what they said before."""
    Unheard.objects.filter(leader=by, giver=giver).delete()
    live.push(live.leader_topic(by.pk), {"type": "notices"})


def on_profile(person: Leader, viewer: Leader) -> list[WellDone]:
    """What the viewer sees on somebody's profile: what is shown there, and what the viewer said."""
    said = WellDone.objects.visible_to(viewer).filter(to=person)
    return with_places(said.filter(Q(is_shown=True) | Q(by=viewer))[:ON_A_PROFILE], viewer)


def said_to(leader: Leader) -> QuerySet[WellDone]:
    """What was said to a leader, the latest first."""
    return WellDone.objects.visible_to(leader).filter(to=leader)


def said_by(leader: Leader) -> QuerySet[WellDone]:
    """What a leader said, the latest first."""
    return WellDone.objects.visible_to(leader).filter(by=leader)


def with_places(said: QuerySet[WellDone] | list[WellDone], viewer: Leader) -> list[WellDone]:
    """Each with `about`, its thread if the viewer may see it, and `href`, where that stands."""
    said = list(said.select_related("to", "by") if isinstance(said, QuerySet) else said)
    posts = Post.objects.visible_to(viewer).shown().select_related("thread")
    threads = Thread.objects.visible_to(viewer).shown()
    seen_posts = posts.in_bulk({each.post_id for each in said if each.post_id})
    seen_threads = threads.in_bulk({each.thread_id for each in said if each.thread_id})
    for each in said:
        place = seen_posts.get(each.post_id) or seen_threads.get(each.thread_id)
        each.about = getattr(place, "thread", place)
        each.href = place.get_absolute_url() if place else ""
    return said
