import pytest

from collaborate.celery import app
from leaders import mail
from tests.making import make_thread
from tests.processes import BEAT, WORKER, Celery


@pytest.fixture
def thread(space, ana):
    """Ana's thread in her cohort's space, which she watches since she wrote it."""
    return make_thread(space, ana, "Saying no kindly")


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
