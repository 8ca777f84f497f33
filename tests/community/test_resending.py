"""Many letters that did not arrive go out again at one press, after a page that says how many."""

from collections import Counter
from urllib.parse import parse_qs

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from psycopg2.errors import DeadlockDetected

from community.mail import digest, domains, resending
from community.models import Digest, Letter
from leaders import preferences
from leaders.models import Leader
from tests.cast import make_leader
from tests.making import make_thread

pytestmark = pytest.mark.django_db
MAIL = "/admin/community/mail/"
AGAIN = f"{MAIL}again/"
RUN = "2026-01-01"


def row(leader, state="failed", period=RUN, note="554 Looks like spam", **fields) -> Digest:
    """A line of the ledger of digests."""
    preferences.choose_digest(leader, "daily", source="joining")
    fields = {"attempts": 1, "tried_at": timezone.now(), "sent_at": timezone.now(), "note": note, **fields}
    return Digest.objects.create(leader=leader, period=period, state=state, **fields)


def readers(number: int) -> list[Leader]:
    return [make_leader(f"Reader{each} Ode") for each in range(number)]


def named(*rows) -> dict:
    """What the ticks in the list say."""
    return {"ticked": [f"{'digest' if isinstance(each, Digest) else 'notices'}-{each.pk}" for each in rows]}


def asked(client, query, status=200) -> str:
    """The page that asks first."""
    answer = client.get(AGAIN, query) if isinstance(query, dict) else client.get(f"{AGAIN}?{query}")
    assert answer.status_code == status
    return answer.content.decode()


def states() -> Counter:
    return Counter(Digest.objects.values_list("state", flat=True))


@pytest.fixture
def team(finn, browse):
    return browse(finn)


def test_the_ticked_ones_go_out_and_each_leaves_an_entry(ana, ben, cleo, finn, commons, team, mailoutbox):
    make_thread(commons, finn, "Saying no kindly")
    chosen = [row(ana), row(ben)]
    row(cleo)
    assert "<strong>2</strong> did not arrive" in asked(team, named(*chosen))
    assert states() == {"failed": 3}
    answer = team.post(AGAIN, {**named(*chosen), "expected": "2"}, follow=True)
    assert "2 e-mails go out within minutes" in answer.content.decode()
    assert states() == {"due": 2, "failed": 1}
    assert set(LogEntry.objects.values_list("user", "object_id")) == {
        (finn.pk, str(each.pk)) for each in chosen
    }
    digest.deliver()
    assert sorted(letter.to[0].partition(" ")[0] for letter in mailoutbox) == ["Ana", "Ben"]
    assert states() == {"sent": 2, "failed": 1}


def test_all_of_a_run_that_failed_for_one_reason(team):
    people = readers(6)
    for leader in people[:3]:
        row(leader)
    row(people[3], note="552 Too big")
    row(people[4], period="2026-01-02")
    row(people[5], "skipped", note="There was nothing new.")
    said = team.get(MAIL).content.decode()
    query = f"mailing=digest&amp;state=failed&amp;run={RUN}&amp;why=554+Looks+like+spam"
    assert f'<td>3</td><th scope="row"><a href="?{query}">Digest of {RUN}</a>' in said
    query = query.replace("&amp;", "&")
    assert f"{AGAIN}?{query}".replace("&", "&amp;") in team.get(f"{MAIL}?{query}").content.decode()
    assert "<strong>3</strong> did not arrive" in asked(team, query)
    fields = dict(part.split("=") for part in query.replace("+", " ").split("&"))
    assert team.post(AGAIN, {**fields, "expected": "3"}).status_code == 302
    assert set(Digest.objects.filter(state="due").values_list("leader", flat=True)) == {
        leader.pk for leader in people[:3]
    }


def test_what_must_stay_stays_and_the_page_says_why(ana, ben, cleo, dara, team):
    chosen = [row(ana), row(ben), row(cleo, "bounced"), row(dara, "sent", note="")]
    newer = row(ben, "skipped", "2026-01-02")
    preferences.mark_refused(cleo, cleo.email, "550")
    said = asked(team, named(*chosen))
    assert "You chose 4 e-mails" in said
    for words in ("did not arrive", "newer one has taken", "address came back", "they have arrived"):
        assert words in said.partition("<strong>1</strong>")[2]
    team.post(AGAIN, {**named(*chosen, newer), "expected": "1"})
    assert set(Digest.objects.filter(state="due").values_list("leader", flat=True)) == {ana.pk}


def test_those_that_may_have_arrived_go_only_if_somebody_says_so(ana, ben, news, team, sink):
    for leader in (ana, ben):
        row(leader, "due")
    sink.after_data = None
    digest.deliver()
    sink.after_data = sink.TAKEN
    digest.deliver()
    assert states() == {"ambiguous": 2}
    said = asked(team, "state=ambiguous")
    assert "<strong>2</strong> may have arrived" in said
    assert "did not arrive and can" not in said
    assert team.post(AGAIN, {"state": "ambiguous", "expected": "2"}).status_code == 422
    assert team.post(AGAIN, {"state": "ambiguous", "expected": "0"}).status_code == 422
    assert states() == {"ambiguous": 2}
    assert team.post(AGAIN, {"state": "ambiguous", "expected": "2", "sure": "yes"}).status_code == 302
    digest.deliver()
    assert states() == {"sent": 2}
    assert all("Saying no kindly" in str(letter) for letter in sink.letters)


@pytest.fixture
def news(cleo, commons):
    return make_thread(commons, cleo, "Saying no kindly")


def test_two_admins_at_once_send_them_once(ana, ben, team):
    chosen = [row(ana), row(ben)]
    assert team.post(AGAIN, {**named(*chosen), "expected": "2"}).status_code == 302
    answer = team.post(AGAIN, {**named(*chosen), "expected": "2"})
    assert answer.status_code == 422
    assert "These letters changed in the meantime" in answer.content.decode()
    assert LogEntry.objects.count() == 2


def test_one_that_joined_meanwhile_is_not_sent_unseen(ana, ben, team):
    row(ana)
    assert "<strong>1</strong> did not arrive" in asked(team, "state=failed")
    row(ben)
    answer = team.post(AGAIN, {"state": "failed", "expected": "1"})
    assert answer.status_code == 422
    assert "<strong>2</strong> did not arrive" in answer.content.decode()
    assert states() == {"failed": 2}


def test_letters_about_notices_too_one_for_each_reader(ana, ben, team):
    for leader in (ana, ana, ben):
        Letter.objects.create(leader=leader, state="failed", note="554")
    Letter.objects.create(leader=ben, state="due")
    said = asked(team, "state=failed")
    assert "<strong>1</strong> did not arrive" in said
    assert "<strong>2</strong> stay: a newer one" in said
    assert team.post(AGAIN, {"state": "failed", "expected": "1"}).status_code == 302
    assert Letter.objects.filter(leader=ana, state="due").count() == 1


def test_many_cost_as_many_questions_as_few(team, django_assert_max_num_queries):
    few, *many = [row(leader) for leader in readers(9)]
    with django_assert_max_num_queries(60) as asked_for_few:
        assert team.post(AGAIN, {**named(few), "expected": "1"}).status_code == 302
    with django_assert_max_num_queries(len(asked_for_few)):
        assert team.post(AGAIN, {**named(*many), "expected": "8"}).status_code == 302


def test_none_goes_out_without_its_entry(ana, team, monkeypatch):
    line = row(ana)

    def broken(*args, **kwargs):
        raise RuntimeError("no entry today")

    monkeypatch.setattr(LogEntry.objects, "log_actions", broken)
    with pytest.raises(RuntimeError):
        team.post(AGAIN, {**named(line), "expected": "1"})
    assert states() == {"failed": 1}


def test_whoever_stands_in_the_way_of_another_is_asked_to_look_again(ana, finn, monkeypatch):
    choice = resending.Choice((("digest", row(ana).pk),))

    def stuck(*args, **kwargs):
        raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(QuerySet, "update", stuck)
    with pytest.raises(resending.Changed, match="Somebody else"):
        resending.send_again(choice, by=finn, expected=1)
    assert states() == {"failed": 1}


def test_a_great_many_go_in_parts(team, monkeypatch):
    monkeypatch.setattr(resending, "AT_ONCE", 2)
    for leader in readers(3):
        row(leader)
    said = asked(team, "state=stranded")
    assert "At most 2 go out at one press" in said
    assert 'value="Send 2 again"' in said
    team.post(AGAIN, {"state": "stranded", "expected": "2"})
    assert states() == {"due": 2, "failed": 1}


STRANGE = [
    *("", "state=sent", "state=skipped", "state=waiting", "words=ana", "state=lost", "run=soon", "why=554"),
    *("ticked=", "ticked=x-1", "ticked=digest-9999999999999999999", "ticked=digest-²", "ticked=digest--1"),
    *("state=failed&run=0000-00-00", "state=failed&why=" + "x" * 400),
    "state=failed&day=9999-12-31",
]


@pytest.mark.parametrize("query", STRANGE)
def test_nothing_goes_out_without_a_choice_of_what_did_not_arrive(ana, team, query):
    for state, period in (("sent", "2026-01-01"), ("skipped", "2026-01-02"), ("failed", "2026-01-03")):
        row(ana, state, period)
    assert "Nothing was chosen" in asked(team, query)
    answer = team.post(AGAIN, parse_qs(query) | {"expected": "1"})
    assert answer.status_code == 422
    assert states() == {"sent": 1, "skipped": 1, "failed": 1}


def test_only_those_who_look_after_mail_may(ana, dara, eli, browse):
    line = row(ana)
    call_command("programme_team", make_leader("Gwen Hale").email)
    plain = make_leader("Hal Orme", is_staff=True)
    for who in (ana, dara, eli, plain):
        client = browse(who)
        assert client.get(AGAIN, named(line)).status_code in (302, 403)
        assert client.post(AGAIN, {**named(line), "expected": "1"}).status_code in (302, 403)
    assert states() == {"failed": 1}
    gwen = browse(Leader.objects.get(name="Gwen Hale"))
    assert gwen.post(AGAIN, {**named(line), "expected": "1"}).status_code == 302


def test_a_look_changes_nothing_and_says_no_word_of_what_was_sent(ana, ben, space, team):
    make_thread(space, ben, "Canary title", "Canary words")
    line = row(ana)
    said = asked(team, named(line)) + team.get(MAIL).content.decode()
    assert "Canary" not in said
    assert space.name not in said
    assert states() == {"failed": 1}


def test_what_waits_stands_there_by_mail_domain(ana, ben, cleo, team, settings):
    cache.clear()
    Leader.objects.filter(pk=cleo.pk).update(email="cleo@tired.example")
    row(ana, "due", note="")
    row(ben, "deferred", note="451 Later")
    rest = domains.rest_over()
    row(cleo, "due", note="tired.example asked for a rest: 421 Busy", due_at=rest)
    settings.MAIL_PER_DOMAIN_AND_MINUTE = 30
    domains.share_out(list(Digest.objects.filter(leader=ana).select_related("leader")))
    said = team.get(MAIL).content.decode()
    assert ">example.org</a></th><td>2</td><td>1</td><td>1 of 30</td>" in said
    assert ">tired.example</a></th><td>1</td><td>0</td><td>0 of 30</td>" in said
    assert said.count("it asked for a rest") == 1
