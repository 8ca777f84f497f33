"""The cast, and plain functions that make what a story needs."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from community import bookmarks, chat, conversations, drafts, moderation, threads
from community.models import KeptOut, Notice, Space, SpaceKind, SpaceMembership, SpaceRole, Sweep, WellDone
from faculty.models import FacultyMember
from leaders.models import Cohort, CohortMembership, Leader
from tests.making import make_session, make_thread
from tests.sending import send, shown
from tests.sink import Sink


def make_leader(name: str, **fields) -> Leader:
    """Somebody who has joined."""
    handle = name.lower().split()[0]
    fields = {
        "handle": handle,
        "joined_at": timezone.now() - timedelta(days=30),
        "stage": "current",
        **fields,
    }
    return Leader.objects.create_user(f"{handle}@example.org", "collaborate-demo", name=name, **fields)


@pytest.fixture(autouse=True)
def no_waiting(settings):
    """Others are told at once of what is sent; test_withdrawing.py tells of the minute before."""
    settings.UNDO_SEND_SECONDS = 0


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords need not resist anybody in tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def cohort(db):
    return Cohort.objects.create(
        name="North 2026", slug="north-2026", starts_on=timezone.localdate() - timedelta(days=20)
    )


@pytest.fixture
def ana(cohort):
    ana = make_leader("Ana Brook")
    CohortMembership.objects.create(cohort=cohort, leader=ana, starts_on=cohort.starts_on)
    return ana


@pytest.fixture
def ben(cohort):
    ben = make_leader("Ben Carrow")
    CohortMembership.objects.create(cohort=cohort, leader=ben, starts_on=cohort.starts_on)
    return ben


@pytest.fixture
def cleo(db):
    return make_leader("Cleo Dunmore")


@pytest.fixture
def dara(db, space, commons):
    dara = make_leader("Dara Elling", is_faculty=True)
    for place in (space, commons):
        SpaceMembership.objects.create(space=place, leader=dara, role=SpaceRole.MODERATOR)
    return dara


@pytest.fixture
def eli(cohort):
    eli = make_leader("Eli Farrow", suspended_until=timezone.now() + timedelta(days=7))
    CohortMembership.objects.create(cohort=cohort, leader=eli, starts_on=cohort.starts_on)
    return eli


@pytest.fixture
def finn(db):
    return make_leader("Finn Garth", is_staff=True, is_superuser=True)


@pytest.fixture
def space(cohort):
    """The private space of ana's and ben's cohort, which dara moderates."""
    space = Space.objects.create(
        name="North cohort",
        slug="north",
        kind=SpaceKind.PRIVATE,
        description="For the cohort.",
        mail_rule="everything",
    )
    space.cohorts.add(cohort)
    return space


@pytest.fixture
def commons(db):
    """The open space for every leader."""
    return Space.objects.create(
        name="The commons",
        slug="commons",
        kind=SpaceKind.OPEN,
        description="For all.",
        mail_rule="everything",
    )


@pytest.fixture
def browse(client):
    """A client that is signed in as somebody: browse(ana).get("/")."""

    def sign_in(leader):
        client.force_login(leader)
        return client

    return sign_in


@pytest.fixture
def sink(settings):
    """A real mail server that keeps what it gets."""
    sink = Sink()
    sink.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
    yield sink
    sink.stop()


@pytest.fixture
def scene(ana, ben, cleo, dara, eli, finn, space, commons):
    """Something behind every door: the private space with a thread, a message, a case, a notice."""
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
        "cast": {"ana": ana, "ben": ben, "cleo": cleo, "dara": dara, "eli": eli, "finn": finn},
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
        "well-done": {"pk": WellDone.objects.create(to=ana, by=dara, words="The rota.").pk, "handle": "dara"},
        "bookmarks": {"pk": bookmarks.keep(post, by=ana).pk},
        "catch-up": {"pk": Sweep.objects.create(leader=ana, marks={}).pk},
        "desk": {"pk": case.pk, "handle": "eli"},
        "unsubscribe": {"token": "wrong"},
        "less-mail": {"token": "wrong"},
        "mute": {"token": "wrong"},
        "mailbox": {"key": "none"},
    }
