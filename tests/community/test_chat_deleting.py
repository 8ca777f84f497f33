"""Ana deletes what she said: only its place stays, and its texts are for the moderators, for a while."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from community import deletions, moderation
from community.models import Case, Message, SpaceMembership
from community.rooms import chat, messages


def say(room, by, body="CANARY, said in haste.", **options):
    return chat.say(room, by=by, body=body, uuid=uuid.uuid4(), **options)


def aged(message, **age):
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(**age))
    message.refresh_from_db()
    return message


def test_only_the_place_stays(ana, ben, room):
    message = say(room, ana)
    say(room, ben, "Oh.")
    deleted = chat.delete(message, by=ana)
    assert (deleted.number, deleted.version, deleted.body, deleted.body_html) == (1, 3, "", "")
    [changed] = chat.changes(room, to=ben, after=2)
    event = messages.as_event(changed)
    assert "Ana Brook deleted this message." in event["html"]
    assert "CANARY" not in str(event)
    assert list(room.messages.values_list("number", flat=True)) == [1, 2]


def test_no_byte_of_it_is_left_for_members(ana, ben, cleo, eli, room, browse):
    message = say(room, ana)
    chat.edit(message, by=ana, body="CANARY, said twice.")
    say(room, ben, "Well.", reply_to=1)
    chat.delete(message, by=ana)
    pages = [
        "/spaces/north/chat/",
        "/spaces/north/chat/after/0/",
        "/notices/",
        "/catch-up/",
    ]
    pages += [
        f"/messages/{message.pk}/{door}" for door in ("", "history/", "edit/", "delete/", "report/", "reply/")
    ]
    for someone in (ana, ben, cleo, eli):
        for page in pages:
            shown = browse(someone).get(page, follow=True).content.decode()
            assert "CANARY" not in shown.replace("q=CANARY", "").replace('value="CANARY"', "").replace(
                "“CANARY”", ""
            )
    assert "A message that was deleted</a>" in browse(ben).get("/spaces/north/chat/").content.decode()


def test_the_moderators_of_the_space_read_its_texts(ana, ben, dara, finn, room, browse):
    message = say(room, ana, "CANARY one")
    chat.edit(message, by=ana, body="CANARY two")
    chat.delete(message, by=ana)
    address = f"/messages/{message.pk}/history/"
    history = browse(dara).get(address).content.decode()
    assert "CANARY one" in history
    assert "CANARY two" in history
    for other in (ana, ben, finn):
        assert browse(other).get(address).status_code == 404
    SpaceMembership.objects.filter(leader=dara, space=room.space).update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now()
    )
    assert browse(dara).get(address).status_code == 404


def test_deleted_twice_is_deleted_once(ana, room):
    message = say(room, ana)
    chat.delete(message, by=ana)
    assert chat.delete(message, by=ana).version == 2
    assert message.revisions.count() == 1


def test_sent_again_it_stays_deleted(ana, room):
    number = uuid.uuid4()
    message = chat.say(room, by=ana, body="CANARY", uuid=number)
    chat.delete(message, by=ana)
    assert chat.say(room, by=ana, body="CANARY", uuid=number).is_deleted
    assert Message.objects.count() == 1


def test_only_its_author_deletes_within_a_day(ana, ben, dara, room):
    message = say(room, ana)
    for other in (ben, dara):
        with pytest.raises(PermissionDenied, match="Only its author"):
            chat.delete(message, by=other)
    chat.delete(aged(say(room, ana), hours=23, minutes=59), by=ana)
    with pytest.raises(PermissionDenied, match="That time is over"):
        chat.delete(aged(message, hours=24, minutes=1), by=ana)
    with pytest.raises(PermissionDenied, match="That time is over"):
        chat.edit(message, by=ana, body="Later.")
    message.refresh_from_db()
    assert "CANARY" in message.body


def test_what_is_hidden_or_deleted_is_not_changed(ana, dara, room):
    hidden, deleted = say(room, ana), say(room, ana)
    moderation.hide(hidden, by=dara, reason="Out of place")
    chat.delete(deleted, by=ana)
    with pytest.raises(PermissionDenied, match="hidden"):
        chat.delete(hidden, by=ana)
    with pytest.raises(PermissionDenied, match="deleted"):
        chat.edit(deleted, by=ana, body="Back again.")
    with pytest.raises(PermissionDenied, match="not there any more"):
        say(room, dara, reply_to=deleted.number)


def test_whoever_lost_the_right_to_read_deletes_nothing(ana, eli, room, cohort):
    message = say(room, ana)
    cohort.memberships.all().delete()
    with pytest.raises(PermissionDenied, match="cannot see"):
        chat.delete(message, by=ana)


def test_in_a_closed_space_one_still_takes_ones_words_away(ana, space, room):
    message = say(room, ana)
    space.closed_at = timezone.now()
    space.save()
    assert chat.delete(message, by=ana).is_deleted


def test_a_report_made_before_stays_decidable(ana, ben, dara, room, browse):
    message = say(room, ana)
    case = moderation.report(message, by=ben, category="other", words="Please look").case
    chat.delete(message, by=ana)
    page = browse(dara).get(f"/desk/cases/{case.pk}/").content.decode()
    assert "CANARY" in page
    assert "Deleted by its author" in page
    decision = moderation.hide(message, by=dara, reason="It named a patient.")
    case.refresh_from_db()
    assert not case.is_open
    assert decision.case == case
    assert "hidden by a moderator" in messages.as_event(Message.objects.get())["html"]
    moderation.restore(message, by=dara, reason="It did not.")
    assert "deleted this message" in messages.as_event(Message.objects.get())["html"]


def test_what_is_deleted_cannot_be_reported_any_more(ana, ben, dara, room, browse):
    message = say(room, ana)
    chat.delete(message, by=ana)
    assert browse(ben).post(f"/messages/{message.pk}/report/", {"category": "other"}).status_code == 404
    with pytest.raises(PermissionDenied, match="deleted it"):
        moderation.report(message, by=dara, category="other")


def test_of_a_conversation_nothing_is_kept_unless_it_was_reported(ana, cleo, direct):
    free, reported = say(direct, ana), say(direct, ana)
    chat.edit(free, by=ana, body="CANARY again")
    Case.objects.create(message=reported, about=ana, priority=3, shown_from=1, shown_to=2)
    for message in (free, reported):
        chat.delete(message, by=ana)
    assert not free.revisions.exists()
    assert "CANARY" in messages.kept_html(reported)


def test_the_texts_are_forgotten_after_a_while(ana, ben, room):
    early, reported, late = say(room, ana), say(room, ana), say(room, ana)
    moderation.report(reported, by=ben, category="other")
    for message in (early, reported, late):
        chat.delete(message, by=ana)
    long_ago = timezone.now() - timedelta(days=91)
    Message.objects.filter(pk__in=[early.pk, reported.pk]).update(deleted_at=long_ago)
    assert deletions.forget_messages() == 1
    assert not early.revisions.exists()
    assert reported.revisions.exists()
    assert late.revisions.exists()


def test_the_database_refuses_words_in_a_deleted_message(ana, room):
    message = chat.delete(say(room, ana), by=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(body="Back")


def test_the_page_asks_first(ana, ben, cleo, room, browse):
    message = say(room, ana)
    address = f"/messages/{message.pk}/delete/"
    assert "Delete your message?" in browse(ana).get(address).content.decode()
    assert not Message.objects.get().is_deleted
    assert browse(ben).post(address).status_code == 403
    assert browse(cleo).post(address).status_code == 404
    assert browse(ana).post(address).url == f"/messages/{message.pk}/"
    assert Message.objects.get().is_deleted
    assert browse(ana).post(address).status_code == 302
