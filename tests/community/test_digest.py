"""One digest for each leader and local period, of what they may see as it leaves, and nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from community import errands, levels, moderation, posts, reading
from community.mail import delivery, digest, domains, editions, handovers, ledgers, letters, unmailed
from community.models import (
    Digest,
    Letter,
    Level,
    Notice,
    Post,
    Space,
    SpaceMembership,
    TermsAcceptance,
    Thread,
)
from community.telling import announcements, notices
from leaders import preferences
from leaders.models import CohortMembership, Leader, MailPreferences, Rhythm
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def wants(leader, choice="daily", weekday=3, hour=7, since=timedelta(days=60)):
    preferences.choose_digest(leader, choice, source="joining", digest_weekday=weekday, digest_hour=hour)
    MailPreferences.objects.filter(leader=leader).update(chosen_at=timezone.now() - since)
    return leader


def due(leader, **fields) -> Digest:
    """A digest for a leader who wants one, due now."""
    if not MailPreferences.objects.filter(leader=leader).exists():
        wants(leader)
    period = f"2026-01-{Digest.objects.filter(leader=leader).count() + 1:02}"
    return Digest.objects.create(leader=leader, period=period, **fields)


def states() -> list[str]:
    return list(Digest.objects.order_by("pk").values_list("state", flat=True))


def edition(leader):
    return editions.compose([leader])[leader.pk]


def titles(leader) -> list[str]:
    return [item.title for place in edition(leader).places for item in place.items]


def everything(letter) -> str:
    return letter.subject + letter.body + letter.alternatives[0].content


# --- When one is due ------------------------------------------------------------------------------------


def opened_over(days: int, start: datetime, leader, time_machine) -> list[str]:
    """The periods opened, asking every eight hours for so many days."""
    Leader.objects.filter(pk=leader.pk).update(joined_at=start - timedelta(days=9))
    MailPreferences.objects.filter(leader=leader).update(chosen_at=start)
    for step in range(days * 3):
        time_machine.move_to(start + timedelta(hours=8 * step), tick=False)
        digest.open_due()
        digest.open_due()
    return list(Digest.objects.order_by("pk").values_list("period", flat=True))


def test_weekly_is_once_a_week_for_eight_weeks(ana, time_machine):
    wants(ana, "weekly")
    periods = opened_over(56, datetime(2026, 3, 1, tzinfo=UTC), ana, time_machine)
    assert [date.fromisoformat(period).weekday() for period in periods] == [3] * 8


@pytest.mark.parametrize(
    "start", [datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)]
)
def test_daily_is_once_a_day_through_a_change_of_clocks(ana, start, time_machine):
    wants(ana, "daily", hour=1)
    periods = opened_over(5, start, ana, time_machine)
    assert len(periods) == 5


@pytest.mark.parametrize("zone", ["Europe/London", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_each_local_day_has_one_moment_at_its_hour(zone, hour):
    rhythm = Rhythm("daily", 0, hour, ZoneInfo(zone))
    halves = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(365 * 48)]
    latest = list(dict.fromkeys(rhythm.latest(now) for now in halves))
    days = [day for day, _ in latest]
    assert days == [days[0] + timedelta(days=step) for step in range(len(days))]
    hours = {moment.astimezone(rhythm.zone).hour for _, moment in latest}
    assert hours <= {hour, hour + 1}
    assert all(rhythm.next(moment - timedelta(minutes=1)) == moment for _, moment in latest)


def test_chosen_days_are_those_days(ana, time_machine):
    wants(ana, "days")
    MailPreferences.objects.filter(leader=ana).update(digest_days=[0, 3])
    periods = opened_over(28, datetime(2026, 3, 1, tzinfo=UTC), ana, time_machine)
    assert [date.fromisoformat(period).weekday() for period in periods] == [0, 3] * 4


def test_nothing_is_opened_while_one_is_away(ana, time_machine):
    wants(ana, "daily")
    MailPreferences.objects.filter(leader=ana).update(away_until=date(2026, 3, 5))
    periods = opened_over(7, datetime(2026, 3, 1, tzinfo=UTC), ana, time_machine)
    assert periods == ["2026-03-05", "2026-03-06", "2026-03-07"]


@pytest.mark.parametrize("until", [None, date(2026, 3, 6)])
def test_leave_that_is_taken_back_sends_nothing_of_before(ana, until, time_machine):
    time_machine.move_to(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False)
    wants(ana, "weekly")
    assert digest.open_due() == 1
    preferences.choose_digest(ana, "weekly", source="settings", away_until=date(2026, 3, 9))
    time_machine.move_to(datetime(2026, 3, 7, 12, tzinfo=UTC), tick=False)
    preferences.choose_digest(ana, "weekly", source="settings", away_until=until)
    assert digest.open_due() == 0
    time_machine.move_to(datetime(2026, 3, 12, 8, tzinfo=UTC), tick=False)
    assert digest.open_due() == 1


def test_leave_that_is_over_puts_no_digest_off(ana, time_machine):
    time_machine.move_to(datetime(2026, 3, 9, 7, 0, 30, tzinfo=UTC), tick=False)
    wants(ana, "daily")
    MailPreferences.objects.filter(leader=ana).update(away_until=date(2026, 3, 9))
    preferences.choose_digest(ana, "daily", source="settings", away_until=None)
    assert digest.open_due() == 1


def test_other_clocks_send_nothing_of_before(ana, time_machine):
    time_machine.move_to(datetime(2026, 3, 7, 12, tzinfo=UTC), tick=False)
    wants(ana, "daily", hour=18)
    assert digest.open_due() == 1
    preferences.live_in(ana, "Pacific/Auckland")  # where it is one in the morning of the next day
    assert digest.open_due() == 0
    time_machine.move_to(datetime(2026, 3, 8, 5, 1, tzinfo=UTC), tick=False)
    assert digest.open_due() == 1


def test_the_first_after_leave_is_a_short_look(ana, ben, space, mailoutbox):
    for number in range(5):
        make_thread(space, ben, f"While Ana was away {number}")
    due(ana)
    MailPreferences.objects.filter(leader=ana).update(away_until=timezone.localdate())
    digest.deliver()
    [letter] = mailoutbox
    assert "welcome back." in letter.body
    assert letter.subject == "Welcome back: 5 new in North cohort, 3 threads wait"
    assert "* 2 more new in North cohort:" in letter.body
    make_thread(space, ben, "Another day")
    due(ana)
    digest.deliver()
    assert "welcome back." not in mailoutbox[-1].body


def test_what_was_opened_before_one_went_away_is_not_sent(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    due(ana)
    MailPreferences.objects.filter(leader=ana).update(away_until=timezone.localdate() + timedelta(days=3))
    digest.deliver()
    assert (mailoutbox, states()) == ([], ["skipped"])


def test_running_it_again_opens_nothing(ana):
    wants(ana)
    assert digest.open_due() == 1
    assert digest.open_due() == 0


def test_none_is_due_from_before_it_was_chosen(ana):
    wants(ana, since=timedelta(0))
    assert digest.open_due() == 0


def test_none_is_opened_for_those_who_may_not_come_in_or_want_none(ana, ben, cleo, eli):
    wants(ana, "off")
    wants(eli)
    wants(ben)
    wants(cleo)
    Leader.objects.filter(pk=ben.pk).update(is_active=False)
    Leader.objects.filter(pk=cleo.pk).update(joined_at=None)
    assert digest.open_due() == 0


def test_a_zone_that_has_left_the_world_is_utc(ana, ben):
    wants(ana)
    wants(ben)
    Leader.objects.filter(pk=ana.pk).update(time_zone="Atlantis/Capital")
    assert digest.open_due() == 2


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_and_two_workers_at_once_send_one(ana, ben, cleo, space, commons, sink):
    make_thread(commons, ana)
    make_thread(commons, ben)
    everybody = [wants(leader) for leader in (ana, ben, cleo)]

    def work(_):
        try:
            digest.open_due()
            digest.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(sink.envelopes) == sorted(leader.email for leader in everybody)
    assert states() == ["sent"] * 3


# --- What stands in it ----------------------------------------------------------------------------------


def test_it_tells_what_is_unread_by_space_and_who_said_it(ana, ben, dara, space, commons, mailoutbox):
    thread = make_thread(space, ana, "Saying no kindly")
    make_reply(thread, ben, "Start with *yes, and*\n\n> a quote of somebody else\n\nThen be brief.")
    make_reply(thread, dara, "Quite.")
    make_thread(commons, dara, "Who leads at night?", "Asking for a friend.", kind="question")
    due(ana)
    digest.deliver()
    [letter] = mailoutbox
    assert letter.to == ["Ana Brook <ana@example.org>"]
    assert letter.subject == "3 new in North cohort and 1 other space, 1 question waits"
    for part in (letter.body, letter.alternatives[0].content):
        assert "Saying no kindly" in part
        assert "2 new" in part
        assert "Ben Carrow" in part
        assert (
            "Start with yes, and Then be brief." in " ".join(part.split())
            or "Start with yes, and. Then" in part
        )
        assert "a quote of somebody else" not in part
        assert "Who leads at night?" in part
        assert "http://localhost:8000/posts/" in part
    assert "NORTH COHORT" in letter.body
    assert "THIS WAITS FOR AN ANSWER" in letter.body


def test_who_thanked_or_mentioned_me_stands_first(ana, ben, space, mailoutbox):
    thread = make_thread(space, ana, "Saying no kindly")
    thanks = posts.thank(thread.posts.get(), by=ben, words="That took courage.")
    announcements.tell_thanked(thanks)
    announcements.announce_post(make_reply(thread, ben, "@ana, well said."))
    due(ana)
    digest.deliver()
    letter = mailoutbox[0]
    assert letter.subject == "1 new in North cohort, you were mentioned and thanked"
    said = "* Ben Carrow mentioned you and thanked you in “Saying no kindly”: “That took courage.”\n"
    assert said in letter.body
    due(ana)
    digest.deliver()
    assert len(mailoutbox) == 1


def test_what_i_wrote_muted_or_read_myself_stays_out(ana, ben, space):
    mine = make_thread(space, ana, "Mine")
    muted = make_thread(space, ben, "Muted")
    read = make_thread(space, ben, "Read")
    levels.follow(muted, by=ana, level=Level.MUTED)
    reading.mark_read(read, by=ana, first=1, last=1)
    make_thread(space, ben, "New")
    assert titles(ana) == ["New"]
    assert mine.title not in titles(ana)


def test_what_is_hidden_stays_out_for_moderators_too(ana, ben, dara, space):
    hidden = make_thread(space, ben, "Hidden thread")
    thread = make_thread(space, ben, "Shown")
    reply = make_reply(thread, ana, "A hidden reply")
    Thread.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    Post.objects.filter(pk=reply.pk).update(hidden_at=timezone.now())
    [place] = edition(dara).places
    assert [(item.title, item.new) for item in place.items] == [("Shown", 1)]


def test_a_newcomer_is_not_told_the_whole_past(ana, ben, commons):
    thread = make_thread(commons, ben, "Long ago")
    Post.objects.filter(thread=thread).update(created_at=ana.joined_at - timedelta(days=1))
    assert titles(ana) == []


def test_a_busy_space_is_summed_up(ana, ben, space):
    for number in range(15):
        make_thread(space, ben, f"Thread {number}")
    [place] = edition(ana).places
    assert (len(place.items), place.more) == (12, 3)


def test_the_title_only_where_a_space_wants_so(ana, ben, space, mailoutbox):
    Space.objects.update(mail_rule="title")
    thread = make_thread(space, ben, "Saying no kindly", "The body of the post.")
    announcements.announce_post(make_reply(thread, ben, "@ana look"))
    due(ana)
    digest.deliver()
    said = everything(mailoutbox[0])
    assert "Saying no kindly" in said
    assert "Somebody mentioned you" in said
    assert "Carrow" not in said
    assert "The body" not in said


def test_nothing_but_something_new_where_a_space_wants_so(ana, ben, space, mailoutbox):
    Space.objects.update(mail_rule="nothing")
    announcements.announce_post(make_reply(make_thread(space, ben, "Saying no kindly"), ben, "@ana look"))
    due(ana)
    digest.deliver()
    said = everything(mailoutbox[0])
    assert mailoutbox[0].subject == "Something new in North cohort"
    assert "Saying no kindly" not in said
    assert "Carrow" not in said


def test_of_a_sealed_space_not_even_the_name_leaves(ana, ben, mailoutbox):
    sealed = Space.objects.create(name="After a knock", slug="knock", kind="sealed", mail_rule="nothing")
    for leader in (ana, ben):
        SpaceMembership.objects.create(space=sealed, leader=leader)
        TermsAcceptance.objects.create(space=sealed, leader=leader)
    make_thread(sealed, ben, "Stretcher bearers")
    due(ana)
    digest.deliver()
    said = everything(mailoutbox[0])
    assert mailoutbox[0].subject == "Something new"
    for secret in ("knock", "Stretcher", "Carrow"):
        assert secret not in said


def test_nothing_private_leaves_once_the_membership_has_ended(ana, ben, space, mailoutbox):
    thread = make_thread(space, ben, "Saying no kindly")
    announcements.announce_post(make_reply(thread, ben, "@ana look"))
    due(ana)
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    digest.deliver()
    assert mailoutbox == []
    assert Digest.objects.get().note == "There was nothing new."


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"suspended_until": datetime(2099, 1, 1, tzinfo=UTC)}]
)
def test_nothing_leaves_for_somebody_stopped_since(ana, ben, space, change, mailoutbox):
    make_thread(space, ben)
    due(ana)
    Leader.objects.filter(pk=ana.pk).update(**change)
    digest.deliver()
    assert (mailoutbox, states()) == ([], ["skipped"])


def test_whoever_switched_it_off_meanwhile_gets_none(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    due(ana)
    preferences.choose_digest(ana, "off", source="settings")
    digest.deliver()
    assert (mailoutbox, states()) == ([], ["skipped"])


def test_what_was_composed_is_composed_anew_when_it_grew_old(ana, ben, space, mailoutbox, monkeypatch):
    monkeypatch.setattr(delivery, "FRESH", 0.0001)
    make_thread(space, ana)
    make_thread(space, ben)
    composed = []
    compose = editions.compose

    def noting(leaders, boards):
        leaders = list(leaders)
        composed.append(len(leaders))
        return compose(leaders, boards)

    monkeypatch.setattr(editions, "compose", noting)
    due(ana)
    due(ben)
    digest.deliver()
    assert len(mailoutbox) == 2
    assert composed == [2, 1]


# --- Nothing twice, nothing lost ------------------------------------------------------------------------


def test_two_digests_share_no_post(ana, ben, space, mailoutbox):
    thread = make_thread(space, ben, "First")
    due(ana)
    digest.deliver()
    due(ana)
    digest.deliver()
    assert states() == ["sent", "skipped"]
    make_reply(thread, ben, "A second thought")
    due(ana)
    digest.deliver()
    assert "A second thought" in mailoutbox[1].body
    assert "A beginning" not in mailoutbox[1].body


def test_whoever_was_away_for_months_is_told_of_all_that_came_since(ana, ben, space, mailoutbox):
    old, recent = make_thread(space, ben, "Ten weeks old"), make_thread(space, ben, "New")
    for weeks, number in ((10, 1), (9, 2)):
        post = old.posts.get() if number == 1 else make_reply(old, ben, "And on.")
        Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(weeks=weeks))
    wants(ana)
    Leader.objects.filter(pk=ana.pk).update(joined_at=timezone.now() - timedelta(days=300))
    assert titles(ana) == ["New"]  # a first digest looks back a month
    before = timezone.now() - timedelta(weeks=11)
    Digest.objects.create(leader=ana, period="2025-01-01", state="sent", sent_at=before)
    MailPreferences.objects.filter(leader=ana).update(away_until=timezone.localdate())
    due(ana)
    digest.deliver()
    assert mailoutbox[0].subject == "Welcome back: 3 new in North cohort, 1 thread waits"
    assert (old.title in mailoutbox[0].body, recent.title in mailoutbox[0].body) == (True, True)


def looks_back(leader) -> int:
    """How many days the next digest looks back."""
    moment = unmailed.since([leader])[leader.pk].moment
    return (timezone.now() - moment).days


def test_where_nothing_was_new_for_long_a_month_is_enough(ana):
    now = timezone.now()
    ana.joined_at = now - timedelta(days=300)
    due(ana, state="sent", sent_at=now - timedelta(days=100))
    assert looks_back(ana) == 100
    later = due(ana, state="skipped", note="There was nothing new.")
    assert looks_back(ana) == 31
    Digest.objects.filter(pk=later.pk).update(opened_at=now - timedelta(days=80))
    assert looks_back(ana) == 80  # nothing of the time since is lost
    Digest.objects.filter(pk=later.pk).update(note="The leader is away.")
    assert looks_back(ana) == 100


def test_what_a_merge_puts_before_newer_posts_takes_none_of_them_away(ana, ben, dara, space, mailoutbox):
    old, new = make_thread(space, ben, "Old"), make_thread(space, ben, "New")
    Post.objects.filter(thread=old).update(created_at=timezone.now() - timedelta(days=40))
    moderation.merge(old, into=new, by=dara, reason="The same.")
    Thread.objects.filter(pk=new.pk).update(last_post_at=timezone.now() - timedelta(days=40))
    due(ana)
    digest.deliver()
    assert mailoutbox[0].subject == "1 new in North cohort"


def test_a_thread_that_i_follow_in_a_muted_space_is_told(ana, ben, space, commons):
    heard, other = make_thread(space, ben, "Followed"), make_thread(space, ben, "Not followed")
    make_reply(heard, ana, "Mine")
    make_reply(heard, ben, "His")
    make_thread(commons, ben, "Elsewhere")
    levels.follow_space(space, by=ana, level=Level.MUTED)
    levels.follow(heard, by=ana, level=Level.NORMAL)
    counted = {place.name: place.new for place in edition(ana).places}
    assert counted == {"North cohort": 2, "The commons": 1}
    assert other.title not in titles(ana)


def test_what_a_merge_puts_behind_newer_posts_is_not_told_again(ana, ben, dara, space, mailoutbox):
    told = make_thread(space, ben, "Told")
    due(ana)
    digest.deliver()
    into = make_thread(space, ben, "Newer")
    moderation.merge(told, into=into, by=dara, reason="The same.")
    due(ana)
    digest.deliver()
    assert mailoutbox[1].subject == "1 new in North cohort"
    due(ana)
    digest.deliver()
    assert states() == ["sent", "sent", "skipped"]


def test_what_a_letter_about_notices_told_is_not_told_again(ana, ben, space, mailoutbox):
    wants(ana)
    notices.choose(ana, {"reply": "mail"})
    thread = make_thread(space, ana, "Mine")
    other = make_thread(space, ben, "Another")
    levels.follow(thread, by=ana, level=Level.WATCHING)
    for number in range(3):
        make_reply(thread, ben, f"Reply {number}")
    make_reply(other, ben, "@ana, what do you think?")
    errands.run()
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()
    assert len(mailoutbox) == 1
    make_reply(thread, ben, "Later")
    due(ana)
    digest.deliver()
    assert mailoutbox[1].subject == "2 new in North cohort"
    assert "Later" in mailoutbox[1].body
    assert "Reply " not in mailoutbox[1].body


def test_what_was_written_while_an_unanswered_digest_waited_is_in_the_next(ana, ben, space, mailoutbox):
    make_thread(space, ben, "In the digest whose worker died")
    due(ana)
    [dead] = ledgers.claim(digest.LEDGER)
    handovers.hand_over(digest.LEDGER, [(dead, edition(ana))])
    assert handovers.let_go(dead)
    make_thread(space, ben, "While nobody worked")
    later = timezone.now() + timedelta(hours=3)
    Digest.objects.update(lease_until=timezone.now())
    digest.deliver()
    Digest.objects.update(sent_at=later)
    assert titles(ana) == ["While nobody worked"]


def test_what_was_read_on_the_web_meanwhile_is_not_mailed(ana, ben, space, mailoutbox):
    thread = make_thread(space, ben)
    due(ana)
    reading.mark_read(thread, by=ana, first=1, last=1)
    digest.deliver()
    assert mailoutbox == []


def test_one_bad_address_stops_nobody_else(ana, ben, dara, space, sink):
    make_thread(space, ana)
    make_thread(space, ben)
    sink.answers = {ana.email: "550 No such person", ben.email: "451 Try later"}
    for leader in (ana, ben, dara):
        due(leader)
    digest.deliver()
    assert states() == ["bounced", "deferred", "sent"]
    assert sink.envelopes == [dara.email]
    assert (edition(ana).count, edition(ben).count) == (1, 1)


def test_what_was_put_off_goes_out_later_with_the_same_message_id(ana, ben, space, sink):
    make_thread(space, ben)
    row = due(ana)
    sink.answers = {ana.email: "451 Try later"}
    digest.deliver()
    row.refresh_from_db()
    assert row.due_at > timezone.now()
    sink.answers = {}
    Digest.objects.update(due_at=timezone.now())
    digest.deliver()
    assert states() == ["sent"]
    assert sink.letters[0]["Message-ID"].strip().startswith(f"<{row.message_key.hex}@")


def test_if_it_is_unknown_whether_the_server_took_it_it_is_not_sent_again(ana, ben, space, sink):
    make_thread(space, ben)
    due(ana)
    sink.after_data = None
    digest.deliver()
    assert states() == ["ambiguous"]
    sink.after_data = sink.TAKEN
    due(ana)
    digest.deliver()
    assert states() == ["ambiguous", "skipped"]
    assert sink.letters == []


def test_without_a_server_all_wait_and_one_try_is_made(ana, ben, space, sink):
    make_thread(space, ana)
    make_thread(space, ben)
    due(ana)
    due(ben)
    sink.stop()
    digest.deliver()
    assert states() == ["deferred", "due"]


def test_a_worker_that_died_before_sending_leaves_the_digest_to_the_next(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    due(ana)
    [dead] = ledgers.claim(digest.LEDGER)
    digest.deliver()
    assert mailoutbox == []
    Digest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    digest.deliver()
    assert len(mailoutbox) == 1
    late = delivery.Run(digest.LEDGER, {ana.pk: edition(ana)}, digest.Line(), domains.Mood(), float("inf"))
    assert late.send([dead]) == []
    assert len(mailoutbox) == 1


def test_a_worker_that_died_while_sending_leaves_it_unrepeated(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    due(ana)
    [dead] = ledgers.claim(digest.LEDGER)
    assert handovers.hand_over(digest.LEDGER, [(dead, edition(ana))])
    assert handovers.let_go(dead)
    Digest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    digest.deliver()
    assert (mailoutbox, states()) == ([], ["ambiguous"])
    assert edition(ana).count == 0


def test_a_digest_that_was_put_off_gives_way_to_the_next_period(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    due(ana, state="deferred", due_at=timezone.now() + timedelta(hours=1))
    due(ana)
    digest.deliver()
    assert states() == ["skipped", "sent"]


def test_one_that_cannot_be_written_stops_nobody_else(ana, ben, space, mailoutbox, monkeypatch):
    make_thread(space, ana)
    make_thread(space, ben)
    write = digest.mail.write

    def fails_for_ana(to, **letter):
        if to == ana:
            raise ValueError
        return write(to, **letter)

    monkeypatch.setattr(digest.mail, "write", fails_for_ana)
    due(ana)
    due(ben)
    digest.deliver()
    assert states() == ["deferred", "sent"]


def test_many_leaders_cost_as_many_questions_as_few(
    ana, ben, cleo, dara, commons, django_assert_max_num_queries
):
    make_thread(commons, ana)
    with django_assert_max_num_queries(20) as one:
        editions.compose([ben])
    with django_assert_max_num_queries(len(one)):
        editions.compose([ben, cleo, dara])


# --- By hand --------------------------------------------------------------------------------------------


def told(*words) -> str:
    out = StringIO()
    call_command("send_digest", *words, stdout=out)
    return out.getvalue().strip()


def test_an_operator_sends_one_by_hand_and_the_next_says_nothing_new(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    wants(ana)
    assert told("ana@example.org", "--now").startswith("Sent to ana@example.org: 1 new (")
    assert told("Ana@example.org", "--now") == "Not sent to ana@example.org: There was nothing new."
    assert [row.period[-9:] for row in Digest.objects.order_by("pk")] == ["by hand 1", "by hand 2"]
    assert len(mailoutbox) == 1


def test_by_hand_not_against_the_leaders_will(ana, ben, space, mailoutbox):
    make_thread(space, ben)
    assert told("ana@example.org", "--now") == "Not sent to ana@example.org: The digest is switched off."
    assert mailoutbox == []


def test_an_unknown_address_is_said_in_a_sentence(db):
    with pytest.raises(CommandError, match=r"Nobody here has the address nobody@example.org\."):
        told("nobody@example.org", "--now")


def test_a_server_that_refuses_is_said_in_a_sentence(ana, ben, space, sink):
    make_thread(space, ben)
    wants(ana)
    sink.answers = {ana.email: "550 No such person"}
    with pytest.raises(CommandError, match="550 No such person"):
        told("ana@example.org", "--now")


def test_the_mailed_notice_stays_on_the_page(ana, ben, space, mailoutbox):
    announcements.announce_post(make_reply(make_thread(space, ben), ben, "@ana"))
    due(ana)
    digest.deliver()
    assert Notice.objects.visible_to(ana).unread().count() == 1
