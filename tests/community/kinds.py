"""How each kind of notice comes about; each story returns the address of what it is about."""

import uuid
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from community import (
    answers,
    errands,
    levels,
    members,
    moderation,
    posts,
    reading,
    spaces,
    threads,
    well_done,
)
from community.models import Errand, JoinRequest, Level, NoticeKind, Post, Space, Thread
from community.rooms import chat, continuations, conversations
from community.telling import outcomes, places
from leaders.models import CohortMembership
from tests.making import make_reply, make_session, make_thread


def reply(ana, ben, dara, finn, thread):
    levels.follow(thread, by=ana, level=Level.WATCHING)
    return make_reply(thread, ben).get_absolute_url()


def new_thread(ana, ben, dara, finn, thread):
    levels.follow_space(thread.space, by=ana, level=Level.WATCHING)
    return make_thread(thread.space, ben, "Another").get_absolute_url()


def mention(ana, ben, dara, finn, thread):
    return make_reply(thread, ben, "@ana").get_absolute_url()


def mention_by_an_edit(ana, ben, dara, finn, thread):
    post = make_reply(thread, ben, "Not yet.")
    errands.run()
    reading.mark_read(thread, by=ana, first=1, last=2)
    threads.edit(post, by=ben, body="Now, @ana.", version=1)
    return post.get_absolute_url()


def quote(ana, ben, dara, finn, thread):
    first = thread.posts.get(number=1)
    return make_reply(thread, ben, f"> /posts/{first.pk}/\n> A beginning.\n\nYes.").get_absolute_url()


def thanks(ana, ben, dara, finn, thread):
    post = thread.posts.get(number=1)
    posts.thank(post, by=ben, words="That took courage.")
    return post.get_absolute_url()


def thanks_for_a_message(ana, ben, dara, finn, thread):
    message = chat.say(chat.room_of(thread.space), by=ana, body="Monday.", uuid=uuid.uuid4())
    chat.thank(message, by=ben, words="It helped.")
    return reverse("message", args=[message.pk])


def answer(ana, ben, dara, finn, thread):
    question = make_thread(thread.space, ben, "Who?", kind="question")
    post = make_reply(question, ana, "Me.")
    levels.follow(question, by=ana, level=Level.NORMAL)
    answers.mark_answer(post, by=ben)
    return post.get_absolute_url()


def answered(ana, ben, dara, finn, thread):
    question = make_thread(thread.space, ana, "Who?", kind="question")
    levels.follow(question, by=ana, level=Level.NORMAL)
    post = make_reply(question, ben, "Me.")
    errands.run()
    reading.mark_read(question, by=ana, first=1, last=2)
    answers.mark_answer(post, by=dara)
    return post.get_absolute_url()


def decision_about_a_post(ana, ben, dara, finn, thread):
    post = make_reply(thread, ana, "Hers.")
    moderation.hide(post, by=dara, reason="It names a patient.")
    return reverse("post", args=[post.pk])


def decision_about_a_thread(ana, ben, dara, finn, thread):
    moderation.close(thread, by=dara, reason="It has become heated.")
    return thread.get_absolute_url()


def decision_about_a_message(ana, ben, dara, finn, thread):
    message = chat.say(chat.room_of(thread.space), by=ana, body="Monday.", uuid=uuid.uuid4())
    moderation.hide(message, by=dara, reason="It names a patient.")
    return reverse("message", args=[message.pk])


def decision_where_one_may_not_go(ana, ben, dara, finn, thread):
    decision_about_a_thread(ana, ben, dara, finn, thread)
    errands.run()
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    return reverse("notices")


def report(ana, ben, dara, finn, thread):
    post = make_reply(thread, ben, "His.")
    errands.run()
    reading.mark_read(thread, by=ana, first=1, last=2)
    case = moderation.report(post, by=ana, category="other", words="Look.").case
    moderation.dismiss(case, by=dara, reason="Fine.")
    return post.get_absolute_url()


def membership(ana, ben, dara, finn, thread):
    rotas = Space.objects.create(name="Rotas", slug="rotas", kind="restricted")
    rotas.memberships.create(leader=dara, role="moderator")
    spaces.ask_to_join(rotas, by=ana, words="")
    members.admit(JoinRequest.objects.get(), by=dara, reason="Yes.")
    return rotas.get_absolute_url()


def membership_declined(ana, ben, dara, finn, thread):
    rotas = Space.objects.create(name="Rotas", slug="rotas", kind="restricted")
    rotas.memberships.create(leader=dara, role="moderator")
    spaces.ask_to_join(rotas, by=ana, words="")
    members.decline(JoinRequest.objects.get(), by=dara, reason="It is full.")
    return rotas.get_absolute_url()


def membership_of_a_cohort(ana, ben, dara, finn, thread):
    CohortMembership.objects.filter(leader=ana).update(starts_on=timezone.localdate())
    places.tell_of_places()
    return ana.get_absolute_url()


def membership_that_ended(ana, ben, dara, finn, thread):
    hidden = Space.objects.create(name="Rotas", slug="rotas", kind="private")
    hidden.memberships.create(
        leader=ana, starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now() - timedelta(hours=1)
    )
    places.tell_of_places()
    return reverse("notices")


def session(ana, ben, dara, finn, thread):
    levels.follow_space(thread.space, by=ana, level=Level.WATCHING)
    return make_session(thread.space, dara).get_absolute_url()


def well_done_said(ana, ben, dara, finn, thread):
    well_done.say(ana, by=ben, words="The rota.", uuid=uuid.uuid4())
    return reverse("well_done")


def chat_mention(ana, ben, dara, finn, thread):
    message = chat.say(chat.room_of(thread.space), by=ben, body="@ana?", uuid=uuid.uuid4())
    ten_seconds_pass()
    return reverse("message", args=[message.pk])


def direct(ana, ben, dara, finn, thread):
    message = conversations.begin([ana], by=ben, body="Between us.", uuid=uuid.uuid4())
    ten_seconds_pass()
    return message.room.get_absolute_url()


def chat_watched(ana, ben, dara, finn, thread):
    room = chat.room_of(thread.space)
    room.readings.create(leader=ana, level=Level.WATCHING)
    chat.say(room, by=ben, body="Hello.", uuid=uuid.uuid4())
    ten_seconds_pass()
    return room.get_absolute_url()


def carried(ana, ben, dara, finn, thread):
    room = chat.room_of(thread.space)
    message = chat.say(room, by=ana, body="Monday.", uuid=uuid.uuid4())
    chat.read(room, by=ana, number=1)
    begun = continuations.begin(room, [message], by=dara, title="Mondays", uuid=uuid.uuid4())
    return begun.get_absolute_url()


def case(ana, ben, dara, finn, thread):
    found = moderation.report(thread.posts.get(), by=ben, category="other", words="Look.").case
    return reverse("desk_case", args=[found.pk])


def first_post(ana, ben, dara, finn, thread):
    Thread.objects.update(last_post_at=timezone.now() - timedelta(days=2))
    Post.objects.update(created_at=timezone.now() - timedelta(days=2))
    outcomes.prompt_moderators()
    return thread.get_absolute_url()


def ten_seconds_pass():
    Errand.objects.update(due_at=timezone.now())


TABLE = [
    (NoticeKind.REPLY, reply),
    (NoticeKind.THREAD, new_thread),
    (NoticeKind.MENTION, mention),
    (NoticeKind.MENTION, mention_by_an_edit),
    (NoticeKind.QUOTE, quote),
    (NoticeKind.THANKS, thanks),
    (NoticeKind.THANKS, thanks_for_a_message),
    (NoticeKind.ANSWER, answer),
    (NoticeKind.ANSWERED, answered),
    (NoticeKind.MODERATION, decision_about_a_post),
    (NoticeKind.MODERATION, decision_about_a_thread),
    (NoticeKind.MODERATION, decision_about_a_message),
    (NoticeKind.MODERATION, decision_where_one_may_not_go),
    (NoticeKind.REPORT, report),
    (NoticeKind.MEMBERSHIP, membership),
    (NoticeKind.MEMBERSHIP, membership_declined),
    (NoticeKind.MEMBERSHIP, membership_of_a_cohort),
    (NoticeKind.MEMBERSHIP, membership_that_ended),
    (NoticeKind.SESSION, session),
    (NoticeKind.WELL_DONE, well_done_said),
    (NoticeKind.CHAT_MENTION, chat_mention),
    (NoticeKind.DIRECT, direct),
    (NoticeKind.CHAT, chat_watched),
    (NoticeKind.CARRIED, carried),
    (NoticeKind.CASE, case),
    (NoticeKind.FIRST_POST, first_post),
]


def reader_of(kind: str, ana, dara):
    """Whom the stories tell of a kind."""
    return dara if kind in (NoticeKind.CASE, NoticeKind.FIRST_POST) else ana
