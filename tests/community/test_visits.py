"""A notice is read by visiting what it is about, whatever way one comes there, and by nothing else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import (
    catch_up,
    errands,
    levels,
    moderation,
    posts,
    reading,
    threads,
)
from community.mail import letters
from community.models import (
    Letter,
    Level,
    Notice,
    NoticeKind,
    Sweep,
    Thread,
)
from community.models.waiting import count_unread
from community.telling import notices
from tests.community.kinds import TABLE, membership_declined
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(thread, ana):
    """Ana's, of which she is told what concerns her alone."""
    levels.follow(thread, by=ana, level=Level.NORMAL)
    return thread


@pytest.fixture
def elsewhere(commons, dara):
    address = make_thread(commons, dara, "Elsewhere").get_absolute_url()
    errands.run()
    return address


def unread(leader) -> list[str]:
    errands.run()
    return sorted(Notice.objects.visible_to(leader).unread().values_list("kind", flat=True))


def pointers(page: str) -> dict[str, list[str]]:
    """The unread notices that a page is about, and what of it has to be on the screen first."""
    found = re.findall(r'<data hidden data-visit="(\d+)"(?: data-of="([^"]*)")?>', page)
    return {pk: of.split() for pk, of in found}


def opens(client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def looks_at_all(client, address: str) -> None:
    """Open a page and tell what its scripts tell, once everything on it was on the screen."""
    page = opens(client, address)
    numbers = [int(number) for number in re.findall(r'id="post-(\d+)"', page)]
    if numbers:
        seen = {"first": min(numbers), "last": max(numbers)}
        assert client.post(re.search(r'data-seen="([^"]+)"', page)[1], seen).status_code == 204
    messages = [int(number) for number in re.findall(r'id="message-(\d+)"', page)]
    if messages:
        room = re.search(r'data-room="(\d+)"', page)[1]
        client.post(reverse("read_room", args=[room]), {"number": max(messages)})
    read = [pk for pk, ids in pointers(page).items() if all(f'id="{each}"' in page for each in ids)]
    if read:
        assert client.post(reverse("notices_seen"), {"notices": ",".join(read)}).status_code == 204


def test_no_kind_is_left_out():
    assert {kind for kind, _ in TABLE} == set(NoticeKind)


@pytest.mark.parametrize(("kind", "story"), TABLE, ids=lambda each: getattr(each, "__name__", ""))
def test_every_kind_of_notice_is_read_by_visiting_what_it_is_about(
    ana, ben, dara, finn, thread, elsewhere, browse, kind, story
):
    address = story(ana, ben, dara, finn, thread)
    reader = dara if kind in (NoticeKind.CASE, NoticeKind.FIRST_POST) else ana
    assert unread(reader) == [kind]
    client = browse(reader)
    others = ["/", elsewhere, "/spaces/commons/", "/leaders/", "/settings/mail/", "/conversations/"]
    for other in others if address != "/" else []:
        looks_at_all(client, other)
    assert unread(reader) == [kind], "read without having been visited"
    opens(client, address)
    assert unread(reader) == [kind], "a page that was opened is not on the screen yet"
    looks_at_all(client, address)
    assert unread(reader) == []
    assert count_unread(reader) == 0
    assert "hidden" in opens(client, "/notices/badge/")
    Letter.objects.update(due_at=timezone.now())
    letters.deliver()
    assert set(Letter.objects.filter(leader=reader).values_list("state", flat=True)) <= {"skipped"}
    assert pointers(opens(client, address)) == {}


@pytest.mark.parametrize(("kind", "story"), TABLE, ids=lambda each: getattr(each, "__name__", ""))
def test_every_kind_leads_to_what_it_is_about(ana, ben, dara, finn, thread, browse, kind, story):
    address = story(ana, ben, dara, finn, thread)
    reader = dara if kind in (NoticeKind.CASE, NoticeKind.FIRST_POST) else ana
    assert unread(reader) == [kind]
    [notice] = Notice.objects.visible_to(reader).unread()
    client = browse(reader)
    there = client.get(reverse("notice", args=[notice.pk]), follow=True)
    assert there.status_code == 200
    meant = client.get(address, follow=True)
    if story is not membership_declined:
        assert there.request["PATH_INFO"] == meant.request["PATH_INFO"]
    assert unread(reader) == []


# --- What was on the screen, and nothing else


@pytest.fixture
def praised(ana, ben, thread):
    """Ana wrote posts 1 to 3 of five; Ben thanked her for two of them. She has seen neither since."""
    for who in (ana, ana, ben, ben):
        make_reply(thread, who)
    for number in (1, 3):
        posts.thank(thread.posts.get(number=number), by=ben, words="")
    errands.run()
    thread.refresh_from_db()
    return thread


def left(leader) -> list[int]:
    """The posts that unread notices are about."""
    mine = Notice.objects.visible_to(leader).unread().order_by("post__number")
    return list(mine.values_list("post__number", flat=True))


def sees(client, thread, first, last, **more):
    return client.post(reverse("seen", args=[thread.pk]), {"first": first, "last": last, **more})


def test_a_page_asks_of_each_notice_to_see_its_own_post(ana, praised, browse):
    page = opens(browse(ana), praised.get_absolute_url())
    assert sorted(pointers(page).values()) == [["post-1"], ["post-3"]]


def test_posts_that_were_seen_read_what_is_told_of_them_below_the_mark_too(ana, praised, browse):
    reading.mark_read(praised, by=ana, first=1, last=5)
    Notice.objects.update(read_at=None)
    sees(browse(ana), praised, 2, 4)
    assert left(ana) == [1]


def test_a_link_far_down_reads_what_is_told_of_that_post_alone(ana, ben, commons, browse):
    thread = make_thread(commons, ben)
    for _ in range(4):
        make_reply(thread, ben)
    make_reply(thread, ben, "@ana")
    make_reply(thread, ben, "@ana again")
    errands.run()
    client = browse(ana)
    sees(client, thread, 6, 6)
    assert left(ana) == [7]
    assert reading.seen(ana, thread.pk).first_unread == 1


def test_a_reply_far_down_is_read_once_all_that_is_told_of_was_seen(ana, ben, commons, browse):
    thread = make_thread(commons, ben)
    for _ in range(4):
        make_reply(thread, ben)
    errands.run()
    levels.follow(thread, by=ana, level=Level.WATCHING)
    for _ in range(2):
        make_reply(thread, ben)
    assert unread(ana) == [NoticeKind.REPLY]
    client = browse(ana)
    assert list(pointers(opens(client, f"{thread.get_absolute_url()}?page=1")).values()) == [
        ["post-6", "post-7"]
    ]
    sees(client, thread, 7, 7)
    assert unread(ana) == [NoticeKind.REPLY]
    sees(client, thread, 6, 7)
    assert unread(ana) == []


def test_what_was_seen_before_it_was_told_stays_unread(ana, praised, browse):
    sees(browse(ana), praised, 1, 3, ago=60)
    assert left(ana) == [1, 3]


def test_marked_as_unread_a_mention_is_new_again_and_thanks_are_not(ana, ben, praised, browse):
    make_reply(praised, ben, "@ana")
    errands.run()
    client = browse(ana)
    looks_at_all(client, praised.get_absolute_url())
    assert left(ana) == []
    client.post(reverse("mark_unread", args=[praised.pk, 2]))
    assert left(ana) == [6]


def test_a_mention_by_an_edit_is_told_although_its_post_was_read(ana, ben, thread, browse):
    post = make_reply(thread, ben, "Not yet.")
    errands.run()
    reading.mark_read(thread, by=ana, first=1, last=2)
    threads.edit(post, by=ben, body="Now, @ana.", version=1)
    assert unread(ana) == [NoticeKind.MENTION]
    assert count_unread(ana) == 1
    threads.edit(post, by=ben, body="Now, @ana!", version=2)
    assert Notice.objects.filter(leader=ana).count() == 1
    sees(browse(ana), thread, 2, 2)
    assert unread(ana) == []


def test_following_an_entry_reads_what_is_told_of_the_post_to_which_it_leads(ana, praised, browse):
    client = browse(ana)
    for rest in ([3], []):
        newest = Notice.objects.visible_to(ana).unread().latest("at")
        client.get(reverse("notice", args=[newest.pk]))
        assert left(ana) == rest


def test_marking_a_thread_as_read_reads_all_that_is_told_of_it_and_undoing_brings_it_back(
    ana, dara, praised, browse
):
    moderation.hide(praised.posts.get(number=2), by=dara, reason="Off.")
    before = unread(ana)
    assert before == ["moderation", "thanks", "thanks"]
    client = browse(ana)
    page = opens(client, praised.get_absolute_url())
    assert "Mark this thread as read" in page
    client.post(reverse("sweep"), {"thread": praised.pk, "space": praised.space.slug, "from_thread": "1"})
    assert unread(ana) == []
    client.post(reverse("undo_sweep", args=[Sweep.objects.get().pk]))
    assert unread(ana) == before
    assert count_unread(ana) == 2


def test_the_button_stands_also_where_only_notices_are_unread(ana, ben, praised, browse):
    reading.mark_read(praised, by=ana, first=2, last=5)
    Notice.objects.update(read_at=None)
    client = browse(ana)
    assert "Mark this thread as read" in opens(client, praised.get_absolute_url())
    swept = client.post(reverse("sweep"), {"thread": praised.pk}, headers={"HX-Request": "true"})
    assert "1 thread is marked as read." in swept.content.decode()
    assert left(ana) == []
    assert "Mark this thread as read" not in opens(client, praised.get_absolute_url())


def test_catching_up_reads_what_was_said_and_leaves_decisions_unread(ana, dara, praised, browse):
    elsewhere = make_thread(praised.space, ana, "Another")
    posts.thank(elsewhere.posts.get(), by=dara, words="")
    moderation.hide(praised.posts.get(number=2), by=dara, reason="Off.")
    before = unread(ana)
    client = browse(ana)
    client.post(reverse("sweep"), {})
    assert unread(ana) == ["moderation", "thanks"]
    assert left(ana) == [1, 2]
    client.post(reverse("undo_sweep", args=[Sweep.objects.get().pk]))
    assert unread(ana) == before


def test_what_came_after_the_page_was_made_no_sweep_reads(ana, ben, praised):
    catch_up.sweep(Thread.objects.filter(pk=praised.pk), by=ana, until=timezone.now() - timedelta(minutes=1))
    assert left(ana) == [1, 3]


def test_what_was_read_meanwhile_stays_read_when_a_sweep_is_undone(ana, ben, praised):
    done = catch_up.sweep(Thread.objects.filter(pk=praised.pk), by=ana, until=timezone.now())
    make_reply(praised, ben, "@ana")
    errands.run()
    notices.open_all(ana)
    catch_up.undo(done)
    assert left(ana) == [1, 3]


def test_the_other_devices_hear_of_it(ana, praised, browse, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "community.sockets.live.push", lambda topic, event: heard.append((topic, event["type"]))
    )
    sees(browse(ana), praised, 1, 1)
    assert (f"leader:{ana.pk}", "notices") in heard


def test_nobody_reads_the_notices_of_somebody_else(ana, ben, praised, browse):
    keys = ",".join(str(notice.pk) for notice in Notice.objects.filter(leader=ana))
    assert browse(ben).post(reverse("notices_seen"), {"notices": keys}).status_code == 204
    assert left(ana) == [1, 3]


def test_what_was_seen_is_told_by_post_in_a_few_numbers(ana, praised, browse):
    client = browse(ana)
    assert client.get(reverse("notices_seen")).status_code == 405
    for odd in ("", "x", "1,", "1;2", "-1", "9" * 19, ",".join(["1"] * 201), "1\n", "\u0661"):
        assert client.post(reverse("notices_seen"), {"notices": odd}).status_code == 422, odd
    assert client.post(reverse("notices_seen"), {"notices": "9" * 18}).status_code == 204
    assert left(ana) == [1, 3]


def test_whoever_has_read_everything_is_asked_nothing_more(
    ana, thread, browse, django_assert_max_num_queries
):
    client = browse(ana)
    address = f"{thread.get_absolute_url()}?page=1"
    client.get(address)
    with django_assert_max_num_queries(40) as plain:
        client.get(address)
    assert not any("is_late" in query["sql"] and "cause" in query["sql"] for query in plain.captured_queries)
