"""The spaces, and what is said in them: threads, posts, thanks, mentions, quotes and chat."""

import re
from datetime import timedelta

from community import markdown
from community.models import (
    JoinRequest,
    MailRule,
    Mention,
    Message,
    Post,
    Quote,
    Room,
    Space,
    SpaceKind,
    SpaceMembership,
    SpaceRole,
    TermsAcceptance,
    Thanks,
    Thread,
    ThreadKind,
)
from faculty.demo import script
from faculty.demo.world import World, chance, identity
from leaders.models import Cohort

MAIL_RULES = {
    SpaceKind.OPEN: MailRule.EVERYTHING,
    SpaceKind.RESTRICTED: MailRule.EVERYTHING,
    SpaceKind.PRIVATE: MailRule.TITLE,
    SpaceKind.SEALED: MailRule.NOTHING,
}
_QUOTE = re.compile(r"^> #(\d+)$", re.MULTILINE)


def make_spaces(world: World) -> None:
    """Spaces with their rooms, members and requests to join."""
    rows = script.table("spaces.toml")["spaces"]
    spaces = [
        Space(
            slug=row["slug"],
            name=row["name"],
            kind=row["kind"],
            description=row["description"],
            rules=row["rules"].strip(),
            mail_rule=MAIL_RULES[row["kind"]],
            order=place * 10,
            created_at=world.clock.at("79d 09:00"),
        )
        for place, row in enumerate(rows, start=1)
    ]
    world.spaces = {space.slug: space for space in Space.objects.bulk_create(spaces)}
    for row in rows:
        _admit(world, row)


def make_threads(world: World) -> None:
    """Every conversation with its posts, rendered as if it had been typed."""
    talks = script.conversations(world.clock)
    world.threads = {talk.key: _thread(world, talk) for talk in talks}
    Thread.objects.bulk_create(world.threads.values())
    world.posts = {talk.key: _posts(world, talk) for talk in talks}
    in_order = sorted((post for posts in world.posts.values() for post in posts), key=lambda p: p.created_at)
    mentions = [
        Mention(post=post, leader=leader, at=post.created_at)
        for key, posts in world.posts.items()
        for post in posts
        for leader in _render(post, world.readers(key)).mentions
    ]
    Post.objects.bulk_create(in_order)
    Mention.objects.bulk_create(mentions)
    for key, posts in world.posts.items():
        _quote(posts, world.readers(key))
    Thanks.objects.bulk_create(
        thank(world, post, handle)
        for talk in talks
        for post, line in zip(world.posts[talk.key], talk.lines, strict=True)
        for handle in line.thanked_by
    )


def make_chat(world: World) -> None:
    """A room for each space, with its history."""
    for slug, space in world.spaces.items():
        lines = script.chat(slug, world.clock)
        room = Room.objects.create(space=space, last_number=len(lines), version=len(lines))
        readers = world.readers(slug)
        world.messages[slug] = Message.objects.bulk_create(
            Message(
                room=room,
                number=number,
                version=number,
                author=world.people[line.author],
                body=line.body,
                body_html=markdown.render_message(line.body, _named(readers)).html,
                renderer=markdown.RENDERER,
                created_at=line.at,
                client_uuid=identity(f"{slug}/chat#{number}"),
            )
            for number, line in enumerate(lines, start=1)
        )


def thank(world: World, post: Post, handle: str, *, words: str = "", ago: str = "") -> Thanks:
    """One thank-you, some time after the post and before now."""
    name = f"{handle} thanks {post.client_uuid}"
    at = world.clock.at(ago) if ago else post.created_at + timedelta(minutes=4 + chance(name, below=2800))
    earliest, latest = world.people[handle].joined_at, world.clock.now
    return Thanks(post=post, by=world.people[handle], words=words, at=min(max(at, earliest), latest))


def _admit(world: World, row: dict) -> None:
    space, people = world.spaces[row["slug"]], world.people
    cohorts = list(Cohort.objects.filter(slug__in=row.get("cohorts", [])))
    space.cohorts.set(cohorts)
    roles = dict.fromkeys(row.get("members", []), SpaceRole.MEMBER)
    roles |= dict.fromkeys(row["moderators"], SpaceRole.MODERATOR)
    SpaceMembership.objects.bulk_create(
        SpaceMembership(
            space=space,
            leader=people[handle],
            role=role,
            starts_at=max(space.created_at, people[handle].joined_at),
            added_by=people["finn"],
        )
        for handle, role in roles.items()
    )
    through = people if space.kind == SpaceKind.OPEN else _of_cohorts(cohorts)
    world.members[space.slug] = {*roles, *through}
    if space.kind == SpaceKind.SEALED:
        TermsAcceptance.objects.bulk_create(
            TermsAcceptance(space=space, leader=people[handle], at=people[handle].joined_at)
            for handle in roles
        )
    JoinRequest.objects.bulk_create(
        JoinRequest(
            space=space,
            leader=people[asking["leader"]],
            words=asking["words"],
            asked_at=world.clock.at(f"{asking['days']}d 12:20"),
        )
        for asking in row.get("asking", [])
    )


def _of_cohorts(cohorts: list[Cohort]) -> set[str]:
    return {handle for cohort in cohorts for handle in cohort.leaders.values_list("handle", flat=True)}


def _thread(world: World, talk: script.Conversation) -> Thread:
    first, last = talk.lines[0], talk.lines[-1]
    return Thread(
        space=world.spaces[talk.space],
        kind=talk.head.get("kind", ThreadKind.DISCUSSION),
        title=talk.head["title"],
        author=world.people[first.author],
        created_at=first.at,
        last_number=len(talk.lines),
        last_post_at=last.at,
        is_pinned="pinned" in talk.head,
        closed_at=last.at + timedelta(hours=1) if "closed" in talk.head else None,
    )


def _posts(world: World, talk: script.Conversation) -> list[Post]:
    return [
        Post(
            space=world.spaces[talk.space],
            thread=world.threads[talk.key],
            number=number,
            author=world.people[line.author],
            body=line.body,
            created_at=line.at,
            announced_at=line.at,
            client_uuid=identity(f"{talk.key}#{number}"),
        )
        for number, line in enumerate(talk.lines, start=1)
    ]


def _render(post: Post, readers: dict) -> markdown.Rendered:
    rendered = markdown.render(post.body, _named(readers))
    post.body_html, post.renderer = rendered.html, markdown.RENDERER
    return rendered


def _quote(posts: list[Post], readers: dict) -> None:
    """A second pass, since a quote names the id that its post has only now."""
    for post in (post for post in posts if _QUOTE.search(post.body)):
        post.body = _QUOTE.sub(lambda found: f"> /posts/{posts[int(found[1]) - 1].pk}/", post.body)
        quoted = _render(post, readers).quotes
        post.save(update_fields=["body", "body_html"])
        Quote.objects.bulk_create(Quote(post=post, quoted_id=pk) for pk in quoted)


def _named(readers: dict):
    return lambda handles: [readers[handle] for handle in sorted(handles) if handle in readers]
