"""What changes while letters wait between being written and handed over: nobody gets what was so before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from community import errands, levels, moderation, threads
from community.mail import delivery, digest, handovers, ledgers, letters
from community.models import Digest, Letter, Level, Notice, Space, TermsAcceptance, Thread
from community.telling import announcements, notices
from leaders import preferences
from leaders.models import CohortMembership, Leader, MailPreferences
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

WORDS = "zqcanary: a rota that works."


def due(*leaders) -> None:
    """A digest for each of them."""
    for leader in leaders:
        preferences.choose_digest(leader, "daily", source="joining")
        Digest.objects.create(leader=leader, period="2026-01-01")


@pytest.fixture
def news(ben, space):
    return make_thread(space, ben, "Saying no kindly", WORDS)


def notes() -> dict[str, str]:
    return dict(Digest.objects.values_list("leader__name", "note"))


def switch_off(ana):
    preferences.choose_digest(ana, "off", source="settings")


def unsubscribe(ana):
    preferences.unsubscribe(MailPreferences.objects.get(leader=ana), "digest")


def suspend(ana):
    Leader.objects.filter(pk=ana.pk).update(suspended_until=datetime(2099, 1, 1, tzinfo=UTC))


def close_account(ana):
    Leader.objects.filter(pk=ana.pk).update(is_active=False)


def go_away(ana):
    MailPreferences.objects.filter(leader=ana).update(away_until=timezone.localdate() + timedelta(days=3))


def leave(ana):
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())


def leave_a_moment_ago(ana):
    CohortMembership.objects.filter(leader=ana).delete()


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (switch_off, "The digest is switched off."),
        (unsubscribe, "The digest is switched off."),
        (suspend, "The leader may not come in at present."),
        (close_account, "The leader may not come in at present."),
        (go_away, "The leader is away."),
        (leave, "There was nothing new."),
        (leave_a_moment_ago, "There was nothing new."),
    ],
)
def test_whoever_may_or_will_not_have_it_any_more_gets_none(ana, dara, news, change, note, meanwhile, sink):
    due(ana, dara)
    meanwhile(lambda: change(ana))
    digest.deliver()
    assert sink.envelopes == [dara.email]
    assert notes()["Ana Brook"] == note


def test_what_was_hidden_meanwhile_is_not_sent(ana, dara, news, meanwhile, mailoutbox):
    make_thread(news.space, dara, "Something else")
    due(ana)
    meanwhile(lambda: moderation.hide(news, by=dara, reason="It names a patient."))
    digest.deliver()
    [letter] = mailoutbox
    assert letter.subject == "1 new in North cohort, 1 thread waits"
    assert "zqcanary" not in letter.body
    assert "Saying no kindly" not in letter.body + letter.alternatives[0].content


def test_a_space_that_was_muted_meanwhile_is_not_told(ana, dara, news, meanwhile, sink):
    due(ana, dara)
    meanwhile(lambda: levels.follow_space(news.space, by=ana, level=Level.MUTED))
    digest.deliver()
    assert sink.envelopes == [dara.email]
    assert notes()["Ana Brook"] == "There was nothing new."


def test_a_watched_thread_of_a_muted_space_is_told_at_once(ana, news, mailoutbox, monkeypatch):
    levels.follow_space(news.space, by=ana, level=Level.MUTED)
    levels.follow(news, by=ana, level=Level.WATCHING)
    due(ana)
    monkeypatch.setattr(digest.Digests, "forget", lambda self: pytest.fail("It was composed anew."))
    digest.deliver()
    assert len(mailoutbox) == 1


def test_what_was_edited_meanwhile_leaves_as_it_is_now(ana, ben, news, meanwhile, mailoutbox):
    due(ana)
    first = news.posts.get()
    meanwhile(lambda: threads.edit(first, by=ben, body="Without the name.", version=first.version))
    digest.deliver()
    [letter] = mailoutbox
    assert "zqcanary" not in letter.body
    assert "Without the name." in letter.body


def test_a_title_that_was_changed_meanwhile_leaves_as_it_is_now(ana, ben, news, meanwhile, mailoutbox):
    due(ana)
    meanwhile(lambda: threads.rename(news, by=ben, title="Saying no", kind="discussion"))
    digest.deliver()
    [letter] = mailoutbox
    assert "Saying no" in letter.body
    assert "kindly" not in letter.body + letter.alternatives[0].content


def test_what_was_moved_meanwhile_leaves_by_the_rule_of_its_new_space(ana, dara, news, meanwhile, mailoutbox):
    quiet = Space.objects.create(name="Quiet", slug="quiet", kind="cohort", mail_rule="nothing")
    quiet.cohorts.set(news.space.cohorts.all())
    due(ana)
    meanwhile(
        lambda: Thread.objects.filter(pk=news.pk).update(space=quiet) and news.posts.update(space=quiet)
    )
    digest.deliver()
    [letter] = mailoutbox
    said = letter.subject + letter.body + letter.alternatives[0].content
    assert "zqcanary" not in said
    assert "Saying no kindly" not in said


def test_what_came_after_a_letter_was_composed_is_told_by_the_digest(ana, ben, news, mailoutbox):
    notices.choose(ana, {"reply": "mail"})
    levels.follow(news, by=ana, level=Level.WATCHING)
    announcements.announce_post(make_reply(news, ben, "Soon."))
    Letter.objects.update(due_at=timezone.now())
    [row] = ledgers.claim(letters.LEDGER)
    composed = letters.LEDGER.compose([ana])[ana.pk]
    announcements.announce_post(make_reply(news, ben, "A moment later."))
    handovers.hand_over(letters.LEDGER, [(row, composed)])
    row.sent_at = timezone.now()
    handovers.close_taken(letters.LEDGER, [row])
    due(ana)
    digest.deliver()
    assert "* Saying no kindly (new, with 1 reply" in mailoutbox[0].body


@pytest.mark.parametrize(("rule", "title"), [("title", True), ("nothing", False)])
def test_a_space_that_lets_less_leave_is_heeded_at_once(ana, news, rule, title, meanwhile, mailoutbox):
    due(ana)
    meanwhile(lambda: Space.objects.filter(pk=news.space_id).update(mail_rule=rule))
    digest.deliver()
    [letter] = mailoutbox
    said = letter.subject + letter.body + letter.alternatives[0].content
    assert "zqcanary" not in said
    assert ("Saying no kindly" in said) == title


def test_of_a_space_that_was_sealed_meanwhile_nothing_leaves(ana, dara, news, meanwhile, mailoutbox):
    TermsAcceptance.objects.create(space=news.space, leader=dara)
    due(ana, dara)
    meanwhile(lambda: Space.objects.filter(pk=news.space_id).update(kind="sealed", mail_rule="nothing"))
    digest.deliver()
    [letter] = mailoutbox
    assert letter.to[0].endswith("<dara@example.org>")
    assert letter.subject == "Something new"


def test_a_new_address_gets_it_and_the_old_one_not(ana, news, meanwhile, sink):
    due(ana)
    meanwhile(lambda: Leader.objects.filter(pk=ana.pk).update(email="ana@elsewhere.example"))
    digest.deliver()
    assert sink.envelopes == ["ana@elsewhere.example"]


def test_a_letter_about_notices_is_looked_at_again_too(ana, ben, dara, news, meanwhile, mailoutbox):
    mention = make_reply(news, ben, "@ana, zqcanary")
    announcements.announce_post(mention)
    assert Notice.objects.get(leader=ana).post == mention
    Letter.objects.all().delete()
    Letter.objects.create(leader=ana)
    meanwhile(lambda: moderation.hide(mention, by=dara, reason="It names a patient."))
    letters.deliver()
    assert mailoutbox == []
    assert Letter.objects.get().note == "It was read, or is no longer to be seen."


def test_a_decision_about_a_hidden_post_and_a_place_that_ended_are_written_of(ana, dara, space, mailoutbox):
    thread = make_thread(space, ana, "Hers")
    make_reply(thread, dara, "More.")
    moderation.hide(thread.posts.get(number=1), by=dara, reason="It names a patient.")
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    Notice.objects.create(leader=ana, kind="membership", space=space)
    errands.run()
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()
    assert "ana@example.org" in str([letter.to for letter in mailoutbox])
    assert set(Letter.objects.filter(leader=ana).values_list("state", flat=True)) == {"sent"}


def test_what_keeps_changing_waits_a_while(ana, dara, news, mailoutbox, monkeypatch):
    changed = delivery.rights.changed
    monkeypatch.setattr(delivery.rights, "changed", lambda told: changed(told) | {ana.pk})
    due(ana, dara)
    digest.deliver()
    assert [letter.to for letter in mailoutbox] == [["Dara Elling <dara@example.org>"]]
    row = Digest.objects.get(leader=ana)
    assert (row.state, row.note, row.attempts) == ("due", delivery.RESTLESS, 0)
    assert row.due_at > timezone.now() + timedelta(minutes=4)


def test_what_did_not_change_is_composed_once(ana, ben, dara, news, mailoutbox, monkeypatch):
    make_thread(news.space, ana, "By Ana")
    composed = []
    compose = digest.Digests.compose
    monkeypatch.setattr(
        digest.Digests, "compose", lambda self, them: composed.append(0) or compose(self, them)
    )
    due(ana, ben, dara)
    digest.deliver()
    assert (len(mailoutbox), len(composed)) == (3, 1)
