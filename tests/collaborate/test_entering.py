"""Who is here is asked once, with what they may read; and a connection that ended is not used."""

import contextlib
from datetime import timedelta

import psycopg2
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collaborate import entering
from collaborate.database.base import is_silent
from community.models import Space, SpaceKind, SpaceMembership, SpaceRole, asking
from community.models.spaces import moderated_ids, readable_ids
from leaders import rules
from leaders.models import HouseRules, HouseRulesAcceptance, Leader


@pytest.fixture
def enter(client, rf):
    """Who comes in by the session of a leader: enter(ana)."""

    def come(leader, method="GET"):
        client.force_login(leader)
        request = rf.generic(method, "/")
        request.session = client.session
        return entering.visitor(request)

    return come


def test_whoever_comes_in_is_known_with_their_spaces(enter, ana, ben, cleo, dara, eli, finn, space, commons):
    sealed = Space.objects.create(name="Quiet", slug="quiet", kind=SpaceKind.SEALED, mail_rule="nothing")
    SpaceMembership.objects.create(space=sealed, leader=dara, role=SpaceRole.MODERATOR)
    past = timezone.now() - timedelta(days=1)
    SpaceMembership.objects.create(space=space, leader=cleo, starts_at=past, ends_at=past)
    for leader in (ana, ben, cleo, dara, eli, finn):
        came = enter(leader)
        assert came == leader
        with asking.remembering(entering.known_of(came)), CaptureQueriesContext(connection) as asked:
            known = readable_ids(came), moderated_ids(came)
        assert len(asked) == 0
        assert known == (readable_ids(leader), moderated_ids(leader))


def test_whoever_changes_something_is_known_alone(enter, ana):
    came = enter(ana, "POST")
    assert came == ana
    assert entering.known_of(came) == {}


def test_a_page_asks_for_the_leader_and_the_badge_only(browse, ana, space, django_assert_num_queries):
    client = browse(ana)
    client.get("/accessibility/")
    with django_assert_num_queries(2):
        client.get("/accessibility/")


def test_one_question_knows_the_whole_leader(enter, ana):
    came = enter(ana)
    for field in Leader._meta.concrete_fields:
        assert getattr(came, field.attname) == getattr(Leader.objects.get(pk=ana.pk), field.attname)


def test_who_was_switched_off_or_has_another_password_is_a_stranger(enter, browse, ana):
    client = browse(ana)
    Leader.objects.filter(pk=ana.pk).update(is_active=False)
    assert client.get("/settings/").status_code == 302
    Leader.objects.filter(pk=ana.pk).update(is_active=True)
    client.force_login(ana)
    ana.set_password("another-one-entirely")
    ana.save()
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    "tampered", [{SESSION_KEY: "0"}, {HASH_SESSION_KEY: ""}, {BACKEND_SESSION_KEY: "some.other.Backend"}]
)
def test_a_session_that_is_not_plain_is_left_to_django(browse, ana, tampered):
    client = browse(ana)
    session = client.session
    session.update(tampered)
    session.save()
    assert client.get("/settings/").status_code == 302


def test_a_key_that_was_changed_keeps_people_signed_in(browse, ana, settings):
    client = browse(ana)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key that is long enough for everybody"
    assert client.get("/settings/").status_code == 200


def test_the_rules_that_somebody_owes_come_with_them(enter, ana):
    assert not rules.are_owed_by(enter(ana))
    first = HouseRules.objects.create(version=1, text="Be kind")
    HouseRules.objects.create(version=2, text="Later", in_force_from=timezone.now() + timedelta(days=1))
    assert rules.are_owed_by(enter(ana))
    assert rules.are_owed_by(ana)
    HouseRulesAcceptance.objects.create(rules=first, leader=ana)
    assert not rules.are_owed_by(enter(ana))
    assert not rules.are_owed_by(ana)
    HouseRules.objects.create(version=3, text="Be kinder")
    assert rules.are_owed_by(enter(ana))
    assert rules.are_owed_by(ana)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(browse, ana):
    client = browse(ana)
    connection.health_check_enabled, connection.health_check_done = True, False
    former = connection.connection
    assert is_silent(former)
    end(former.get_backend_pid())
    assert not is_silent(former)
    assert client.get("/settings/").status_code == 200
    assert connection.connection is not former


def test_a_silent_connection_is_not_asked_whether_it_lives(browse, ana, monkeypatch):
    asked, wrapper = [], connections["default"]
    monkeypatch.setattr(wrapper, "is_usable", lambda: asked.append(True) or True)
    monkeypatch.setattr(wrapper, "health_check_enabled", True)
    for had_errors, number in ((False, 0), (True, 1)):
        monkeypatch.setattr(wrapper, "errors_occurred", had_errors)
        monkeypatch.setattr(wrapper, "health_check_done", False)
        Leader.objects.exists()
        assert len(asked) == number


def end(pid: int) -> None:
    """Have the server end a connection, and wait until it is gone."""
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
