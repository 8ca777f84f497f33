"""Lists of threads narrowed to what is new, mine, unanswered or watched; in one space or in all."""

import re
from datetime import datetime

import pytest
from django.utils import timezone

from community import answers, levels, lists, moderation, reading, threads
from community.models import Space, SpaceKind, SpaceMembership, TermsAcceptance, Thread, asking
from leaders.models import CohortMembership
from tests.cast import make_member
from tests.making import make_reply, make_thread


def text(answer) -> str:
    return answer.content.decode()


def titles(leader, show, space=None) -> list[str]:
    return [thread.title for thread in lists.page(leader, show, 1, space=space).threads]


@pytest.fixture
def talk(ana, ben, cohort, space):
    """Four threads: one each is new to ben, his, unanswered and watched; none is two of these."""
    eve = make_member(cohort, "Eve Lambert")
    new = make_thread(space, ana, title="Fresh news")
    make_reply(new, eve)
    mine = make_thread(space, ana, title="With a word of mine")
    make_reply(mine, ben)
    levels.follow(mine, by=ben, level="normal")
    lonely = make_thread(space, ana, title="Still lonely")
    watched = make_thread(space, ana, title="Worth watching")
    make_reply(watched, eve)
    levels.follow(watched, by=ben, level="watching")
    for thread in (mine, lonely, watched):
        reading.mark_read(thread, by=ben, first=1, last=thread.last_number)
        thread.refresh_from_db()
        reading.mark_read(thread, by=ben, first=1, last=thread.last_number)
    return {"new": new, "mine": mine, "lonely": lonely, "watched": watched}


@pytest.mark.parametrize(
    ("show", "title"),
    [
        ("unread", "Fresh news"),
        ("mine", "With a word of mine"),
        ("unanswered", "Still lonely"),
        ("following", "Worth watching"),
    ],
)
def test_each_filter_finds_its_own(browse, ben, talk, space, show, title):
    assert titles(ben, show, space) == titles(ben, show) == [title]
    for address in (f"/spaces/north/?show={show}", f"/threads/?show={show}"):
        page = text(browse(ben).get(address))
        assert title in page
        assert f'href="?show={show}" aria-current="true"' in page
        for other in talk.values():
            assert (other.title in page) == (other.title == title)


def test_without_a_filter_all_stand_there_the_latest_first(browse, ben, talk, space):
    latest = ["Worth watching", "Still lonely", "With a word of mine", "Fresh news"]
    assert titles(ben, "", space) == titles(ben, "") == latest
    assert titles(ben, lists.chosen("nonsense")) == latest


def test_what_one_starts_is_mine(ana, talk):
    assert len(titles(ana, "mine")) == 4


def test_where_one_took_ones_only_words_back_is_not_mine(ana, ben, space, settings):
    settings.UNDO_SEND_SECONDS = 60
    threads.withdraw(make_reply(make_thread(space, ana), ben), by=ben)
    assert titles(ben, "mine") == []


def test_a_question_waits_until_an_answer_is_marked(ana, ben, space):
    question = make_thread(space, ana, title="How?", kind="question")
    reply = make_reply(question, ben, body="So.")
    assert titles(ben, "unanswered") == ["How?"]
    answers.mark_answer(reply, by=ana)
    assert titles(ben, "unanswered") == []


def test_a_reply_that_was_hidden_answers_nothing(ana, ben, dara, space, talk):
    reply = make_reply(talk["lonely"], ben)
    assert titles(ana, "unanswered") == []
    moderation.hide(reply, by=dara, reason="Unkind")
    assert titles(ana, "unanswered") == ["Still lonely"]


def test_what_is_closed_waits_for_nobody(ana, ben, dara, space):
    for kind in ("question", "discussion"):
        moderation.close(make_thread(space, ana, kind=kind), by=dara, reason="Enough")
    assert titles(ben, "unanswered") == []
    assert lists.waiting(ben, 5) == []


def test_home_says_what_has_no_reply_and_leads_to_all_that_is_unanswered(browse, ana, ben, space):
    make_thread(space, ana, title="Nobody wrote")
    question = make_thread(space, ana, title="No answer marked", kind="question")
    make_reply(question, ben)
    for thread in reading.listed(ben):
        reading.mark_read(thread, by=ben, first=1, last=thread.last_number)
    home = text(browse(ben).get("/"))
    assert "No reply yet</h2>" in home
    assert ("Nobody wrote" in home, "No answer marked" in home) == (True, False)
    assert "/threads/?show=unanswered" in home
    assert set(titles(ben, "unanswered")) == {"Nobody wrote", "No answer marked"}


def test_what_only_its_author_goes_on_with_waits_still(ana, ben, dara, space):
    thread = make_thread(space, ana, title="To myself")
    make_reply(thread, ana, body="And another thing.")
    assert titles(ben, "unanswered") == titles(ben, "unanswered", space) == ["To myself"]
    reply = make_reply(thread, ben)
    assert titles(ben, "unanswered") == []
    moderation.hide(reply, by=dara, reason="Unkind")
    assert titles(ana, "unanswered") == ["To myself"]


@pytest.mark.parametrize("mute", [levels.follow_space, levels.follow])
def test_what_is_muted_stays_out_of_the_lists_of_all_spaces(browse, ben, ana, space, commons, mute):
    quiet = make_thread(space, ana, title="Too much for me")
    make_thread(commons, ana, title="Worth a look")
    mute(space if mute == levels.follow_space else quiet, by=ben, level="muted")
    for show in ("", "unread", "unanswered"):
        assert titles(ben, show) == ["Worth a look"]
    assert titles(ben, "", space) == titles(ben, "unanswered", space) == ["Too much for me"]
    assert "Muted" in text(browse(ben).get("/spaces/north/"))
    make_reply(quiet, ben)
    assert titles(ben, "mine") == ["Too much for me"]
    levels.follow(quiet, by=ben, level="watching")
    assert "Too much for me" in titles(ben, "") + titles(ben, "following")


@pytest.mark.parametrize(
    ("show", "sentence"),
    [
        ("unread", "You have read everything"),
        ("mine", "You have not written here yet"),
        ("unanswered", "Nobody waits for an answer"),
        ("following", "You watch nothing here"),
        ("", "No threads yet"),
    ],
)
def test_an_empty_list_says_so(browse, ben, space, show, sentence):
    assert sentence in text(browse(ben).get(f"/spaces/north/?show={show}"))
    assert sentence in text(browse(ben).get(f"/threads/?show={show}"))


def test_pages_keep_the_filter_and_count_nothing(browse, ana, space, monkeypatch):
    monkeypatch.setattr(lists, "PER_PAGE", 2)
    for number in range(5):
        make_thread(space, ana, title=f"Number {number}")
    page = text(browse(ana).get("/threads/?show=mine&page=2"))
    assert "Number 2" in page
    assert "Number 4" not in page
    for number in (1, 3):
        assert f'href="?show=mine&amp;page={number}"' in page or f'href="?show=mine&page={number}"' in page
    assert lists.page(ana, "mine", 3).last == 3
    assert lists.page(ana, "mine", 99).number == 1
    assert lists.page(ana, "", 1, space=space).last == 3


def test_a_busy_space_is_counted_no_further_than_a_few_pages_ahead(ana, space, monkeypatch):
    monkeypatch.setattr(lists, "PER_PAGE", 1)
    monkeypatch.setattr(lists, "KNOWN_AHEAD", 2)
    monkeypatch.setattr(lists, "_FRONT", asking.Question(lists._front))
    for number in range(6):
        make_thread(space, ana, title=f"Number {number}")
    assert lists.page(ana, "", 1, space=lists.front(ana, space.slug)).last == 3
    assert [lists.page(ana, "", number, space=space).last for number in (1, 2, 3, 4, 6)] == [3, 4, 5, 6, 6]


# --- Nothing that one may not see -----------------------------------------------------------------------


def hide(thread, dara):
    moderation.hide(thread, by=dara, reason="Off course")


def end_membership(thread, dara):
    CohortMembership.objects.filter(leader__handle="ben").update(ends_on=timezone.localdate())


def seal(thread, dara):
    """Ben belongs to it and has not said yes to its rules."""
    Space.objects.filter(pk=thread.space_id).update(kind=SpaceKind.SEALED, mail_rule="nothing")


@pytest.mark.parametrize("happens", [hide, end_membership, seal])
@pytest.mark.parametrize("show", lists.Show.values)
def test_no_filter_shows_what_one_may_not_see(browse, ana, ben, dara, space, happens, show):
    thread = make_thread(space, ana, title="A zebra named Jones")
    make_reply(thread, ben)
    make_thread(space, ben, title="A zebra of mine", kind="question")
    reading.mark_unread(thread, by=ben, number=1)
    for each in space.threads.all():
        happens(each, dara)
    assert "zebra" not in text(browse(ben).get(f"/threads/?show={show}"))


def test_an_outsider_and_an_admin_find_nothing(browse, cleo, finn, talk):
    for person in (cleo, finn):
        for show in lists.Show.values:
            assert titles(person, show) == []
        assert browse(person).get("/spaces/north/?show=mine").status_code == 404


def test_with_the_yes_to_its_rules_a_sealed_space_is_in_the_list(ana, ben, dara, space, talk):
    seal(talk["new"], dara)
    TermsAcceptance.objects.create(space=space, leader=ben)
    SpaceMembership.objects.create(space=space, leader=ben)
    assert "Fresh news" in titles(ben, "unread")


def test_a_suspended_leader_is_kept_out(browse, eli, talk):
    assert browse(eli).get("/threads/").status_code == 403


@pytest.mark.parametrize("show", lists.Show.values)
def test_a_list_asks_no_more_for_more_rows(browse, ana, ben, space, show, django_assert_max_num_queries):
    def write():
        thread = make_thread(space, ana, kind="question")
        make_reply(thread, ben)
        make_reply(thread, ana)

    write()
    client = browse(ben)
    with django_assert_max_num_queries(20) as one:
        client.get(f"/threads/?show={show}")
    for _ in range(4):
        write()
    with django_assert_max_num_queries(len(one)):
        client.get(f"/threads/?show={show}")


def test_the_page_of_a_space_asks_few_questions(browse, ana, ben, space, django_assert_max_num_queries):
    for _ in range(3):
        make_thread(space, ben)
    reader = browse(ana)
    for _ in range(2):
        reader.get(space.get_absolute_url())
    with django_assert_max_num_queries(8):
        reader.get(space.get_absolute_url())


def test_a_row_says_who_wrote_last_and_what_is_new(browse, ana, ben, space):
    thread = make_thread(space, ana, title="Rota <b>", kind="question")
    make_reply(thread, ben)
    make_reply(thread, ben)
    html = " ".join(browse(ana).get(space.get_absolute_url()).content.decode().split())
    assert "Rota &lt;b&gt;" in html
    assert "Ben Carrow replied, just now" in html
    assert '<span class="badge">Question</span>' in html
    assert "2 replies" in html
    assert f'<span class="counter" data-unread="{thread.pk}">2 new</span>' in html
    make_thread(space, ben, title="Mine alone")
    html = " ".join(browse(ben).get(space.get_absolute_url()).content.decode().split())
    assert "Ben Carrow started it, just now" in html
    assert "No reply yet" in html


def test_what_waits_for_an_answer_is_never_what_one_may_not_see(ana, ben, cleo, dara, space, commons):
    waits, hidden, muted = (make_thread(space, ana, title=title) for title in ("Waits", "Hidden", "Muted"))
    moderation.hide(hidden, by=dara, reason="Names a patient")
    levels.follow(muted, by=ben, level="muted")
    for _ in range(2):
        assert lists.waiting(ben, 5) == [waits.pk]
        assert lists.waiting(cleo, 5) == []
    assert lists.waiting(ben, 0) == []
    SpaceMembership.objects.filter(leader=ben).update(ends_at=timezone.now())
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate())
    assert lists.waiting(ben, 5) == []


# --- The way to old threads -------------------------------------------------------------------------------


@pytest.fixture
def years(space, ana, monkeypatch):
    """A thread of each January, on pages of two; the oldest is pinned."""
    monkeypatch.setattr(lists, "PER_PAGE", 2)
    monkeypatch.setattr(lists, "_FRONT", asking.Question(lists._front))
    for year in range(2020, 2026):
        thread = make_thread(space, ana, title=f"The year {year}")
        moment = timezone.make_aware(datetime(year, 1, 15, 12))
        Thread.objects.filter(pk=thread.pk).update(last_post_at=moment, is_pinned=year == 2020)


def shown(answer) -> list[str]:
    return re.findall(r"The year (\d+)", text(answer))


def test_a_list_can_begin_with_the_oldest(browse, ben, years):
    first = browse(ben).get("/spaces/north/?order=oldest")
    assert shown(first) == ["2021", "2022"]
    assert "order=oldest&amp;page=2" in text(first)
    assert shown(browse(ben).get("/spaces/north/?order=oldest&page=3")) == ["2025", "2020"]
    assert shown(browse(ben).get("/threads/?order=oldest")) == ["2020", "2021"]
    assert shown(browse(ben).get("/threads/?show=unanswered&order=oldest")) == ["2020", "2021"]
    assert "Latest first" in text(first)


def test_a_list_can_begin_at_a_day(browse, ben, years):
    page = browse(ben).get("/spaces/north/?show=&before=2024-01-15")
    assert shown(page) == ["2020", "2023"]
    assert "Nobody wrote in these since 15 January 2024" in text(page)
    assert "before=2024-01-15&amp;page=2" in text(page)
    assert shown(browse(ben).get("/spaces/north/?before=2024-01-15&page=2")) == ["2022", "2021"]
    assert shown(browse(ben).get("/threads/?before=2024-01-16")) == ["2024", "2023"]
    assert shown(browse(ben).get("/threads/?before=2024-01-16&order=oldest&page=2")) == ["2022", "2023"]


def test_before_the_first_thread_there_is_nothing(browse, ben, years):
    for address in ("/spaces/north/?before=2019-01-01", "/threads/?before=2019-01-01&order=oldest"):
        assert "Nothing is so old" in text(browse(ben).get(address))


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "9" * 5000])
def test_a_day_that_is_none_is_said_beside_it(browse, ben, years, day):
    for address in ("/spaces/north/", "/threads/"):
        answer = browse(ben).get(address, {"before": day})
        assert answer.status_code == 422
        assert "Write the day like 2026-11-01." in text(answer)
        assert f'value="{day}"' in text(answer)


def test_an_order_that_is_none_is_the_usual_one(browse, ben, years):
    assert shown(browse(ben).get("/threads/?order=best")) == ["2025", "2024"]


def test_a_list_of_one_page_offers_no_way_to_old_threads(browse, ana, thread):
    for address in ("/spaces/north/", "/threads/"):
        assert "Older threads" not in text(browse(ana).get(address))


def test_old_threads_are_only_those_one_may_see(browse, cleo, years):
    assert browse(cleo).get("/spaces/north/?order=oldest").status_code == 404
    assert shown(browse(cleo).get("/threads/?order=oldest&before=2025-01-01")) == []
