"""What happens to notices while a letter about them is written: it leaves without them, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community import answers, errands, levels, moderation, posts, reading, well_done
from community.mail import digest, letters
from community.models import (
    Case,
    Channel,
    Decision,
    Digest,
    HostLine,
    Letter,
    Level,
    Message,
    Notice,
    NoticeChoice,
    NoticeKind,
    Post,
    Room,
    Session,
    Thanks,
    Thread,
    WellDone,
)
from community.rooms import chat, conversations, hosting
from community.telling import calls, notices, visits
from leaders import preferences
from leaders.models import CohortMembership, Leader, MailPreferences
from tests.community import kinds
from tests.community.kinds import TABLE, reader_of
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

GONE = "It was read, or is no longer to be seen."


@pytest.fixture
def thread(thread, ana):
    """Ana's, of which she is told what concerns her alone."""
    levels.follow(thread, by=ana, level=Level.NORMAL)
    return thread


def to(reader, mailoutbox) -> list[str]:
    return [letter.subject for letter in mailoutbox if reader.email in letter.to[0]]


def letter_is_due(reader, story, *people) -> None:
    """One letter about the story alone, to whom it tells it, due now."""
    NoticeChoice.objects.bulk_create(
        NoticeChoice(leader=reader, kind=kind, channel=Channel.MAIL) for kind in NoticeKind
    )
    story(*people)
    errands.run()
    assert Letter.objects.filter(leader=reader).count() == 1
    Letter.objects.exclude(leader=reader).delete()
    Letter.objects.update(due_at=timezone.now())


def read(reader, kind):
    visits.read(reader, list(Notice.objects.filter(leader=reader).values_list("pk", flat=True)))


def switch_kind_off(reader, kind):
    notices.choose(reader, {kind: Channel.SITE})


def unsubscribe(reader, kind):
    preferences.unsubscribe(MailPreferences.objects.get(leader=reader), "notices")


def suspend(reader, kind):
    Leader.objects.filter(pk=reader.pk).update(suspended_until=timezone.now() + timedelta(days=7))


def go_away(reader, kind):
    away = timezone.localdate() + timedelta(days=3)
    MailPreferences.objects.filter(leader=reader).update(away_until=away)


@pytest.mark.parametrize(("kind", "story"), TABLE, ids=lambda each: getattr(each, "__name__", ""))
def test_of_no_kind_a_letter_leaves_once_its_reader_has_read_it(
    ana, ben, dara, finn, thread, kind, story, meanwhile, mailoutbox
):
    reader = reader_of(kind, ana, dara)
    letter_is_due(reader, story, ana, ben, dara, finn, thread)
    assert letters.LEDGER.compose([reader])[reader.pk].count == 1
    meanwhile(lambda: read(reader, kind))
    letters.deliver()
    assert to(reader, mailoutbox) == []
    assert Letter.objects.get(leader=reader).state == "skipped"


@pytest.mark.parametrize("change", [switch_kind_off, unsubscribe, suspend, go_away])
def test_no_letter_leaves_once_its_reader_will_not_have_it(
    ana, ben, dara, finn, thread, change, meanwhile, mailoutbox
):
    letter_is_due(ana, kinds.well_done_said, ana, ben, dara, finn, thread)
    meanwhile(lambda: change(ana, NoticeKind.WELL_DONE))
    letters.deliver()
    assert to(ana, mailoutbox) == []
    assert Letter.objects.get(leader=ana).state == "skipped"


# --- What others do to what it tells of


def hide_the_post(cast):
    moderation.hide(_post(cast), by=cast["finn"], reason="It names a patient.")


def hide_the_thread(cast):
    moderation.hide(_post(cast).thread, by=cast["finn"], reason="It names a patient.")


def mute_the_thread(cast):
    notices.mute(_post(cast).thread, by=cast["ana"])


def take_thanks_back(cast):
    given = Thanks.objects.get()
    (chat if given.message else posts).take_thanks_back(given.item, by=given.by)


def delete_the_message(cast):
    message = Message.objects.get(is_note=False)
    chat.delete(message, by=message.author)


def hide_the_message(cast):
    moderation.hide(Message.objects.get(), by=cast["dara"], reason="It names a patient.")


def mute_the_room(cast):
    calls.follow(Room.objects.get(), by=cast["ana"], level=Level.MUTED)


def leave_the_conversation(cast):
    conversations.leave(Room.objects.get(), by=cast["ana"])


def read_the_room(cast):
    room = Room.objects.get()
    chat.read(room, by=cast["ana"], number=room.last_number)


def unmark_the_answer(cast):
    answers.unmark_answer(Thread.objects.get(answer__isnull=False).answer, by=cast["finn"])


def end_the_membership(cast):
    CohortMembership.objects.filter(leader=cast["ana"]).update(ends_on=timezone.localdate())


def take_well_done_away(cast):
    said = WellDone.objects.get()
    well_done.remove(said, by=said.by)


def hide_well_done(cast):
    WellDone.objects.update(hidden_at=timezone.now())


def hear_no_more(cast):
    well_done.stop_hearing(cast["ben"], by=cast["ana"])


def close_the_case(cast):
    moderation.dismiss(Case.objects.get(), by=cast["finn"], reason="Fine.")


def moderate_no_more(cast):
    cast["dara"].space_memberships.update(ends_at=timezone.now())


def answer_the_first_post(cast):
    make_reply(Thread.objects.get(), cast["ben"], "Welcome.")


def _post(cast) -> Post:
    [notice] = Notice.objects.filter(leader=cast["ana"])
    return notice.post


CHANGES = {
    kinds.reply: [hide_the_post, mute_the_thread, end_the_membership],
    kinds.new_thread: [hide_the_thread, mute_the_thread],
    kinds.mention: [hide_the_post, mute_the_thread, end_the_membership],
    kinds.mention_by_an_edit: [hide_the_post, mute_the_thread],
    kinds.quote: [hide_the_post, mute_the_thread],
    kinds.thanks: [take_thanks_back, hide_the_post, end_the_membership],
    kinds.answer: [unmark_the_answer, hide_the_post],
    kinds.answered: [unmark_the_answer, hide_the_post],
    kinds.carried: [hide_the_thread, end_the_membership],
    kinds.thanks_for_a_message: [take_thanks_back, delete_the_message, end_the_membership],
    kinds.chat_mention: [delete_the_message, hide_the_message, mute_the_room, read_the_room],
    kinds.chat_watched: [delete_the_message, hide_the_message, mute_the_room, read_the_room],
    kinds.direct: [delete_the_message, mute_the_room, read_the_room, leave_the_conversation],
    kinds.session: [end_the_membership],
    kinds.well_done_said: [take_well_done_away, hide_well_done, hear_no_more],
    kinds.case: [close_the_case, moderate_no_more],
    kinds.first_post: [answer_the_first_post, moderate_no_more],
}
# What was decided, and where one belongs, stays so whatever happens to what it is about.
STANDING = {NoticeKind.MODERATION, NoticeKind.REPORT, NoticeKind.MEMBERSHIP}


def test_no_kind_is_left_out():
    assert {kind for kind, story in TABLE if story not in CHANGES} == STANDING


@pytest.mark.parametrize(
    ("story", "change"),
    [(story, change) for story, changes in CHANGES.items() for change in changes],
    ids=lambda each: each.__name__,
)
def test_what_does_not_stand_any_more_leaves_in_no_letter(
    ana, ben, dara, finn, thread, story, change, meanwhile, mailoutbox
):
    kind = next(kind for kind, each in TABLE if each is story)
    reader = reader_of(kind, ana, dara)
    finn.is_faculty = True
    finn.save()
    finn.space_memberships.create(space=thread.space, role="moderator")
    letter_is_due(reader, story, ana, ben, dara, finn, thread)
    meanwhile(lambda: change({"ana": ana, "ben": ben, "dara": dara, "finn": finn}))
    letters.deliver()
    assert to(reader, mailoutbox) == []
    assert Letter.objects.filter(leader=reader, note=GONE).count() == 1


@pytest.mark.parametrize("change", ["cancel", "move"])
def test_of_a_session_that_is_cancelled_or_moved_one_letter_tells_once(
    ana, ben, dara, finn, thread, change, meanwhile, mailoutbox
):
    letter_is_due(ana, kinds.session, ana, ben, dara, finn, thread)

    def another_time():
        session = Session.objects.get()
        if change == "cancel":
            hosting.cancel(session, by=dara)
        else:
            later = {name: getattr(session, name) + timedelta(days=1) for name in ("starts_at", "ends_at")}
            hosting.change(session, by=dara, host=dara, title=session.title, about="", **later)
        errands.run()

    meanwhile(another_time)
    letters.deliver()
    Letter.objects.update(due_at=timezone.now())
    letters.deliver()
    assert to(ana, mailoutbox) == ["News of a session in North cohort"]
    assert not Notice.objects.visible_to(ana).unread().filter(mailed_at=None).exists()


def test_a_decision_that_is_reversed_is_told_with_what_reversed_it(
    ana, ben, dara, finn, thread, meanwhile, mailoutbox
):
    letter_is_due(ana, kinds.decision_about_a_post, ana, ben, dara, finn, thread)

    def restored():
        moderation.restore(Decision.objects.get().post, by=dara, reason="It names nobody.")
        errands.run()

    meanwhile(restored)
    letters.deliver()
    Letter.objects.update(due_at=timezone.now())
    letters.deliver()
    assert set(to(ana, mailoutbox)) == {"A moderator has decided something that concerns you"}
    assert not Notice.objects.visible_to(ana).filter(mailed_at=None).exists()


def test_what_comes_meanwhile_holds_no_letter_back(ana, ben, thread, meanwhile, mailoutbox):
    preferences.of(ana)
    notices.choose(ana, {"reply": "mail"})
    levels.follow(thread, by=ana, level=Level.WATCHING)
    make_reply(thread, ben)
    errands.run()
    Letter.objects.update(due_at=timezone.now())
    meanwhile(lambda: (make_reply(thread, ben), errands.run()))
    letters.deliver()
    assert to(ana, mailoutbox) == ["Ben Carrow replied in “Saying no kindly”"]


def test_a_space_that_lets_less_leave_is_heeded_for_thanks_too(ana, ben, thread, meanwhile, mailoutbox):
    notices.choose(ana, {"thanks": "mail"})
    posts.thank(thread.posts.get(), by=ben, words="zqcanary")
    errands.run()
    Letter.objects.update(due_at=timezone.now())
    meanwhile(lambda: type(thread.space).objects.filter(pk=thread.space_id).update(mail_rule="nothing"))
    letters.deliver()
    [letter] = mailoutbox
    assert "zqcanary" not in letter.body + letter.subject
    assert "Saying no kindly" not in letter.body + letter.subject


# --- Digests


def take_thanks_from_the_digest(ana, ben, thread):
    posts.take_thanks_back(thread.posts.get(number=1), by=ben)


def read_the_notices(ana, ben, thread):
    notices.open_all(ana)


def mute_it(ana, ben, thread):
    levels.follow(thread, by=ana, level=Level.MUTED)


@pytest.mark.parametrize("change", [take_thanks_from_the_digest, read_the_notices, mute_it])
def test_a_digest_thanks_nobody_who_read_or_lost_it_meanwhile(
    ana, ben, thread, change, meanwhile, mailoutbox
):
    posts.thank(thread.posts.get(), by=ben, words="zqcanary")
    errands.run()
    preferences.choose_digest(ana, "daily", source="joining")
    Digest.objects.create(leader=ana, period="2026-01-01")
    meanwhile(lambda: change(ana, ben, thread))
    digest.deliver()
    assert mailoutbox == []


@pytest.mark.parametrize("change", ["read", "muted"])
def test_what_was_read_or_muted_meanwhile_stands_in_no_digest(ana, ben, space, change, meanwhile, mailoutbox):
    news, other = make_thread(space, ben, "Saying no kindly"), make_thread(space, ben, "Rotas")
    preferences.choose_digest(ana, "daily", source="joining")
    Digest.objects.create(leader=ana, period="2026-01-01")
    if change == "read":
        meanwhile(lambda: reading.mark_read(news, by=ana, first=1, last=1))
    else:
        meanwhile(lambda: levels.follow(news, by=ana, level=Level.MUTED))
    digest.deliver()
    [letter] = mailoutbox
    assert "Saying no kindly" not in letter.body
    assert other.title in letter.body


def test_a_line_that_its_host_took_away_meanwhile_stands_in_no_digest(
    ana, ben, dara, space, meanwhile, mailoutbox
):
    make_thread(space, ben, "Rotas")
    line = HostLine.objects.create(space=space, by=dara, words="zqcanary")
    preferences.choose_digest(ana, "daily", source="joining")
    Digest.objects.create(leader=ana, period="2026-01-01")
    meanwhile(lambda: HostLine.objects.filter(pk=line.pk).update(ended_at=timezone.now()))
    digest.deliver()
    [letter] = mailoutbox
    assert "zqcanary" not in letter.body
