"""Questions, the reply that answers one, and titles that change."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import answers, errands, moderation, threads
from community.models import FormerTitle, Notice, Post, Thread
from tests.making import make_reply, make_thread


@pytest.fixture
def question(space, ana):
    return make_thread(space, ana, "How do you end a meeting on time?", kind="question")


@pytest.fixture
def advice(question, ben):
    return make_reply(question, ben, "Begin with the end.")


def asked(thread):
    return Thread.objects.get(pk=thread.pk)


def page(browse, leader, thread):
    return browse(leader).get(thread.get_absolute_url() + "?page=1").content.decode()


# --- Who may say what the answer is ---------------------------------------------------------------------


def test_who_asked_marks_the_answer(question, advice, ana):
    answers.mark_answer(advice, by=ana)
    assert (asked(question).answer, asked(question).answer_marked_by) == (advice, ana)


def test_a_moderator_marks_the_answer(question, advice, dara):
    answers.mark_answer(advice, by=dara)
    assert asked(question).answer == advice


def test_others_do_not(question, advice, ben, cleo):
    for leader in (ben, cleo):
        with pytest.raises(PermissionDenied, match="Only who asked and the moderators"):
            answers.mark_answer(advice, by=leader)
    assert asked(question).answer is None


def test_who_asked_and_left_the_space_does_not(question, advice, ana):
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(PermissionDenied, match="Only who asked"):
        answers.mark_answer(advice, by=ana)


def test_neither_the_question_nor_a_hidden_reply_is_the_answer(question, advice, ana, dara):
    with pytest.raises(PermissionDenied, match="The question itself"):
        answers.mark_answer(question.posts.get(number=1), by=ana)
    moderation.hide(advice, by=dara, reason="It names a patient.")
    with pytest.raises(PermissionDenied, match="hidden post"):
        answers.mark_answer(advice, by=dara)
    assert asked(question).answer is None


def test_a_discussion_has_no_answer(thread, ana, ben):
    with pytest.raises(PermissionDenied, match="Only a question"):
        answers.mark_answer(make_reply(thread, ben), by=ana)


def test_another_answer_takes_its_place_and_can_be_taken_back(question, advice, ana, ben):
    better = make_reply(question, ben, "Stand up.")
    answers.mark_answer(advice, by=ana)
    answers.mark_answer(better, by=ana)
    answers.unmark_answer(advice, by=ana)
    assert asked(question).answer == better
    answers.unmark_answer(better, by=ana)
    assert (asked(question).answer, asked(question).answer_marked_by) == (None, None)


# --- Where it is seen -----------------------------------------------------------------------------------


def test_the_page_leads_to_the_answer_and_marks_it(browse, question, advice, ana, ben):
    answers.mark_answer(advice, by=ana)
    html = page(browse, ben, question)
    assert "Answered by Ben Carrow" in html
    assert f'href="{question.get_absolute_url()}?page=1#post-2"' in html
    assert "post--answer" in html
    assert "Mark as answer" not in html


def test_a_hidden_answer_is_none(browse, question, advice, ana, ben, dara):
    answers.mark_answer(advice, by=ana)
    moderation.hide(advice, by=dara, reason="It names a patient.")
    for leader in (ben, dara):
        assert "Answered" not in page(browse, leader, question)
    assert question.title in browse(ben).get("/spaces/north/?show=unanswered").content.decode()
    moderation.restore(advice, by=dara, reason="A misreading.")
    assert "Answered by Ben Carrow" in page(browse, ben, question)


def test_only_those_who_may_choose_are_offered_to(browse, question, advice, ana, ben, dara):
    assert "Mark as answer" in page(browse, ana, question)
    assert "Mark as answer" in page(browse, dara, question)
    assert "Mark as answer" not in page(browse, ben, question)


def test_lists_say_which_questions_are_answered(browse, question, advice, ana, ben, space):
    quiet = make_thread(space, ana, "A discussion without a reply")
    unanswered = browse(ben).get("/spaces/north/?show=unanswered").content.decode()
    assert question.title in unanswered
    assert quiet.title in unanswered
    answers.mark_answer(advice, by=ana)
    assert "Answered" in browse(ben).get("/spaces/north/").content.decode()
    assert question.title not in browse(ben).get("/spaces/north/?show=unanswered").content.decode()


# --- Who is told ----------------------------------------------------------------------------------------


def told(leader):
    errands.run()
    return list(Notice.objects.visible_to(leader).filter(kind="answer"))


def test_the_author_of_the_answer_is_told_once(browse, question, advice, ana, ben):
    answers.mark_answer(advice, by=ana)
    answers.unmark_answer(advice, by=ana)
    answers.mark_answer(advice, by=ana)
    assert [(notice.post, notice.actor) for notice in told(ben)] == [(advice, ana)]
    assert "Your reply was marked as the answer" in browse(ben).get("/notices/").content.decode()


def test_nobody_is_told_of_what_was_taken_back_or_is_their_own(question, advice, ana, ben):
    answers.mark_answer(advice, by=ana)
    answers.unmark_answer(advice, by=ana)
    assert told(ben) == []
    answers.mark_answer(make_reply(question, ana, "I found it."), by=ana)
    assert told(ana) == []


def test_whoever_left_the_space_is_not_told(question, advice, ana, ben):
    answers.mark_answer(advice, by=ana)
    ben.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert told(ben) == []


# --- The doors ------------------------------------------------------------------------------------------


def test_marking_is_a_post_that_leads_back_to_the_answer(browse, question, advice, ana, cleo):
    assert browse(cleo).post(f"/posts/{advice.pk}/answer/").status_code == 404
    client = browse(ana)
    assert client.get(f"/posts/{advice.pk}/answer/").status_code == 405
    assert client.get(f"/posts/{advice.pk}/answer/undo/").status_code == 405
    assert client.post(f"/posts/{advice.pk}/answer/").url.endswith("#post-2")
    assert asked(question).answer == advice
    assert client.post(f"/posts/{advice.pk}/answer/undo/").url.endswith("#post-2")
    assert asked(question).answer is None


# --- Titles ---------------------------------------------------------------------------------------------


def test_its_author_and_the_moderators_change_a_title(browse, thread, ana, ben, dara):
    for leader, title in ((ana, "Saying no, and meaning it"), (dara, "Saying no kindly, in meetings")):
        sent = browse(leader).post(
            f"/threads/{thread.pk}/rename/", {"title": title, "kind": "question"}, follow=True
        )
        assert title in sent.content.decode()
    assert browse(ben).post(f"/threads/{thread.pk}/rename/", {"title": "Mine"}).status_code == 403
    assert (asked(thread).title, asked(thread).kind) == ("Saying no kindly, in meetings", "question")


def test_former_titles_are_for_the_moderators(browse, thread, ana, dara):
    threads.rename(thread, by=ana, title="Saying no, and meaning it", kind="discussion")
    address = f"/threads/{thread.pk}/rename/"
    assert "Saying no kindly" in browse(dara).get(address).content.decode()
    assert "Former titles" not in browse(ana).get(address).content.decode()


def test_a_bad_title_keeps_what_was_typed(browse, thread, ana):
    refused = browse(ana).post(f"/threads/{thread.pk}/rename/", {"title": "...", "kind": "poll"})
    assert refused.status_code == 422
    assert 'value="..."' in refused.content.decode()
    assert asked(thread).title == "Saying no kindly"


def test_the_same_title_again_is_no_change(thread, ana):
    threads.rename(thread, by=ana, title="Saying no kindly", kind="discussion")
    assert not FormerTitle.objects.exists()


def test_the_author_of_a_closed_thread_does_not_rename_it(thread, ana, dara):
    moderation.close(thread, by=dara, reason="All is said.")
    with pytest.raises(PermissionDenied, match="This thread is closed"):
        threads.rename(thread, by=ana, title="Another title", kind="discussion")


def test_titles_are_not_changed_endlessly(browse, thread, ana, monkeypatch):
    monkeypatch.setattr("community.permissions.limits.TITLES_AT_MOST", 1)
    for title, status in (("Title two", 302), ("Title three", 429)):
        sent = browse(ana).post(f"/threads/{thread.pk}/rename/", {"title": title, "kind": "discussion"})
        assert sent.status_code == status
    assert "Title three" in sent.content.decode()


def test_a_link_with_a_former_title_keeps_its_page(browse, thread, ana):
    old = thread.get_absolute_url()
    threads.rename(thread, by=ana, title="Saying no, and meaning it", kind="discussion")
    assert browse(ana).get(old + "?page=1").url.endswith("/saying-no-and-meaning-it/?page=1")


# --- An edit of a post about which something was decided meanwhile ----------------------------------------


def edit(browse, leader, post, body="What I typed"):
    return browse(leader).post(f"/posts/{post.pk}/edit/", {"body": body, "version": 1})


def test_an_edit_of_a_post_hidden_meanwhile_keeps_the_words(browse, thread, ben, dara):
    post = make_reply(thread, ben, "Before")
    moderation.hide(post, by=dara, reason="It names a patient.")
    refused = edit(browse, ben, post)
    html = refused.content.decode()
    assert refused.status_code == 403
    assert "This post is hidden. It cannot be edited." in html
    assert "What I typed" in html
    assert Post.objects.get(pk=post.pk).body == "Before"


def test_an_edit_of_a_post_moved_out_of_reach_keeps_the_words_and_shows_no_more(
    browse, thread, space, commons, ben, dara
):
    post = make_reply(make_thread(commons, dara, "Open to all"), ben, "Before")
    ben.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    moderation.move(post.thread, to=space, by=dara, reason="It concerns the cohort.")
    refused = edit(browse, ben, post)
    html = refused.content.decode()
    assert refused.status_code == 403
    assert "Only members of this space can read it." in html
    assert "What I typed" in html
    assert "Open to all" not in html
    assert "Before" not in html
    assert edit(browse, ben, post, body="").status_code == 422
    assert browse(ben).get(f"/posts/{post.pk}/edit/").status_code == 404


def test_an_edit_in_a_thread_moved_within_reach_is_saved(browse, space, commons, ana, dara):
    post = make_thread(commons, ana, "Open to all").posts.get()
    moderation.move(post.thread, to=space, by=dara, reason="It concerns the cohort.")
    assert edit(browse, ana, post).status_code == 302
    assert Post.objects.get(pk=post.pk).body == "What I typed"


def test_an_edit_of_somebody_elses_post_is_refused_as_before(browse, thread, ana, ben, cleo):
    post = make_reply(thread, ana, "Before")
    assert edit(browse, ben, post).status_code == 403
    assert edit(browse, cleo, post).status_code == 404
    assert Post.objects.get(pk=post.pk).body == "Before"


def test_a_mark_in_a_thread_that_one_cannot_see_is_not_found(browse, thread, cleo):
    sent = browse(cleo).post(f"/threads/{thread.pk}/seen/", {"first": 1, "last": 1})
    nothing = browse(cleo).post("/threads/99999/seen/", {"first": 1, "last": 1})
    assert (sent.status_code, nothing.status_code) == (404, 404)
    assert not cleo.readings.exists()
