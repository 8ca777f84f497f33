"""What moderators did and still have to do, and how far everybody has read."""

from datetime import datetime, timedelta

from community.models import (
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
from community.models.moderation import PRIORITY
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
                level = Level.WATCHING if own else Level.NORMAL
                readings.append(Reading(leader=leader, thread=thread, read_up_to=mark, level=level))
    for reading in readings:
        reading.read_at = world.last_visits[reading.leader.handle]
    Reading.objects.bulk_create(readings)
    _make_reply_notices(world, readings)
    _make_room_readings(world)


def make_notices(world: World) -> None:
    """A line for everybody who was mentioned or thanked."""
    mentions = Mention.objects.select_related("post__author", "leader").filter(post__hidden_at=None)
    thanks = Thanks.objects.select_related("post__author", "by").filter(post__hidden_at=None)
    notices = [_notice(world, NoticeKind.MENTION, m.leader, m.post, m.post.author, m.at) for m in mentions]
    notices += [_notice(world, NoticeKind.THANKS, t.post.author, t.post, t.by, t.at) for t in thanks]
    Notice.objects.bulk_create(sorted(notices, key=lambda notice: notice.at))


def _edit(post: Post, row: dict) -> None:
    Revision.objects.create(post=post, version=1, body=row["former"], editor=post.author, at=post.created_at)
    post.version, post.edited_by = 2, post.author
    post.edited_at = post.created_at + timedelta(minutes=row["after"])
    post.save(update_fields=["version", "edited_by", "edited_at"])


def _make_case(world: World, row: dict) -> None:
    item = world.item(row)
    at = [item.created_at + timedelta(minutes=report["after"]) for report in row["reports"]]
    space = item.space if "post" in row else item.room.space
    case = Case.objects.create(
        space=space,
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
    case.assignee, case.closed_at, case.outcome = by, at, row["outcome"]
    case.save(update_fields=["assignee", "closed_at", "outcome"])
    detail = _ACTS[row["verb"]](case.post, at, row)
    Decision.objects.create(
        verb=row["verb"],
        by=by,
        reason=row["reason"],
        at=at,
        space=case.space,
        thread=case.post.thread,
        post=case.post,
        leader=case.about if row["verb"] == "suspend" else None,
        case=case,
        detail=detail,
    )
    if row["verb"] != "dismiss":
        _tell(world, NoticeKind.MODERATION, case.about, case.post, row["reason"], at)
    for report in row["reports"]:
        _tell(world, NoticeKind.REPORT, world.people[report["by"]], case.post, row["outcome"], at)


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


def _tell(world: World, kind: NoticeKind, leader, post: Post, words: str, at: datetime) -> None:
    notice = _notice(world, kind, leader, post, None, at)
    notice.words = words
    notice.save()


def _notice(world: World, kind: NoticeKind, leader, post: Post, actor, at: datetime) -> Notice:
    visit = world.last_visits[leader.handle]
    return Notice(
        leader=leader,
        kind=kind,
        space_id=post.space_id,
        thread_id=post.thread_id,
        post=post,
        actor=actor,
        at=at,
        read_at=visit if at <= visit else None,
    )


def _make_reply_notices(world: World, readings: list[Reading]) -> None:
    posts = {thread.pk: world.posts[key] for key, thread in world.threads.items()}
    notices = []
    for reading in readings:
        if reading.level != Level.WATCHING:
            continue
        fresh = [p for p in posts[reading.thread_id][reading.read_up_to :] if not p.is_hidden]
        if fresh:
            last = fresh[-1]
            notice = _notice(world, NoticeKind.REPLY, reading.leader, last, last.author, last.created_at)
            notice.count, notice.read_at = len(fresh), None
            notices.append(notice)
    Notice.objects.bulk_create(notices)


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
