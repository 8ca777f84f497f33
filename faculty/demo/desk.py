"""What moderators did and still have to do, and how far everybody has read."""

from datetime import datetime, timedelta

from community.decisions import OUTCOMES
from community.models import (
    PRIORITY,
    Case,
    Category,
    Decision,
    Level,
    Mention,
    Notice,
    NoticeKind,
    Post,
    Reading,
    Report,
    Revision,
    RoomReading,
    Thanks,
    Thread,
)
from community.telling import outcomes
from faculty.demo import script
from faculty.demo.talk import thank
from faculty.demo.world import World, chance


def make_desk(world: World) -> None:
    """Edits, thank-yous with words, reports, cases and decisions."""
    book = script.table("desk.toml")
    for row in book["edits"]:
        _edit(world.post(row["post"]), row)
    Thanks.objects.bulk_create(
        thank(world, world.post(row["post"]), row["by"], words=row["words"], ago=row.get("ago", ""))
        for row in book["thanks"]
    )
    for row in book["cases"]:
        _make_case(world, row)
    for row in book["decisions"]:
        thread = world.threads[row["thread"]]
        Decision.objects.create(
            verb=row["verb"],
            by=world.people[row["by"]],
            reason=row["reason"],
            at=world.clock.at(f"{row['days']}d 18:00"),
            space=thread.space,
            thread=thread,
        )


def settle(world: World) -> None:
    """Give every thread the counters that its shown posts make."""
    for key, thread in world.threads.items():
        shown = [post for post in world.posts[key] if not post.is_hidden]
        thread.shown_count, thread.last_post = len(shown), shown[-1]
        thread.last_post_at = shown[-1].created_at
    Thread.objects.bulk_update(world.threads.values(), ["shown_count", "last_post", "last_post_at"])


def make_readings(world: World) -> None:
    """Who has read how far; the cast has looked everywhere, the others here and there."""
    readings = []
    for key, thread in world.threads.items():
        for handle, leader in world.readers(key).items():
            own = max((p.number for p in world.posts[key] if p.author == leader), default=0)
            seen = sum(p.created_at <= world.last_visits[handle] for p in world.posts[key])
            looked = leader.has_usable_password() or chance(f"{handle} reads {key}", below=3) > 0
            if mark := max(own, seen if looked else 0):
                level = Level.WATCHING if own else None
                readings.append(Reading(leader=leader, thread=thread, read_up_to=mark, level=level))
    for reading in readings:
        reading.read_at = world.last_visits[reading.leader.handle]
    Reading.objects.bulk_create(readings)
    _make_room_readings(world)


def make_notices(world: World) -> None:
    """A line for everybody who was mentioned, thanked, or whose thread went on."""
    mentions = Mention.objects.select_related("post__author", "leader").filter(post__hidden_at=None)
    thanks = Thanks.objects.select_related("post__author", "by").filter(post__hidden_at=None)
    told = [_mentioned(mention) for mention in mentions] + [_thanked(given) for given in thanks]
    for notice in told:
        visit = world.last_visits[notice.leader.handle]
        notice.read_at = visit if notice.at <= visit else None
    Notice.objects.bulk_create(sorted([*told, *_replies(world)], key=lambda notice: notice.at))


def _edit(post: Post, row: dict) -> None:
    Revision.objects.create(post=post, version=1, body=row["former"], editor=post.author, at=post.created_at)
    post.version, post.edited_by = 2, post.author
    post.edited_at = post.created_at + timedelta(minutes=row["after"])
    post.save(update_fields=["version", "edited_by", "edited_at"])


def _make_case(world: World, row: dict) -> None:
    item = world.item(row)
    at = [item.created_at + timedelta(minutes=report["after"]) for report in row["reports"]]
    case = Case.objects.create(
        space=item.space,
        about=item.author,
        priority=min(PRIORITY[Category(report["category"])] for report in row["reports"]),
        opened_at=min(at),
        **{"post" if "post" in row else "message": item},
    )
    for moment, report in zip(at, row["reports"], strict=True):
        by, words = world.people[report["by"]], report["words"]
        Report.objects.create(case=case, by=by, category=report["category"], words=words, at=moment)
    if "verb" in row:
        _decide(world, case, row)


def _decide(world: World, case: Case, row: dict) -> None:
    by, at = world.people[row["by"]], case.post.created_at + timedelta(minutes=row["after"])
    case.assignee, case.closed_at, case.outcome = by, at, OUTCOMES[row["verb"]]
    case.save(update_fields=["assignee", "closed_at", "outcome"])
    decision = Decision.objects.create(
        verb=row["verb"],
        by=by,
        reason=row["reason"],
        at=at,
        space=case.space,
        post=case.post,
        leader=case.about if row["verb"] == Decision.Verb.SUSPEND else None,
        case=case,
        detail=_ACTS[row["verb"]](case.post, at, row),
    )
    outcomes.tell_author(decision)
    outcomes.tell_reporters(case)
    told = Notice.objects.filter(cause__in=[f"decision:{decision.pk}", f"case:{case.pk}"])
    told.update(at=at, read_at=at + timedelta(hours=20))


def _hide(post: Post, at: datetime, row: dict) -> dict:
    post.hidden_at = at
    post.save(update_fields=["hidden_at"])
    return {}


def _suspend(post: Post, at: datetime, row: dict) -> dict:
    post.author.suspended_until = at + timedelta(days=row["days"])
    post.author.suspension_reason = row["reason"]
    post.author.save(update_fields=["suspended_until", "suspension_reason"])
    return {"until": post.author.suspended_until.isoformat()}


_ACTS = {"hide": _hide, "suspend": _suspend, "dismiss": lambda post, at, row: {}}


def _mentioned(mention: Mention) -> Notice:
    cause, post = f"mention:{mention.post_id}", mention.post
    return _notice(NoticeKind.MENTION, mention.leader, post, post.author, mention.at, cause=cause)


def _thanked(given: Thanks) -> Notice:
    cause, post = f"thanks:{given.post_id}:{given.by_id}", given.post
    return _notice(NoticeKind.THANKS, post.author, post, given.by, given.at, cause=cause, words=given.words)


def _replies(world: World) -> list[Notice]:
    """One line for each watched thread with unread posts, but for those that tell by a mention."""
    named = set(Mention.objects.values_list("post", "leader"))
    posts = {thread.pk: world.posts[key] for key, thread in world.threads.items()}
    lines = []
    for reading in Reading.objects.filter(level=Level.WATCHING).select_related("leader"):
        unread = posts[reading.thread_id][reading.read_up_to :]
        if new := [p for p in unread if not p.is_hidden and (p.pk, reading.leader_id) not in named]:
            last = new[-1]
            lines.append(_notice(NoticeKind.REPLY, reading.leader, new[0], last.author, last.created_at))
    return lines


def _notice(kind: NoticeKind, leader, post: Post, actor, at: datetime, **more) -> Notice:
    place = {"space_id": post.space_id, "thread_id": post.thread_id, "post": post}
    return Notice(kind=kind, leader=leader, actor=actor, at=at, **place, **more)


def _make_room_readings(world: World) -> None:
    RoomReading.objects.bulk_create(
        RoomReading(
            leader=leader,
            room_id=messages[0].room_id,
            read_up_to=sum(m.created_at <= world.last_visits[handle] for m in messages),
        )
        for slug, messages in world.messages.items()
        for handle, leader in world.readers(slug).items()
    )
