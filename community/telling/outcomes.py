"""Who hears of moderation: of what was decided and why, and of what waits for a decision or a welcome."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from community.models import Case, Decision, Notice, NoticeKind, Post, Thread
from community.telling.notices import place_of, tell

Verb = Decision.Verb

WELCOME_WITHIN = timedelta(hours=24)
CASES_AT_MOST = 200  # looked at in one go
PROMPTED_FOR = timedelta(days=30)  # after an outage, and not for the years before

DECIDED = {
    Verb.HIDE: "A moderator has hidden your {noun}.",
    Verb.RESTORE: "A moderator has let your {noun} be seen again.",
    Verb.HIDE_REVISION: "A moderator has hidden a former text of your post.",
    Verb.RESTORE_REVISION: "A moderator has let a former text of your post be seen again.",
    Verb.CLOSE: "A moderator has closed your thread.",
    Verb.REOPEN: "A moderator has opened your thread again.",
    Verb.PIN: "A moderator has pinned your thread.",
    Verb.UNPIN: "A moderator has unpinned your thread.",
    Verb.MOVE: "A moderator has moved your thread.",
    Verb.SUSPEND: "A moderator has suspended your account for a while.",
    Verb.LIFT: "A moderator has ended the suspension of your account.",
}

# To whoever started the thread, and to those with posts that left it. Titles stay out: one may have left too.
CARRIED = {
    Verb.SPLIT: (
        "A moderator has moved posts of your thread to a new thread.",
        "A moderator has moved posts of yours to a new thread.",
    ),
    Verb.MERGE: (
        "A moderator has merged your thread into another one.",
        "A moderator has merged a thread with posts of yours into another one.",
    ),
    Verb.STOP_MOVE: (
        "A moderator has moved posts of your thread to another thread.",
        "A moderator has moved posts of yours to another thread.",
    ),
}


@transaction.atomic
def tell_author(decision: Decision) -> None:
    """Tell whom a decision concerns what was decided and why; neither who decided nor who reported."""
    leader = decision.concerns
    if leader is None or leader.pk == decision.by_id:
        return
    sentence = DECIDED[decision.verb].format(noun=_noun(decision))
    told = {"kind": NoticeKind.MODERATION, "cause": f"decision:{decision.pk}"}
    words = f"{sentence} The reason: {decision.reason}"
    tell([Notice(leader=leader, **told, words=words, **_place(decision))])


@transaction.atomic
def tell_carried(decision: Decision) -> None:
    """Tell the author of a thread, and those of the posts that left it, one line each."""
    told = {"kind": NoticeKind.MODERATION, "cause": f"decision:{decision.pk}"}
    place = {"space": decision.space, "thread_id": decision.detail["to"]}
    own, others = CARRIED[decision.verb]
    starter = decision.thread.author_id
    # Why they went, and not why the others stayed.
    by, reason = decision.detail.get("began", [decision.by_id, decision.reason])
    tell(
        Notice(leader_id=pk, **told, **place, words=f"{sentence} The reason: {reason}")
        for pk in sorted(_carried_authors(decision) - {by, decision.by_id})
        for sentence in [own if pk == starter else others]
    )


@transaction.atomic
def tell_reporters(case: Case) -> None:
    """Tell those who reported an item the outcome; neither whose it was nor who decided."""
    if case.is_open:
        return
    told = {"kind": NoticeKind.REPORT, "cause": f"case:{case.pk}", **_place(case)}
    words = f"Thank you for your report. {case.outcome}"
    reporters = case.reports.exclude(by=None).values_list("by", flat=True)
    tell(Notice(leader_id=pk, **told, words=words) for pk in reporters)


@transaction.atomic
def tell_moderators(case: Case) -> None:
    """Tell those who may decide about a case that it waits, once each; never whom it is about."""
    if case.is_open:
        told = {"kind": NoticeKind.CASE, "cause": f"opened:{case.pk}", "case": case, "space": case.space}
        deciders = set(case.deciders().values_list("pk", flat=True))
        known = Notice.objects.filter(leader__in=deciders, cause=told["cause"])
        tell(Notice(leader_id=pk, **told) for pk in deciders - set(known.values_list("leader", flat=True)))


def tell_new_moderators() -> None:
    """Tell those who moderate since a case was opened that it waits."""
    waiting = Case.objects.open().select_related("space", "message")
    for case in waiting.order_by("priority", "pk")[:CASES_AT_MOST]:
        tell_moderators(case)


@transaction.atomic
def prompt_moderators() -> int:
    """Ask them once for each first post to answer it, when it has waited a day; return how many were told."""
    now = timezone.now()
    threads = Thread.objects.filter(last_post_at__gt=now - PROMPTED_FOR).perhaps_waiting_for_welcome()
    lately = Post.objects.filter(
        thread__in=list(threads.values_list("pk", flat=True)),
        created_at__range=(now - PROMPTED_FOR, now - WELCOME_WITHIN),
    )
    told = [
        Notice(leader=moderator, kind=NoticeKind.FIRST_POST, cause=f"first:{post.pk}", **place_of(post))
        for post in lately.waiting_for_welcome().select_related("space", "thread")
        for moderator in _not_prompted(post)
    ]
    tell(told)
    return len(told)


def _carried_authors(decision: Decision) -> set[int]:
    numbers = decision.detail["first"], decision.detail["last"]
    carried = Post.objects.filter(thread=decision.detail["to"], number__range=numbers, withdrawn_at=None)
    return {decision.thread.author_id, *carried.order_by().values_list("author", flat=True).distinct()} - {
        None
    }


def _not_prompted(post: Post):
    """The moderators who were not yet told that this first post waits."""
    told = Notice.objects.filter(kind=NoticeKind.FIRST_POST, post=post)
    return post.space.moderators().exclude(pk__in=told.values("leader"))


def _noun(decision: Decision) -> str:
    of = {"post": decision.post_id, "message": decision.message_id, "line": decision.line_id}
    of["well done"] = decision.well_done_id
    return next((noun for noun, pk in of.items() if pk), "thread")


def _place(about: Decision | Case) -> dict:
    """Where the item stands of which a decision or a case is, hidden or not."""
    if about.post_id:
        return place_of(about.post)
    if about.message_id:
        return place_of(about.message)
    return {"space": about.space, "thread": getattr(about, "thread", None)}
