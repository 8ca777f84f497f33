"""What the programme team sees of the e-mails that were sent, and what they can have sent again."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from community.mail import digest, mailroom, totals
from community.models import Digest, Letter
from leaders import preferences
from leaders.models import Leader
from tests.cast import make_leader
from tests.making import make_thread

pytestmark = pytest.mark.django_db
MAIL = "/admin/community/mail/"


@pytest.fixture(autouse=True)
def nothing_counted():
    """No figures of other stories."""
    cache.clear()


def row(leader, state="sent", period="2026-01-01", **fields) -> Digest:
    """A line of the ledger of digests."""
    preferences.choose_digest(leader, "daily", source="joining")
    fields = {"attempts": 1, "tried_at": timezone.now(), "sent_at": timezone.now(), **fields}
    return Digest.objects.create(leader=leader, period=period, state=state, **fields)


def page(client, query="", status=200) -> str:
    answer = client.get(f"{MAIL}{query}")
    assert answer.status_code == status
    return answer.content.decode()


def again(client, line, **fields):
    """Press the button."""
    mailing = "digest" if isinstance(line, Digest) else "notices"
    return client.post(f"{MAIL}{mailing}/{line.pk}/again/", fields)


@pytest.fixture
def team(finn, browse):
    return browse(finn)


@pytest.fixture
def gwen(db):
    """Of the programme team, and no superuser."""
    gwen = make_leader("Gwen Hale")
    call_command("programme_team", gwen.email)
    return Leader.objects.get(pk=gwen.pk)


def test_it_says_what_was_sent_to_whom_and_why_not(ana, ben, cleo, team):
    row(ana, item_count=7)
    row(ben, "skipped", note="There was nothing new.", sent_at=None)
    Letter.objects.create(leader=cleo, state="bounced", note="550 No such person", attempts=1)
    said = page(team)
    for words in ("ana@example.org", "There was nothing new.", "550 No such person", "Digest of 2026-01-01"):
        assert words in said
    assert "3 e-mails" in said
    assert "1 did not arrive, or perhaps not" in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=stranded", {"ben", "dara"}),
        ("?state=waiting", {"cleo"}),
        ("?state=sent", {"ana"}),
        ("?mailing=notices", {"dara"}),
        ("?mailing=digest&state=failed", {"ben"}),
        ("?words=ANA%40", {"ana"}),
        ("?words=Carrow", {"ben"}),
        ("?domain=elsewhere.example", {"cleo"}),
        ("?domain=%40ELSEWHERE.example", {"cleo"}),
        ("?domain=where.example", set()),
        ("?day=2026-02-03", {"ana"}),
        ("?words=%25", set()),
        ("?p=99&mailing=notices", {"dara"}),
    ],
)
def test_it_is_narrowed_by_state_list_day_domain_and_address(ana, ben, cleo, dara, team, query, found):
    Leader.objects.filter(pk=cleo.pk).update(email="cleo@elsewhere.example")
    early = timezone.now().replace(year=2026, month=2, day=3, hour=12)
    row(ana, opened_at=early)
    row(ben, "failed", note="554 Spam")
    row(cleo, "deferred", due_at=timezone.now() + timedelta(hours=1))
    Letter.objects.create(leader=dara, state="ambiguous", note="No answer")
    said = page(team, query)
    assert {name for name in ("ana", "ben", "cleo", "dara") if f">{name}@e" in said} == found


WRONG = ["?day=soon", "?day=9999-12-31", "?day=0001-01-01", "?run=9999-12-31", "?state=lost", "?mailing=all"]


@pytest.mark.parametrize("query", [*WRONG, "?words=" + "x" * 200])
def test_what_cannot_be_looked_for_is_said_beside_the_field(ana, team, query):
    row(ana)
    assert "errornote" in page(team, query, status=422)


def test_nothing_of_what_was_said_stands_there(ana, ben, space, team, mailoutbox):
    make_thread(space, ben, "Canary title", "Canary words")
    line = row(ana, "due")
    digest.deliver()
    assert len(mailoutbox) == 1
    for address in (MAIL, f"{MAIL}?state=sent", f"{MAIL}{line.pk}/change/", f"{MAIL}{line.pk}/history/"):
        said = team.get(address, follow=True).content.decode()
        assert "Canary" not in said
        assert space.name not in said
        assert line.message_key.hex not in said


def test_only_those_who_look_after_mail_see_it(ana, dara, eli, gwen, browse, client):
    line = row(ana, "failed")
    for who in (ana, dara, eli):
        assert browse(who).get(MAIL).status_code in (302, 403)
        assert again(browse(who), line).status_code in (302, 403)
    assert page(browse(gwen))
    assert again(browse(gwen), line).status_code == 302
    plain = make_leader("Hal Orme", is_staff=True)
    line.refresh_from_db()
    assert line.state == "due"
    Digest.objects.update(state="failed")
    assert browse(plain).get(MAIL).status_code == 403
    assert again(browse(plain), line).status_code in (403, 404)
    assert Digest.objects.get().state == "failed"


def test_what_was_given_up_is_sent_again_and_leaves_one_entry(ana, ben, finn, space, team, mailoutbox):
    make_thread(space, ben, "Saying no kindly")
    line = row(ana, "failed", note="554 Spam", attempts=4)
    answer = team.post(f"{MAIL}digest/{line.pk}/again/", {"back": "state=stranded&p=2"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{MAIL}?state=stranded&p=2"
    assert "it goes out within a minute" in answer.content.decode()
    [entry] = LogEntry.objects.all()
    assert (entry.user, entry.object_id) == (finn, str(line.pk))
    digest.deliver()
    line.refresh_from_db()
    assert (line.state, line.attempts) == ("sent", 5)
    assert "Saying no kindly" in mailoutbox[0].body


def test_what_is_sent_again_does_not_wait_for_hours_where_a_server_is_busy(ana, ben, space, team, sink):
    make_thread(space, ben, "Saying no kindly")
    line = row(ana, "failed", note="Given up after a day and 13 tries.", attempts=13)
    sink.answers[ana.email] = "451 Later"
    again(team, line)
    digest.deliver()
    line.refresh_from_db()
    assert line.state == "deferred"
    assert line.due_at < timezone.now() + timedelta(minutes=3)


@pytest.mark.parametrize("state", ["due", "claimed", "sending", "sent", "skipped"])
def test_what_arrived_or_is_on_its_way_is_not_sent_again(ana, team, state):
    line = row(ana, state)
    assert "/again/" not in page(team)
    answer = again(team, line)
    assert answer.status_code == 403
    assert "cannot be sent again" in answer.content.decode()
    line.refresh_from_db()
    assert line.state == state
    assert not LogEntry.objects.exists()


def test_a_newer_one_has_taken_its_place(ana, team):
    line = row(ana, "failed")
    row(ana, "skipped", period="2026-01-02")
    assert "/again/" not in page(team)
    answer = again(team, line)
    assert answer.status_code == 403
    assert "A newer one has taken its place" in answer.content.decode()


def test_not_to_an_address_that_came_back(ana, team):
    line = row(ana, "bounced")
    preferences.mark_refused(ana, ana.email, "550")
    assert "/again/" not in page(team)
    assert again(team, line).status_code == 403
    preferences.try_again(ana)
    assert again(team, line).status_code == 302


def test_one_that_may_have_arrived_asks_first(ana, ben, space, team, sink):
    make_thread(space, ben, "Saying no kindly")
    line = row(ana, "due")
    sink.after_data = None
    digest.deliver()
    sink.after_data = sink.TAKEN
    answer = again(team, line)
    assert answer.status_code == 422
    assert "gets it twice" in answer.content.decode()
    digest.deliver()
    assert (Digest.objects.get().state, LogEntry.objects.count()) == ("ambiguous", 0)
    assert again(team, line, sure="yes").status_code == 302
    digest.deliver()
    assert Digest.objects.get().state == "sent"
    assert "Saying no kindly" in sink.letters[0].get_body(["plain"]).get_content()


def test_a_letter_about_notices_too(ana, team):
    line = Letter.objects.create(leader=ana, state="failed", note="554")
    assert again(team, line).status_code == 302
    line.refresh_from_db()
    assert line.state == "due"


def test_a_get_changes_nothing_and_a_strange_row_is_not_found(ana, team):
    line = row(ana, "failed")
    assert team.get(f"{MAIL}digest/{line.pk}/again/").status_code == 405
    strange = [f"digest/{line.pk + 1}", f"letters/{line.pk}", f"notices/{line.pk}", "digest/99999999999999"]
    for address in strange:
        assert team.post(f"{MAIL}{address}/again/").status_code == 404
    assert Digest.objects.get().state == "failed"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "\r\nX: y", "é" * 900, "a=b&c"])
def test_one_comes_back_to_the_list_and_nowhere_else(ana, team, back):
    answer = again(team, row(ana, "failed"), back=back)
    assert answer["Location"].startswith(f"{MAIL}?")
    assert "\r" not in answer["Location"]


def test_totals_and_the_chart_say_the_same(ana, ben, cleo, team):
    row(ana)
    row(ben, "failed", note="554")
    row(cleo, "skipped", note="Nothing", sent_at=None)
    Letter.objects.create(leader=ana, state="sent")
    said = page(team)
    assert "Sent 2, not sent or on their way 1, stranded 1, at most 4 on one day" in said
    assert '<th scope="row">2026-01-01</th><td>3</td><td>1</td><td>0</td><td>1</td>' in said
    assert "Sent 1, not sent or on their way 0, stranded 0" in page(team, "?mailing=notices")
    assert "style=" not in said.partition("<main")[2].partition("</main>")[0]


def test_a_longer_list_asks_no_more(ana, team, django_assert_max_num_queries):
    row(ana, "failed")
    with django_assert_max_num_queries(40) as few:
        page(team)
    for number in range(20):
        row(make_leader(f"Reader{number} Ode"), "failed")
    with django_assert_max_num_queries(len(few)):
        page(team)


def test_only_the_newest_are_listed_and_the_page_says_so(ana, ben, team, monkeypatch):
    monkeypatch.setattr(mailroom, "AT_MOST", 3)
    for number in range(1, 6):
        row(ana if number % 2 else ben, period=f"2026-01-0{number}")
    Letter.objects.create(leader=ben, state="sent")
    said = page(team)
    assert "The latest 3 e-mails" in said
    assert "There may be older ones." in said
    assert "Digest of 2026-01-05" in said
    assert "Digest of 2026-01-01" not in said
    said = page(team, "?words=ben%40&state=sent&mailing=notices")
    assert "One e-mail" in said
    assert "The latest" not in said


def test_weekly_runs_are_told_from_longer_ago(ana):
    for week in range(6):
        day = timezone.localdate() - timedelta(weeks=week)
        row(ana, period=day.isoformat(), opened_at=timezone.now() - timedelta(weeks=week))
    runs = totals.by_run()
    assert [run.all for run in runs] == [1] * 6
    assert runs[0].name == timezone.localdate().isoformat()


def test_the_figures_of_older_days_are_counted_once_in_ten_minutes(ana, ben, team, django_assert_num_queries):
    week = timedelta(weeks=1)
    row(ana, period="2026-02-01", opened_at=timezone.now() - week)
    with django_assert_num_queries(2):
        first = [day.all for day in totals.by_day()]
    row(ben, period="2026-02-01", opened_at=timezone.now() - week)
    row(ben, period="2026-02-08")
    with django_assert_num_queries(2):
        later = [day.all for day in totals.by_day()]
    assert (sum(first), sum(later), later[-1]) == (1, 2, 1)
    assert [(run.name, run.all) for run in totals.by_run()] == [("2026-02-08", 1), ("2026-02-01", 1)]
    cache.clear()
    assert sum(day.all for day in totals.by_day()) == 3


def test_figures_are_counted_without_the_cache_too(ana, monkeypatch):
    row(ana)
    monkeypatch.setattr(totals.cache, "get_many", lambda keys: {})
    monkeypatch.setattr(totals.cache, "set_many", lambda *args: [])
    assert sum(day.all for day in totals.by_day()) == 1
