"""Well done: said for a piece of work, shown only by whom it was said to, never counted."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import errands, moderation, permissions, well_done
from community.mail import editions
from community.models import Notice, NoticeKind, Space, SpaceKind, SpaceMembership, Unheard, WellDone
from leaders.models import CohortMembership
from tests.making import make_thread

WORDS = "How you opened Tuesday’s meeting."


def text(answer) -> str:
    return answer.content.decode()


def say(to, by, words=WORDS, **more) -> WellDone:
    said = well_done.say(to, by=by, words=words, uuid=uuid.uuid4(), **more)
    errands.run()
    return said


def told(leader):
    return Notice.objects.visible_to(leader).filter(kind=NoticeKind.WELL_DONE)


@pytest.fixture
def said(ana, ben):
    return say(ben, ana)


def test_one_says_it_from_a_profile(browse, ana, ben):
    assert "/leaders/ben/well-done/" in text(browse(ana).get("/leaders/ben/"))
    form = {"words": WORDS, "uuid": uuid.uuid4()}
    answer = browse(ana).post("/leaders/ben/well-done/", form, follow=True)
    assert "Ben Carrow is told." in text(answer)
    assert WORDS in text(answer)
    assert browse(ana).post("/leaders/ben/well-done/", form).status_code == 302
    assert WellDone.objects.count() == 1
    assert WellDone.objects.get().is_shown is False


def test_one_says_it_from_a_post(browse, ana, ben, space):
    thread = make_thread(space, ben, title="Saying no kindly")
    post = thread.posts.get()
    door = f"/leaders/ben/well-done/?post={post.pk}"
    assert door.replace("&", "&amp;") in text(browse(ana).get(thread.get_absolute_url(), follow=True))
    assert f'value="/posts/{post.pk}/"' in text(browse(ana).get(door))
    form = {"words": WORDS, "uuid": uuid.uuid4(), "link": f"http://testserver/posts/{post.pk}/"}
    browse(ana).post("/leaders/ben/well-done/", form)
    assert WellDone.objects.get().post == post
    assert "Saying no kindly" in text(browse(ben).get("/well-done/"))


def test_the_receiver_is_told_once_and_led_to_it(browse, ana, ben, said):
    errands.run()
    [notice] = told(ben)
    page = text(browse(ben).get("/notices/"))
    assert f"Ana Brook said well done: “{WORDS}”" in page
    assert browse(ben).get(f"/notices/{notice.pk}/").url == "/well-done/"
    assert editions.compose([ben])[ben.pk].personal == []


def test_it_stays_between_the_two_until_the_receiver_shows_it(browse, ana, ben, cleo, dara, finn, said):
    for person in (cleo, dara, finn):
        assert WORDS not in text(browse(person).get("/leaders/ben/"))
    assert "Only you and Ben Carrow see this." in text(browse(ana).get("/leaders/ben/"))
    assert WORDS in text(browse(ben).get("/well-done/"))
    browse(ben).post(f"/well-done/{said.pk}/show/")
    page = text(browse(cleo).get("/leaders/ben/"))
    assert WORDS in page
    assert "Ana Brook" in page
    browse(ben).post(f"/well-done/{said.pk}/keep/")
    assert WORDS not in text(browse(cleo).get("/leaders/ben/"))


def test_nobody_counts_it(browse, ana, ben, cleo, dara, said):
    for by in (cleo, dara):
        well_done.show(say(ben, by, words="So clear."), by=ben, shown=True)
    for page in ("/leaders/ben/", "/well-done/", "/leaders/"):
        for count in ("3", "2"):
            assert f"{count} well" not in text(browse(ben).get(page)).lower()
            assert f"well done ({count}" not in text(browse(ben).get(page)).lower()


def test_the_giver_takes_it_back_and_its_notice_goes(browse, ana, ben, said):
    answer = browse(ana).post(f"/well-done/{said.pk}/remove/")
    assert answer.url == "/leaders/ben/"
    assert not WellDone.objects.exists()
    assert not Notice.objects.filter(kind=NoticeKind.WELL_DONE).exists()


def test_taken_back_before_the_news_went_out_nobody_is_told(ana, ben):
    said = well_done.say(ben, by=ana, words=WORDS, uuid=uuid.uuid4())
    well_done.remove(said, by=ana)
    errands.run()
    assert not Notice.objects.exists()


def test_the_receiver_removes_it(browse, ben, said):
    assert browse(ben).post(f"/well-done/{said.pk}/remove/").url == "/well-done/"
    assert not WellDone.objects.exists()


def test_the_receiver_hears_no_more_from_somebody_who_is_not_told(browse, ana, ben, cleo, said):
    well_done.show(said, by=ben, shown=True)
    browse(ben).post(f"/well-done/{said.pk}/stop/")
    say(ben, ana, words="Again!")
    for person, page in ((ben, "/well-done/"), (cleo, "/leaders/ben/")):
        assert WORDS not in text(browse(person).get(page))
        assert "Again!" not in text(browse(person).get(page))
    assert not told(ben).exists()
    assert "Again!" in text(browse(ana).get("/leaders/ben/"))
    assert "Ana Brook" in text(browse(ben).get("/well-done/"))
    browse(ben).post("/well-done/from/ana/")
    assert "Again!" in text(browse(ben).get("/well-done/"))
    assert not Unheard.objects.exists()


# --- Refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "It is the words that count."),
        ("   ", "It is the words"),
        ("x" * 301, "longer than 300 characters"),
    ],
)
def test_it_takes_words(browse, ana, ben, words, sentence):
    answer = browse(ana).post("/leaders/ben/well-done/", {"words": words, "uuid": uuid.uuid4()})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert words.strip() in text(answer)
    assert not WellDone.objects.exists()


def test_not_to_oneself_nor_to_nobody_nor_while_suspended(browse, ana, ben, eli):
    form = {"words": WORDS, "uuid": uuid.uuid4()}
    assert browse(ana).post("/leaders/ana/well-done/", form).status_code == 403
    assert browse(ana).post("/leaders/nobody/well-done/", form).status_code == 404
    assert browse(eli).post("/leaders/ben/well-done/", form).status_code == 403
    with pytest.raises(PermissionDenied):
        say(ben, eli)
    assert not WellDone.objects.exists()


def test_no_more_often_than_one_can_mean_it(browse, ana, ben, monkeypatch):
    monkeypatch.setattr(permissions.limits, "WELL_DONES_AT_MOST", 1)
    say(ben, ana)
    answer = browse(ana).post("/leaders/ben/well-done/", {"words": "More!", "uuid": uuid.uuid4()})
    assert answer.status_code == 429
    assert "More!" in text(answer)
    assert WellDone.objects.count() == 1


def test_others_can_do_nothing_to_it(browse, ana, cleo, dara, finn, ben, said):
    well_done.show(said, by=ben, shown=True)
    for person in (cleo, dara, finn):
        for verb in ("show", "keep", "remove", "stop"):
            assert browse(person).post(f"/well-done/{said.pk}/{verb}/").status_code == 404
    assert browse(ana).post(f"/well-done/{said.pk}/keep/").status_code == 403
    assert browse(ana).post(f"/well-done/{said.pk}/stop/").status_code == 404
    said.refresh_from_db()
    assert said.is_shown


def test_get_changes_nothing(browse, ben, said):
    for verb in ("show", "keep", "remove", "stop"):
        assert browse(ben).get(f"/well-done/{said.pk}/{verb}/").status_code == 405
    assert browse(ben).get("/well-done/from/ana/").status_code == 405


# --- What it is about -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/posts/{}/", "/threads/{}/", "/threads/999999/", "https://a.example/x", "//["]
)
def test_a_link_to_what_both_cannot_see_is_refused_alike(browse, ana, cleo, space, address):
    thread = make_thread(space, ana, title="Only for us")
    pk = thread.pk if "threads" in address else thread.posts.get().pk
    form = {"words": WORDS, "uuid": uuid.uuid4(), "link": address.format(pk)}
    for by, to in ((ana, "cleo"), (cleo, "ana")):
        answer = browse(by).post(f"/leaders/{to}/well-done/", form)
        assert answer.status_code == 422
        assert "No post or thread that both of you can see is there." in text(answer)
    assert not WellDone.objects.exists()


def hide(thread, dara):
    moderation.hide(thread, by=dara, reason="Off course")


def end_membership(thread, dara):
    CohortMembership.objects.filter(leader__handle="ben").update(ends_on=timezone.localdate())


def seal(thread, dara):
    Space.objects.filter(pk=thread.space_id).update(kind=SpaceKind.SEALED, mail_rule="nothing")


@pytest.mark.parametrize("happens", [hide, end_membership, seal])
def test_the_link_is_for_those_who_can_see_it_now(browse, ana, ben, cleo, dara, space, happens):
    thread = make_thread(space, ana, title="Only for us")
    well_done.show(said := say(ben, ana, about=thread), by=ben, shown=True)
    assert "Only for us" in text(browse(ben).get("/leaders/ben/"))
    assert "Only for us" not in text(browse(cleo).get("/leaders/ben/"))
    happens(thread, dara)
    page = text(browse(ben).get("/well-done/"))
    assert WORDS in page
    assert "Only for us" not in page
    assert said.thread == thread


def test_a_profile_asks_no_more_for_more_words(
    browse, ana, ben, cleo, dara, space, django_assert_max_num_queries
):
    thread = make_thread(space, dara)
    SpaceMembership.objects.create(space=space, leader=cleo)
    client = browse(cleo)
    well_done.show(say(ben, ana, about=thread), by=ben, shown=True)
    with django_assert_max_num_queries(22) as one:
        client.get("/leaders/ben/")
    for _ in range(4):
        well_done.show(say(ben, dara, about=thread), by=ben, shown=True)
    with django_assert_max_num_queries(len(one)):
        client.get("/leaders/ben/")
