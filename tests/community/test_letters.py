"""E-mails about notices: few, late enough, and never of what was read, hidden or lost meanwhile."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import errands, levels, moderation, reading
from community.mail import letters
from community.models import Letter, Notice, NoticeChoice, NoticeKind, Post, SpaceKind, TermsAcceptance
from community.telling import notices
from leaders import preferences
from leaders.models import Consent, MailPreferences
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def ten_minutes_pass():
    """What was promised is kept, and what waited long enough goes out."""
    errands.run()
    Letter.objects.filter(state="due").update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()


def states() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("state", flat=True))


def wants(leader, **channels):
    notices.choose(leader, channels)


def test_a_mention_becomes_one_e_mail(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "What do you think, @ana?")
    ten_minutes_pass()
    [letter] = mailoutbox
    assert letter.to == ["Ana Brook <ana@example.org>"]
    assert letter.subject == "Ben Carrow mentioned you in “Saying no kindly”"
    assert f"/notices/{Notice.objects.get(kind='mention').pk}/" in letter.body
    assert "Why this: You were mentioned." in letter.body
    assert letter.extra_headers["List-Id"].startswith("Collaborate notices <notices.")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(ana.pk) not in letter.extra_headers["Feedback-ID"]


def test_nothing_leaves_before_its_time(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "What do you think, @ana?")
    errands.run()
    letters.deliver()
    assert mailoutbox == []
    assert states() == ["due"]


def test_ten_replies_while_away_are_one_notice_and_one_e_mail(ana, ben, thread, mailoutbox):
    wants(ana, reply="mail")
    for number in range(10):
        make_reply(thread, ben, f"Reply {number}")
        if number in (3, 6):
            ten_minutes_pass()
    ten_minutes_pass()
    assert Notice.objects.filter(leader=ana, kind="reply").count() == 1
    [letter] = mailoutbox
    assert letter.subject == "4 new replies in “Saying no kindly”"


def test_what_comes_together_goes_together(ana, ben, thread, space, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    make_thread(space, ben, "Another", "And here, @ana")
    ten_minutes_pass()
    [letter] = mailoutbox
    assert letter.subject == "Ben Carrow mentioned you in “Saying no kindly”, and 1 more"
    assert "mentioned you in “Another”" in letter.body


def test_the_subject_of_many_says_how_many_whatever_the_first_is_called(ana, ben, space, mailoutbox):
    for number in range(3):
        make_thread(space, ben, f"{number} {'long ' * 25}", "Look, @ana")
    ten_minutes_pass()
    [letter] = mailoutbox
    assert letter.subject.startswith("Ben Carrow mentioned you in “0 long long")
    assert letter.subject.endswith("long …”, and 2 more")
    assert len(letter.subject) < 140


def test_a_letter_says_how_the_words_begin_that_one_may_answer(ana, ben, dara, thread, mailoutbox):
    make_reply(thread, ben, "> What Ana wrote.\n\nWe *tried* it, @ana. " + "word " * 60)
    make_reply(thread, dara, "And how did it go, @ana?")
    ten_minutes_pass()
    [letter] = [letter for letter in mailoutbox if "ana@" in letter.to[0]]
    assert "  Ben Carrow: We tried it, @ana. word" in letter.body
    assert "  Dara Elling: And how did it go, @ana?" in letter.body
    assert "What Ana wrote" not in letter.body
    assert letter.body.count("word ") < 50
    assert all(len(line) < 80 for line in letter.body.splitlines() if "word" in line)
    assert "Dara Elling: And how did it go, @ana?" in letter.alternatives[0].content


def test_of_many_replies_a_letter_tells_the_first_that_one_has_not_read(ana, ben, thread, mailoutbox):
    wants(ana, reply="mail")
    for number in range(2, 6):
        make_reply(thread, ben, f"Number {number}.")
    errands.run()
    thread.refresh_from_db()
    reading.mark_read(thread, by=ana, first=1, last=3)
    ten_minutes_pass()
    assert mailoutbox[0].subject == "2 new replies in “Saying no kindly”"
    assert "Ben Carrow: Number 4." in mailoutbox[0].body
    assert "Number 2." not in mailoutbox[0].body
    assert "Number 5." not in mailoutbox[0].body


def test_no_word_of_an_anonymous_post_leaves_with_a_letter(ana, ben, thread, mailoutbox):
    post = make_reply(thread, ben, "I am at my end, @ana.")
    errands.run()
    Post.objects.filter(pk=post.pk).update(author=None, alias="Quiet Heron")
    Notice.objects.update(actor=None)
    ten_minutes_pass()
    [letter] = [letter for letter in mailoutbox if "ana@" in letter.to[0]]
    assert letter.subject == "Somebody mentioned you in “Saying no kindly”"
    assert "at my end" not in letter.body + letter.alternatives[0].content


def test_what_moved_to_another_space_is_told_by_the_rule_of_that_space(
    ana, ben, dara, space, commons, thread, mailoutbox
):
    make_reply(thread, ben, "A word for you, @ana.")
    errands.run()
    type(commons).objects.filter(pk=commons.pk).update(mail_rule="title")
    moderation.move(thread, by=dara, to=commons, reason="It is for all.")
    ten_minutes_pass()
    [letter] = [letter for letter in mailoutbox if "ana@" in letter.to[0]]
    assert "Somebody mentioned you in “Saying no kindly”" in letter.body
    assert "A word for you" not in letter.body + letter.alternatives[0].content
    assert "Ben" not in letter.body


def test_a_letter_that_takes_no_answer_says_where_to_answer(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "A word, @ana.")
    ten_minutes_pass()
    [letter] = mailoutbox
    where = "To answer, follow the link: an answer to this e-mail is posted nowhere."
    assert where in letter.body
    assert where in letter.alternatives[0].content
    assert not letter.reply_to


def test_read_on_the_site_within_the_delay_is_no_e_mail(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    thread.refresh_from_db()
    reading.mark_read(thread, by=ana, first=1, last=2)
    ten_minutes_pass()
    assert (mailoutbox, states()) == ([], ["skipped"])
    assert Letter.objects.get().note == "It was read, or is no longer to be seen."


def test_hidden_meanwhile_is_no_e_mail(ana, ben, dara, thread, mailoutbox):
    post = make_reply(thread, ben, "@ana, look")
    errands.run()
    moderation.hide(post, by=dara, reason="Names a patient")
    ten_minutes_pass()
    assert [letter for letter in mailoutbox if "ana@" in letter.to[0]] == []


def test_muted_meanwhile_is_no_e_mail(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    levels.follow(thread, by=ana, level="muted")
    ten_minutes_pass()
    assert mailoutbox == []


@pytest.mark.parametrize(("level", "sent"), [(None, 0), ("watching", 1)])
def test_a_space_muted_meanwhile_is_no_e_mail_but_from_what_one_chose_there(
    ana, ben, space, thread, mailoutbox, level, sent
):
    levels.follow(thread, by=ben, level=level)
    make_reply(thread, ana, "@ben, look")
    errands.run()
    levels.follow_space(space, by=ben, level="muted")
    ten_minutes_pass()
    assert len(mailoutbox) == sent


def test_an_ended_membership_is_no_e_mail(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    ten_minutes_pass()
    assert mailoutbox == []


def test_the_suspended_get_none(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    ana.suspended_until = timezone.now() + timedelta(days=1)
    ana.save()
    ten_minutes_pass()
    assert mailoutbox == []


def test_whoever_is_away_is_left_in_peace(ana, ben, thread, mailoutbox):
    preferences.of(ana)
    MailPreferences.objects.update(away_until=timezone.localdate() + timedelta(days=3))
    make_reply(thread, ben, "@ana, look")
    ten_minutes_pass()
    assert mailoutbox == []
    assert Notice.objects.filter(leader=ana).exists()


def test_what_one_does_not_want_is_not_even_a_notice(ana, ben, thread, mailoutbox):
    wants(ana, reply="off", mention="site")
    make_reply(thread, ben, "A reply")
    make_reply(thread, ben, "A word, @ana")
    ten_minutes_pass()
    assert list(Notice.objects.filter(leader=ana).values_list("kind", flat=True)) == ["mention"]
    assert mailoutbox == []


def test_of_a_sealed_space_nothing_leaves_but_that_there_is_something(ana, ben, space, thread, mailoutbox):
    space.kind, space.mail_rule = SpaceKind.SEALED, "nothing"
    space.save()
    for leader in (ana, ben):
        TermsAcceptance.objects.create(space=space, leader=leader)
    make_reply(thread, ben, "A secret, @ana")
    ten_minutes_pass()
    [letter] = mailoutbox
    assert letter.subject == "Something new for you"
    whole = letter.body + letter.alternatives[0].content
    for secret in ("Ben", "secret", "Saying no", space.name):
        assert secret not in whole


def test_where_only_titles_may_leave_nobody_is_named(ana, ben, space, thread, mailoutbox):
    space.mail_rule = "title"
    space.save()
    make_reply(thread, ben, "@ana, look")
    ten_minutes_pass()
    assert mailoutbox[0].subject == "Somebody mentioned you in “Saying no kindly”"
    assert "Ben" not in mailoutbox[0].body
    assert "look" not in mailoutbox[0].body


def test_a_server_that_is_busy_gets_it_later_and_once(ana, ben, thread, sink):
    sink.answers["ana@example.org"] = "451 Later"
    make_reply(thread, ben, "@ana, look")
    ten_minutes_pass()
    assert states() == ["deferred"]
    sink.answers.clear()
    make_reply(thread, ben, "@ana, and here")
    errands.run()
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()
    assert states() == ["skipped", "sent"]
    assert [letter["Subject"] for letter in sink.letters] == [
        "Ben Carrow mentioned you twice in “Saying no kindly”"
    ]


def test_what_a_dead_worker_held_does_not_double_the_next(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    Letter.objects.update(state="claimed", lease_until=timezone.now() - timedelta(seconds=1))
    make_reply(thread, ben, "@ana, and here")
    ten_minutes_pass()
    assert states() == ["skipped", "sent"]
    assert len(mailoutbox) == 1


def test_one_press_stops_them_and_leaves_the_digest(ana, ben, thread, client, mailoutbox):
    preferences.choose_digest(ana, "weekly", source="joining")
    address = reverse("unsubscribe", args=[preferences.token(preferences.of(ana), "notices")])
    assert "Stop e-mails about notices?" in client.get(address).content.decode()
    assert MailPreferences.objects.get(leader=ana).notices
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    mine = MailPreferences.objects.get(leader=ana)
    assert (mine.notices, mine.digest) == (False, "weekly")
    consent = Consent.objects.get(leader=ana, kind="notices")
    assert (consent.choice, consent.source) == ("off", "unsubscribe link")
    make_reply(thread, ben, "@ana, look")
    ten_minutes_pass()
    assert (mailoutbox, states()) == ([], ["skipped"])


def test_all_is_chosen_on_one_page(ana, browse):
    chosen = {"digest": "off", "digest_weekday": "0", "digest_hour": "7"}
    chosen |= {"notices": "off", "reply": "mail", "thanks": "off"}
    answer = browse(ana).post(reverse("settings_mail"), chosen)
    assert answer.status_code == 302
    assert not MailPreferences.objects.get(leader=ana).notices
    mine = NoticeChoice.objects.of(ana)
    assert (mine["reply"], mine["thanks"], mine["mention"]) == ("mail", "off", "mail")


def test_a_kind_that_is_switched_to_e_mail_is_on_record_and_so_is_the_way_back(ana, client, browse):
    wanted = {"digest": "off", "digest_weekday": "0", "digest_hour": "7", "thanks": "mail", "mention": "mail"}
    browse(ana).post(reverse("settings_mail"), wanted)
    browse(ana).post(reverse("settings_mail"), wanted)
    [consent] = Consent.objects.filter(leader=ana, kind__startswith="notices:")
    said = (consent.kind, consent.choice, consent.source, consent.text_version)
    assert said == ("notices:thanks", "mail", "settings", Consent.TEXT_VERSION)
    assert "Somebody thanks me: on the site and by e-mail" in browse(ana).get(reverse("settings_mail")).text
    less = reverse("less_mail", args=[preferences.token(preferences.of(ana), preferences.LESS)])
    client.post(less, {"what": "thanks"})
    latest = Consent.objects.filter(leader=ana).first()
    assert (latest.kind, latest.choice, latest.source) == ("notices:thanks", "site", "link in a letter")


def test_the_longest_kind_fits_the_record(ana):
    wants(ana, **dict.fromkeys(NoticeKind.values, "mail"))
    wants(ana, **dict.fromkeys(NoticeKind.values, "site"))
    assert Consent.objects.filter(leader=ana, choice="site").count() == len(NoticeKind.values)


def test_what_must_be_known_cannot_be_switched_off(ana, browse):
    chosen = {"digest": "off", "digest_weekday": "0", "digest_hour": "7", "moderation": "off"}
    answer = browse(ana).post(reverse("settings_mail"), chosen)
    assert answer.status_code == 422
    assert not NoticeChoice.objects.exists()


def test_only_moderators_are_asked_about_the_desk(ana, dara, browse):
    assert "waits on my desk" not in browse(ana).get(reverse("settings_mail")).content.decode()
    assert "waits on my desk" in browse(dara).get(reverse("settings_mail")).content.decode()
