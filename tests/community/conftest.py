import pytest

from tests.making import make_thread


@pytest.fixture
def thread(space, ana):
    """Ana's thread in her cohort's space, which she watches since she wrote it."""
    return make_thread(space, ana, "Saying no kindly")


@pytest.fixture(autouse=True)
def one_minute(monkeypatch):
    """No minute ends while somebody is counted as hasty."""
    monkeypatch.setattr("community.pace.time", lambda: 1_800_000_000)
