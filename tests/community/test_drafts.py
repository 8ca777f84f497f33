"""What is typed is never lost: saved while one writes, for oneself alone, until it is sent."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from community import drafts, moderation, permissions, threads
from community.finding import search
from community.models import Aside, Draft, Post, Space, SpaceKind, SpaceMembership, Thread
from leaders.models import CohortMembership
from tests.community.test_replying import somebody_waits_for_a_lock
from tests.making import make_reply, make_thread


def save(by, kind, target, body="Half a thought", *, title="", form=None, **counts):
    """What the form of a page does while one types."""
    words = drafts.Words(body, title)
    return drafts.save(kind, target.pk, by=by, words=words, uuid=form or uuid.uuid4(), **counts)


def address(kind, target, verb=""):
    return f"/drafts/{kind}/{target.pk}/{verb}"


def text(response) -> str:
    return response.content.decode()


def ends(leader, cohort):
    CohortMembership.objects.filter(leader=leader, cohort=cohort).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )


# --- Saving and going on --------------------------------------------------------------------------------


def test_a_half_written_reply_is_in_the_form_on_every_device(browse, ben, thread):
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "I once", "quiet": 1})
    version = answer.json()["version"]
    page = text(browse(ben).get(thread.get_absolute_url()))
    assert "I once</textarea>" in page
    assert f'name="base" value="{version}"' in page


def test_a_very_long_draft_in_any_script_is_kept_also_without_scripts(browse, ben, thread):
    typed = urlencode({"body": "ش🙂" * 100_000})
    answer = browse(ben).post(
        address("reply", thread, "save/"), typed, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 302
    assert len(Draft.objects.get().body) == 200_000


def test_what_an_old_page_saves_goes_where_the_posts_went(browse, ben, dara, thread, space):
    other = make_thread(space, by=ben, title="The same again")
    moderation.merge(thread, into=other, by=dara, reason="The same talk.")
    typed = {"body": "Typed on the old page", "quiet": 1}
    assert browse(ben).post(address("reply", thread, "save/"), typed).status_code == 200
    assert list(Draft.objects.values_list("target", "body")) == [(other.pk, "Typed on the old page")]


def test_nobody_saves_through_a_merge_into_what_they_cannot_see(browse, cleo, ana, dara, thread, space):
    other = make_thread(space, by=ana, title="The same again")
    moderation.merge(thread, into=other, by=dara, reason="The same talk.")
    answer = browse(cleo).post(address("reply", thread, "save/"), {"body": "Mine", "quiet": 1})
    assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_a_new_thread_keeps_title_kind_and_words(browse, ana, space):
    typed = {"title": "Rotas", "kind": "question", "body": "How do you"}
    browse(ana).post(address("thread", space, "save/"), typed)
    page = text(browse(ana).get("/spaces/north/start/"))
    assert 'value="Rotas"' in page
    assert "How do you</textarea>" in page
    assert re.search(r'value="question"[^>]*\schecked', page)


def test_an_edit_never_opens_as_a_reply(browse, ana, thread):
    post = thread.posts.get()
    save(ana, "edit", post, "A better beginning", post_version=1)
    assert "A better beginning" in text(browse(ana).get(f"/posts/{post.pk}/edit/"))
    assert "A better beginning" not in text(browse(ana).get(thread.get_absolute_url()))


def test_an_edit_goes_on_with_the_version_it_began_with(browse, ana, thread):
    post = thread.posts.get()
    base = save(ana, "edit", post, "A better beginning", post_version=1).version
    threads.edit(post, by=ana, body="Changed on another device", version=1, base=0)
    page = text(browse(ana).get(f"/posts/{post.pk}/edit/"))
    assert 'name="version" value="1"' in page
    answer = browse(ana).post(
        f"/posts/{post.pk}/edit/", {"body": "A better beginning", "version": 1, "base": base}
    )
    assert answer.status_code == 409
    assert "Changed on another device" in text(answer)
    assert "A better beginning" in text(answer)


def test_an_edit_that_changes_nothing_is_no_draft(ana, thread):
    post = thread.posts.get()
    save(ana, "edit", post, post.body)
    assert not Draft.objects.exists()


def test_without_scripts_a_button_saves(browse, ben, thread):
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "By button"}, follow=True)
    assert answer.redirect_chain[0][1] == 302
    assert "Your draft is saved." in text(answer)
    assert "By button</textarea>" in text(answer)


def test_a_quote_stands_below_what_was_typed(browse, ben, thread):
    save(ben, "reply", thread, "Before I quote")
    page = text(browse(ben).get(f"{thread.get_absolute_url()}?page=1&quote=1"))
    assert page.index("Before I quote") < page.index(f"/posts/{thread.posts.get().pk}/\n")


def test_an_emptied_form_leaves_no_draft(ben, thread):
    form = uuid.uuid4()
    save(ben, "reply", thread, form=form)
    save(ben, "reply", thread, "  \n", form=form, base=1)
    assert not Draft.objects.exists()


def test_one_form_saves_over_itself_whatever_answer_was_lost(ben, thread):
    form = uuid.uuid4()
    first = save(ben, "reply", thread, "One", form=form, turn=1).version
    assert save(ben, "reply", thread, "One two", form=form, turn=2).version == first + 1
    assert Draft.objects.get().body == "One two"


def test_an_earlier_saving_that_comes_late_changes_nothing(ben, thread):
    form = uuid.uuid4()
    save(ben, "reply", thread, "One two", form=form, turn=2)
    save(ben, "reply", thread, "One", form=form, turn=1)
    assert Draft.objects.get().body == "One two"


# --- Two places at once ---------------------------------------------------------------------------------


@pytest.fixture
def torn(ben, thread):
    """Ben typed on his phone and then, in a tab that did not know of it, on his desk."""
    save(ben, "reply", thread, "From the phone")
    with pytest.raises(drafts.Overwritten, match="changed in another place"):
        save(ben, "reply", thread, "From the desk")
    return Draft.objects.get()


def test_an_older_save_is_told_and_both_texts_are_kept(torn):
    assert torn.body == "From the phone"
    assert torn.asides.get().body == "From the desk"


def test_the_older_tab_hears_it_with_both_texts(browse, ben, thread, torn):
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "A third", "quiet": 1})
    assert answer.status_code == 409
    assert "From the phone" in answer.json()["html"]
    assert "A third" in answer.json()["html"]


def test_both_texts_are_offered_where_one_goes_on(browse, ben, thread, torn):
    page = text(browse(ben).get(thread.get_absolute_url()))
    assert "This draft was changed in two places" in page
    assert "From the desk" in page


def test_without_scripts_the_older_save_gets_a_page_with_both(browse, ben, thread, torn):
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "A third"})
    assert answer.status_code == 409
    assert "From the phone" in text(answer)
    assert "A third" in text(answer)


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ("this", "From the phone"),
        ("that", "From the desk"),
        ("both", "From the phone\n\nFrom the desk"),
    ],
)
def test_one_chooses_this_that_or_both(browse, ben, thread, torn, choice, left):
    answer = browse(ben).post(
        address("reply", thread, "settle/"), {"aside": torn.asides.get().pk, "choice": choice}
    )
    assert answer.status_code == 302
    assert Draft.objects.get().body == left
    assert not Aside.objects.exists()


def test_a_choice_that_is_none_loses_nothing(browse, ben, thread, torn):
    for odd in ({}, {"aside": "x", "choice": "this"}, {"aside": torn.asides.get().pk, "choice": "none"}):
        assert browse(ben).post(address("reply", thread, "settle/"), odd).status_code == 422
    browse(ben).post(address("reply", thread, "settle/"), {"aside": 10**12, "choice": "that"})
    assert Draft.objects.get().body == "From the phone"
    assert Aside.objects.count() == 1


def test_the_same_text_in_two_tabs_is_no_quarrel(ben, thread):
    first = save(ben, "reply", thread, "Same").version
    assert save(ben, "reply", thread, "Same").version == first
    assert not Aside.objects.exists()


def test_a_text_waits_once_in_however_many_tabs(ben, thread, torn):
    with pytest.raises(drafts.Overwritten):
        save(ben, "reply", thread, "From the desk")
    assert torn.asides.count() == 1


def test_only_so_many_texts_wait_beside_a_draft(ben, thread, torn):
    for number in range(permissions.drafts.ASIDES_AT_MOST - 1):
        with pytest.raises(drafts.Overwritten):
            save(ben, "reply", thread, f"Tab {number}")
    with pytest.raises(PermissionDenied, match="Choose first"):
        save(ben, "reply", thread, "One tab too many")


# --- Sending --------------------------------------------------------------------------------------------


def test_a_draft_goes_when_its_words_are_sent(browse, ben, thread):
    form = uuid.uuid4()
    save(ben, "reply", thread, "Done", form=form)
    browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": "Done", "uuid": form, "base": 1})
    assert not Draft.objects.exists()


def test_sending_takes_the_matching_draft_only(ana, ben, space, thread):
    other = make_thread(space, ana)
    save(ben, "reply", other, "For the other thread")
    save(ben, "thread", space, "A thread to be")
    save(ana, "reply", thread, "Somebody else's")
    make_reply(thread, ben)
    assert Draft.objects.count() == 3
    make_thread(space, ben, body="A thread to be, and more")
    assert {draft.key for draft in Draft.objects.all()} == {f"reply:{other.pk}", f"reply:{thread.pk}"}


def test_a_form_that_knows_no_draft_takes_only_what_it_sent(browse, ben, thread):
    """A page from before the last upgrade, or a script of one's own."""
    page = browse(ben)
    save(ben, "reply", thread, "Typed on the phone, and not sent")
    page.post(f"/threads/{thread.pk}/reply/", {"body": "Sent without a word of it", "uuid": uuid.uuid4()})
    assert Draft.objects.get().body == "Typed on the phone, and not sent"
    whole = "First this.\r\nTyped on the phone, and not sent, until now"
    page.post(f"/threads/{thread.pk}/reply/", {"body": whole, "uuid": uuid.uuid4()})
    assert Post.objects.filter(author=ben).count() == 2
    assert not Draft.objects.exists()


def test_sending_keeps_a_newer_text_from_another_tab(ben, thread):
    save(ben, "reply", thread, "Typed elsewhere")
    threads.reply(thread, by=ben, body="Sent from here", uuid=uuid.uuid4(), base=0)
    assert Draft.objects.get().body == "Typed elsewhere"


def test_a_tab_that_knew_an_earlier_draft_takes_nothing_from_a_later_one(ben, thread):
    old_tab = {"base": save(ben, "reply", thread, "Sent from the phone").version}
    threads.reply(thread, by=ben, body="Sent from the phone", uuid=uuid.uuid4(), **old_tab)
    save(ben, "reply", thread, "Begun anew on the phone")
    with pytest.raises(drafts.Overwritten):
        save(ben, "reply", thread, "From the old tab", **old_tab)
    assert Draft.objects.get().body == "Begun anew on the phone"
    assert Aside.objects.get().body == "From the old tab"
    threads.reply(thread, by=ben, body="Sent from the old tab", uuid=uuid.uuid4(), **old_tab)
    assert Draft.objects.get().body == "Begun anew on the phone"


def test_a_text_that_waited_beside_what_was_sent_stays(ben, thread, torn):
    threads.reply(thread, by=ben, body="From the phone", uuid=torn.uuid, base=1)
    assert Draft.objects.get().body == "From the desk"


def test_a_saving_that_comes_after_the_sending_makes_no_draft(browse, ben, thread):
    form = uuid.uuid4()
    threads.reply(thread, by=ben, body="Sent", uuid=form)
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "Sen", "uuid": form, "quiet": 1})
    assert answer.json() == {"version": 0, "saved": answer.json()["saved"], "sent": True}
    assert not Draft.objects.exists()


def test_other_words_from_a_form_that_was_sent_are_a_draft(browse, ben, space, thread):
    """Back, changed, sent again, without scripts: still one post, and nothing lost."""
    form = str(uuid.uuid4())
    for words in ("Sent", "Sent, and a thought more", "Sent, and a thought more", "Sent"):
        browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": words, "uuid": form})
    assert [post.body for post in Post.objects.filter(author=ben)] == ["Sent"]
    assert Draft.objects.get().body == "Sent, and a thought more"
    assert not Aside.objects.exists()
    form = {"title": "Hello", "kind": "discussion", "uuid": str(uuid.uuid4())}
    for words in ("World", "Everybody"):
        browse(ben).post("/spaces/north/start/", {**form, "body": words})
    assert Thread.objects.filter(author=ben).count() == 1
    assert "Everybody" in text(browse(ben).get("/spaces/north/start/"))


def test_the_list_shows_words_in_place_of_images(browse, ana, thread):
    address_of_image = f"/attachments/{uuid.uuid4()}/"
    body = f"Look: ![A red square]({address_of_image}) and ![decorative]({address_of_image}), "
    save(ana, "reply", thread, f"{body}{'and so on ' * 10}![Cut off by the list]({address_of_image})")
    page = text(browse(ana).get("/drafts/"))
    assert "Look: [image: A red square] and [image], and so on" in page
    assert "/attachments/" not in page


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("See [The plan.pdf]({file}) first", "See [The plan.pdf] first"),
        ("and so on " * 20 + "[The plan.pdf]({file})", "and so on [The plan.pdf]"),
        ("> /posts/7/\n> Bring tea\n\nI shall.", "&gt; Bring tea I shall."),
    ],
)
def test_the_list_shows_no_address_of_a_document_or_a_quote(browse, ana, thread, typed, shown):
    save(ana, "reply", thread, typed.format(file=f"/attachments/{uuid.uuid4()}/"))
    page = " ".join(browse(ana).get("/drafts/").content.decode().split())
    assert shown in page
    assert "/attachments/" not in page
    assert "/posts/" not in page


def test_a_draft_of_a_form_that_was_sent_is_none(browse, ben, thread):
    form = uuid.uuid4()
    Draft.objects.create(leader=ben, kind="reply", target=thread.pk, body="Sent", version=1, uuid=form)
    threads.reply(thread, by=ben, body="Sent", uuid=form, base=0)
    Draft.objects.create(leader=ben, kind="thread", target=1, body="Sent", version=4, uuid=form)
    assert not drafts.listed(ben).exists()


def test_words_that_may_not_be_sent_stay(browse, ben, thread):
    save(ben, "reply", thread, "My view")
    Thread.objects.filter(pk=thread.pk).update(closed_at=timezone.now())
    answer = browse(ben).post(
        f"/threads/{thread.pk}/reply/", {"body": "My view", "uuid": uuid.uuid4(), "base": 1}
    )
    assert answer.status_code == 403
    assert Draft.objects.get().body == "My view"
    page = text(browse(ben).get(thread.get_absolute_url()))
    assert "Your draft</a> is kept" in page
    assert "My view" in text(browse(ben).get(address("reply", thread)))


# --- No form at hand to give the words back --------------------------------------------------------------


def test_whose_session_has_ended_sees_the_words_and_comes_back_to_the_page(client, thread):
    page = f"http://testserver{thread.get_absolute_url()}?page=1"
    typed = {"body": "Typed <b>for an hour</b>"}
    answer = client.post(f"/threads/{thread.pk}/reply/", typed, headers={"referer": page})
    assert answer.status_code == 403
    assert "Typed &lt;b&gt;for an hour&lt;/b&gt;</textarea>" in text(answer)
    assert f'href="/accounts/login/?next={thread.get_absolute_url()}%3Fpage%3D1"' in text(answer)
    assert Post.objects.count() == 1


def test_nobody_is_sent_elsewhere_after_signing_in(client, thread):
    odd = (
        "https://evil.example/x",
        "javascript:alert(1)",
        "//evil.example",
        "x",
        "http://testserver//evil.example",
    )
    for page in odd:
        answer = client.post(f"/threads/{thread.pk}/reply/", {"body": "Hello"}, headers={"referer": page})
        assert 'href="/accounts/login/?next=/"' in text(answer)


def test_whoever_may_no_longer_see_the_place_gets_the_words_back(browse, ben, cohort, thread):
    ends(ben, cohort)
    answer = browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": "Too late", "uuid": uuid.uuid4()})
    assert answer.status_code == 404
    assert "Too late</textarea>" in text(answer)
    assert thread.title not in text(answer)


def test_a_form_that_was_open_for_too_long_gives_the_words_back(ben, thread):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ben)
    answer = client.post(f"/threads/{thread.pk}/reply/", {"body": "Open since Monday"})
    assert answer.status_code == 403
    assert "Open since Monday</textarea>" in text(answer)


# --- The place has gone ---------------------------------------------------------------------------------


def test_the_words_stay_when_a_membership_ends_but_the_title_goes(browse, ben, cohort, thread):
    save(ben, "reply", thread, "What I wanted to say")
    ends(ben, cohort)
    for page in (text(browse(ben).get("/drafts/")), text(browse(ben).get(address("reply", thread)))):
        assert "What I wanted to say" in page
        assert "no longer open to you" in page
        assert thread.title not in page


def test_the_words_stay_when_the_thread_is_hidden(browse, ben, dara, thread):
    save(ben, "reply", thread, "What I wanted to say")
    moderation.hide(thread, by=dara, reason="Names a patient")
    page = text(browse(ben).get("/drafts/"))
    assert "What I wanted to say" in page
    assert thread.title not in page


def test_whoever_still_types_there_still_saves(browse, ben, cohort, thread):
    save(ben, "reply", thread, "What I", form=(form := uuid.uuid4()))
    ends(ben, cohort)
    typed = {"body": "What I wanted", "uuid": form, "base": 1, "quiet": 1}
    assert browse(ben).post(address("reply", thread, "save/"), typed).status_code == 200
    assert Draft.objects.get().body == "What I wanted"


def test_a_sealed_space_names_nothing_without_a_yes_to_its_rules(browse, ben):
    space = Space.objects.create(
        name="Quiet room", slug="quiet", kind=SpaceKind.SEALED, description="-", mail_rule="nothing"
    )
    SpaceMembership.objects.create(space=space, leader=ben)
    assert browse(ben).post(address("thread", space, "save/"), {"body": "Hm"}).status_code == 404
    Draft.objects.create(leader=ben, kind="thread", target=space.pk, body="From before", version=1)
    page = text(browse(ben).get("/drafts/"))
    assert "From before" in page
    assert "Quiet room" not in page


def test_a_closed_space_keeps_the_words(browse, ana, space):
    save(ana, "thread", space, "An idea", title="Idea")
    Space.objects.filter(pk=space.pk).update(closed_at=timezone.now())
    assert "Closed meanwhile" in text(browse(ana).get("/drafts/"))
    assert "An idea" in text(browse(ana).get(address("thread", space)))


# --- Nobody else ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ana", "cleo", "dara", "finn"])
def test_nobody_else_sees_or_touches_a_draft(request, browse, ben, thread, who):
    save(ben, "reply", thread, "xylophone")
    client = browse(request.getfixturevalue(who))
    assert client.get(address("reply", thread)).status_code == 404
    assert "xylophone" not in text(client.get("/drafts/"))
    for verb in ("settle/", "discard/", "back/"):
        assert client.post(address("reply", thread, verb), {"aside": 1, "choice": "that"}).status_code == 404
    draft = Draft.objects.get(leader=ben)
    assert (draft.body, draft.discarded_at) == ("xylophone", None)


def test_outsiders_cannot_save_for_a_place_that_they_cannot_see(browse, cleo, space, thread):
    for kind, target in (("reply", thread), ("thread", space), ("edit", thread.posts.get())):
        assert browse(cleo).post(address(kind, target, "save/"), {"body": "Mine"}).status_code == 404
    for odd in (
        "/drafts/reply/999999/save/",
        f"/drafts/poem/{thread.pk}/save/",
        f"/drafts/reply/{'9' * 30}/save/",
    ):
        assert browse(cleo).post(odd, {"body": "Mine"}).status_code == 404
    assert not Draft.objects.exists()


def test_nobody_drafts_an_edit_of_somebody_elses_post(browse, ben, dara, thread):
    for other in (ben, dara):
        answer = browse(other).post(address("edit", thread.posts.get(), "save/"), {"body": "Mine"})
        assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_the_suspended_reach_no_draft(browse, eli, ana, thread):
    Draft.objects.create(leader=eli, kind="reply", target=thread.pk, body="Grumble", version=1)
    assert browse(eli).get("/drafts/").status_code == 403
    assert not Draft.objects.visible_to(eli).exists()


def test_no_search_finds_a_draft(ana, ben, thread):
    save(ben, "reply", thread, "xylophone")
    for leader in (ana, ben):
        assert search.find("xylophone", by=leader).is_empty


def test_words_of_one_leader_are_not_saved_for_the_next_at_the_same_computer(browse, ana, ben, thread):
    typed = {"body": "Ana's words", "leader": ana.pk, "quiet": 1}
    answer = browse(ben).post(address("reply", thread, "save/"), typed)
    assert answer.status_code == 422
    assert "Somebody else has signed in" in answer.json()["reason"]
    assert not Draft.objects.exists()


def test_each_door_that_writes_takes_only_post(browse, ben, thread):
    save(ben, "reply", thread)
    for verb in ("save/", "settle/", "discard/", "back/"):
        assert browse(ben).get(address("reply", thread, verb)).status_code == 405
    assert Draft.objects.get().discarded_at is None


# --- The list -------------------------------------------------------------------------------------------


def test_the_list_says_where_when_and_how_it_begins(browse, ben, space, thread):
    save(ben, "reply", thread, "It began " + "long " * 200)
    page = text(browse(ben).get("/drafts/"))
    assert "Saying no kindly" in page
    assert "It began long" in page
    assert "just now" in page
    assert "#reply" in page


def test_a_discarded_draft_can_be_brought_back(browse, ben, thread):
    save(ben, "reply", thread, "Perhaps not")
    browse(ben).post(address("reply", thread, "discard/"))
    assert "Perhaps not" not in text(browse(ben).get(thread.get_absolute_url()))
    assert "Bring it back" in text(browse(ben).get("/drafts/"))
    browse(ben).post(address("reply", thread, "back/"))
    assert "Perhaps not</textarea>" in text(browse(ben).get(thread.get_absolute_url()))


def test_typing_anew_after_discarding_is_a_draft_again(ben, thread):
    draft = save(ben, "reply", thread, "Perhaps not")
    drafts.discard(draft, by=ben)
    save(ben, "reply", thread, "But this")
    draft.refresh_from_db()
    assert (draft.body, draft.discarded_at) == ("But this", None)


def test_the_list_costs_the_same_with_more_drafts(browse, ana, ben, space, django_assert_max_num_queries):
    client = browse(ben)
    save(ben, "reply", make_thread(space, ana))
    client.get("/drafts/")
    with django_assert_max_num_queries(30) as one:
        client.get("/drafts/")
    for _ in range(8):
        save(ben, "reply", make_thread(space, ana))
        save(ben, "edit", make_thread(space, ben).posts.get(), "Changed")
    with django_assert_max_num_queries(len(one) + 1):
        client.get("/drafts/")


def test_drafts_that_nobody_touches_are_removed_one_day(ben, ana, space, thread):
    old, discarded, new = (save(ben, "reply", make_thread(space, ana)) for _ in range(3))
    Draft.objects.filter(pk=old.pk).update(saved_at=timezone.now() - timedelta(days=181))
    Draft.objects.filter(pk=discarded.pk).update(discarded_at=timezone.now() - timedelta(days=2))
    drafts.forget_old()
    assert list(Draft.objects.all()) == [new]


# --- Limits and odd input -------------------------------------------------------------------------------


def test_two_hundred_thousand_characters_are_kept(browse, ben, thread):
    long = "ü" * 199_999 + "!"
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": long, "quiet": 1})
    assert answer.status_code == 200
    assert Draft.objects.get().body == long
    assert long in text(browse(ben).get(thread.get_absolute_url()))
    assert browse(ben).get("/drafts/").status_code == 200
    sent = browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": long, "uuid": uuid.uuid4(), "base": 1})
    assert sent.status_code == 422
    assert "longer than 20,000 characters" in text(sent)
    assert long in text(sent)
    assert Draft.objects.get().body == long


def test_what_is_too_long_for_a_draft_is_told_in_a_sentence(browse, ben, thread):
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "x" * 240_001})
    assert answer.status_code == 422
    assert "too long to be kept as a draft" in text(answer)
    assert "x" * 240_001 in text(answer)
    assert not Draft.objects.exists()


def test_nobody_keeps_more_drafts_than_a_person_has(ben, ana, space, thread, monkeypatch):
    monkeypatch.setattr(permissions.drafts, "DRAFTS_AT_MOST", 2)
    first = save(ben, "reply", thread)
    save(ben, "thread", space)
    with pytest.raises(PermissionDenied, match="You have 2 drafts"):
        save(ben, "reply", make_thread(space, ana))
    assert save(ben, "reply", thread, "Goes on", form=first.uuid).body == "Goes on"
    assert Draft.objects.count() == 2


def test_all_drafts_together_have_a_limit(ben, space, thread, monkeypatch):
    monkeypatch.setattr(permissions.drafts, "DRAFTS_SIZE_AT_MOST", 100)
    save(ben, "reply", thread, "x" * 60)
    with pytest.raises(PermissionDenied, match="very long together"):
        save(ben, "thread", space, "x" * 60)


def test_a_form_that_saves_without_end_is_slowed(browse, ben, thread, monkeypatch):
    monkeypatch.setattr(drafts, "SAVES_A_MINUTE", 3)
    typed = {"body": "Again", "quiet": 1}
    answers = [browse(ben).post(address("reply", thread, "save/"), typed) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert "Please wait a minute" in answers[-1].json()["reason"]


def test_odd_letters_are_no_obstacle(browse, ben, thread):
    answer = browse(ben).post(address("reply", thread, "save/"), {"body": "a\x00b\r\n🙂", "quiet": 1})
    assert answer.status_code == 200
    assert Draft.objects.get().body == "ab\n🙂"


@pytest.mark.django_db(transaction=True)
def test_a_saving_that_comes_while_the_words_are_sent_finds_another_draft_begun(ben, thread):
    save(ben, "reply", thread, "Once")

    def go_on():
        try:
            return save(ben, "reply", thread, "Once more").body
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            words = drafts.Words("Once")
            Draft.objects.select_for_update().get()
            saving = pool.submit(go_on)
            while not somebody_waits_for_a_lock():
                assert not saving.done()
            drafts.forget_sent(ben, "reply", thread.pk, words=words, uuid=uuid.uuid4(), base=None)
        assert saving.result() == "Once more"


@pytest.mark.django_db(transaction=True)
def test_a_first_saving_sent_twenty_times_at_once_is_one_draft(ben, thread):
    form = uuid.uuid4()

    def submit(_):
        try:
            return save(ben, "reply", thread, "Once", form=form).version
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(submit, range(20)))) == 1
    assert Draft.objects.count() == 1


def test_a_draft_says_nothing_of_itself_in_passing(ben, thread):
    assert "Half" not in str(save(ben, "reply", thread))
    assert not Post.objects.filter(author=ben).exists()
