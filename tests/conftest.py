"""The cast in its places; what several stories need."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.utils import timezone

from tests import migrated
from tests.cast import (
    make_cohort,
    make_commons,
    make_leader,
    make_member,
    make_moderator,
    make_private_space,
)
from tests.scene import set_scene
from tests.shortcuts import empty, sign_in
from tests.sink import Sink

QUICK = "django.contrib.auth.hashers.MD5PasswordHasher"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """The database of this process is a copy of one that is migrated already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.database()


@pytest.fixture(autouse=True, scope="session")
def shortcuts():
    """What a story committed is taken out sooner, and somebody signs in sooner, than Django does it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        patch.setattr(Client, "_login", sign_in)
        yield


@pytest.fixture(autouse=True)
def no_waiting(settings):
    """Others are told at once of what is sent; test_withdrawing.py tells of the minute before."""
    settings.UNDO_SEND_SECONDS = 0


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords need not resist anybody in tests."""
    settings.PASSWORD_HASHERS = [QUICK, *settings.PASSWORD_HASHERS]


@pytest.fixture
def cohort(db):
    return make_cohort()


@pytest.fixture
def ana(cohort):
    return make_member(cohort, "Ana Brook")


@pytest.fixture
def ben(cohort):
    return make_member(cohort, "Ben Carrow")


@pytest.fixture
def cleo(db):
    return make_leader("Cleo Dunmore")


@pytest.fixture
def dara(db, space, commons):
    return make_moderator("Dara Elling", space, commons)


@pytest.fixture
def eli(cohort):
    return make_member(cohort, "Eli Farrow", suspended_until=timezone.now() + timedelta(days=7))


@pytest.fixture
def finn(db):
    return make_leader("Finn Garth", is_staff=True, is_superuser=True)


@pytest.fixture
def space(cohort):
    """The private space of ana's and ben's cohort, which dara moderates."""
    return make_private_space(cohort)


@pytest.fixture
def commons(db):
    """The open space for every leader."""
    return make_commons()


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


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """The scene, set once for all stories of a file, in a transaction around each of theirs."""
    at_once = override_settings(UNDO_SEND_SECONDS=0, PASSWORD_HASHERS=[QUICK, *settings.PASSWORD_HASHERS])
    with django_db_blocker.unblock(), at_once, transaction.atomic():
        yield set_scene()
        transaction.set_rollback(True)


@pytest.fixture
def scene(stage, db):
    """Something behind every door; nobody has knocked at any of them yet."""
    cache.clear()
    return stage
