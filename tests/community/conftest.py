import pytest
from django.urls import clear_url_caches
from django.utils import timezone

import collaborate.urls
from collaborate import hooks
from collaborate.celery import app
from community import relocations
from community.models import Participant, Room, RoomKind
from community.rooms import chat
from leaders import mail
from tests.making import make_thread
from tests.processes import BEAT, WORKER, Celery

SECRET = "hook:a-long-secret"  # which a mail service shows when it reports


@pytest.fixture
def thread(space, ana):
    """Ana's thread in her cohort's space, which she watches since she wrote it."""
    return make_thread(space, ana, "Saying no kindly")


@pytest.fixture
def room(space):
    """The chat of the cohort's space."""
    return chat.room_of(space)


@pytest.fixture
def direct(ana, cleo):
    """A conversation of Ana and Cleo."""
    room = Room.objects.create(kind=RoomKind.DIRECT)
    for leader in (ana, cleo):
        Participant.objects.create(room=room, leader=leader)
    return room


@pytest.fixture
def few_are_many(monkeypatch):
    """More than three posts are too many to be moved at once; they go two by two."""
    monkeypatch.setattr(relocations, "AT_ONCE", 3)
    monkeypatch.setattr(relocations, "BATCH", 2)


@pytest.fixture
def woken(monkeypatch):
    """When a worker was woken to move posts; none is here to do it."""
    calls = []
    monkeypatch.setattr(relocations, "wake", lambda: calls.append(timezone.now()))
    return calls


@pytest.fixture
def postmark(settings, monkeypatch):
    """The service as an operator would set it up."""
    settings.MAIL_SERVICES, settings.ANYMAIL = ["postmark"], {"WEBHOOK_SECRET": [SECRET]}
    with_hooks = [*hooks.addresses(["postmark"]), *collaborate.urls.urlpatterns]
    monkeypatch.setattr(collaborate.urls, "urlpatterns", with_hooks)
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture(autouse=True)
def one_minute(monkeypatch):
    """No minute ends while somebody is counted as hasty."""
    monkeypatch.setattr("community.pace.time", lambda: 1_800_000_000)


@pytest.fixture
def processes(sink, tmp_path):
    """Starts a process of Celery; all are ended with the test, and nothing waits for them from before."""
    started = []
    app.control.purge()

    def start(command):
        log = tmp_path / f"{len(started)}.log"
        started.append(Celery(command, log, sink.port))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def workers(processes):
    """Starts workers, each with a name of its own."""
    numbers = iter(range(99))
    return lambda: processes([*WORKER, "-n", f"worker{next(numbers)}@test"])


@pytest.fixture
def beats(processes, tmp_path):
    """Starts beats that tick each second, each with a memory of its own."""
    numbers = iter(range(99))
    return lambda: processes([*BEAT, "-s", str(tmp_path / f"beat{next(numbers)}")])


@pytest.fixture
def meanwhile(monkeypatch):
    """Have something happen once letters are written, before the server gets them."""
    write, waiting = mail.write, []

    def writing(to, **letter):
        written = write(to, **letter)
        while waiting:
            waiting.pop()()
        return written

    monkeypatch.setattr(mail, "write", writing)
    return waiting.append
