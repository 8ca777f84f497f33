"""Something behind every door: the private space with a thread, a message, a case, a notice."""

import uuid
from datetime import timedelta

from django.utils import timezone

from community import bookmarks, drafts, moderation, threads
from community.models import KeptOut, Notice, Space, Sweep, WellDone
from community.rooms import chat, conversations
from faculty.models import FacultyMember
from leaders.models import Leader
from tests.cast import (
    make_cohort,
    make_commons,
    make_leader,
    make_member,
    make_moderator,
    make_private_space,
)
from tests.making import make_session, make_thread
from tests.sending import send, shown


def set_scene() -> dict:
    """What is behind each door, under the first word of its address; and the cast."""
    cohort = make_cohort()
    space = make_private_space(cohort)
    cast = make_cast(cohort, space)
    ana, ben, cleo, dara = (cast[name] for name in ("ana", "ben", "cleo", "dara"))
    image = send(space, ana)
    thread = make_thread(space, ana, body=f"A beginning. {shown(image)}")
    body = f"A better beginning. {shown(image)}"
    post = threads.edit(thread.posts.get(), by=ana, body=body, version=1)
    message = chat.say(chat.room_of(space), by=ana, body="Hello", uuid=uuid.uuid4())
    session = make_session(space, dara)
    said = conversations.begin([ben], by=ana, body="Between us", uuid=uuid.uuid4())
    KeptOut.objects.create(leader=ana, other=cleo)
    words = drafts.Words("Not sent yet")
    drafts.save("reply", thread.pk, by=ana, words=words, uuid=uuid.uuid4())
    case = moderation.report(post, by=ben, category="other", words="Please look").case
    return {
        "cast": cast,
        "sessions": {"pk": session.pk, "version": 0},
        "conversations": {"pk": said.room_id, "version": 0, "handle": "cleo"},
        "spaces": {"slug": space.slug, "version": 0, "number": 1},
        "threads": {"pk": thread.pk, "slug": thread.slug, "number": 1},
        "posts": {"pk": post.pk, "number": 1, "version": 1},
        "drafts": {"kind": "reply", "target": thread.pk},
        "messages": {"pk": message.pk, "number": 1},
        "rooms": {"pk": message.room_id},
        "leaders": {"handle": "ben"},
        "attachments": {"uuid": image.uuid},
        "faculty": {"slug": FacultyMember.objects.create(name="A Fellow", slug="a-fellow").slug},
        "notices": {
            "pk": Notice.objects.create(leader=ana, kind="mention", space=space, thread=thread, post=post).pk
        },
        "lines": {"pk": 1},
        "well-done": {"pk": WellDone.objects.create(to=ana, by=dara, words="The rota.").pk, "handle": "dara"},
        "bookmarks": {"pk": bookmarks.keep(post, by=ana).pk},
        "catch-up": {"pk": Sweep.objects.create(leader=ana, marks={}).pk},
        "desk": {"pk": case.pk, "handle": "eli"},
        "unsubscribe": {"token": "wrong"},
        "less-mail": {"token": "wrong"},
        "mute": {"token": "wrong"},
        "mailbox": {"key": "none"},
    }


def make_cast(cohort, space: Space) -> dict[str, Leader]:
    """All six, each where a door is open or closed to them."""
    until = timezone.now() + timedelta(days=7)
    return {
        "ana": make_member(cohort, "Ana Brook"),
        "ben": make_member(cohort, "Ben Carrow"),
        "cleo": make_leader("Cleo Dunmore"),
        "dara": make_moderator("Dara Elling", space, make_commons()),
        "eli": make_member(cohort, "Eli Farrow", suspended_until=until),
        "finn": make_leader("Finn Garth", is_staff=True, is_superuser=True),
    }
