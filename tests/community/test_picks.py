"""Which posts a digest tells, and which it only counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community import levels, posts, threads, well_done
from community.mail import editions, picks
from community.models import Digest, Level, Post, Space, SpaceMembership, Unheard
from community.models.spaces import readable_by
from community.telling import announcements
from leaders.models import Cohort, CohortMembership
from tests.cast import make_leader
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

SENSIBLE = "A few sentences that somebody can read between two clinics."


@pytest.fixture
def crowd(db):
    """People whom ana does not know."""
    names = ("Ada", "Bea", "Cal", "Dot", "Eve", "Fay", "Gus", "Hal", "Ida", "Jed", "Kit", "Lou", "Mae")
    return [make_leader(f"{name} Crowd") for name in names]


@pytest.fixture
def few(monkeypatch):
    """A digest of three posts."""
    monkeypatch.setattr(editions, "POSTS_AT_MOST", 3)


def told(leader) -> list[str]:
    """The titles that are told, in their order."""
    return [item.title for place in editions.compose([leader])[leader.pk].places for item in place.items]


def counted(leader) -> dict[str, int]:
    return {place.name: place.more for place in editions.compose([leader])[leader.pk].places if place.more}


def say(space, by, title, words=SENSIBLE, **options):
    return make_thread(space, by, title, words, **options)


def test_at_most_twelve_are_told_and_the_rest_counted_by_space(ana, crowd, space, commons):
    for number, leader in enumerate(crowd):
        thread = say(commons, leader, f"Thread {number}")
        make_reply(thread, crowd[0], "And more.")
    assert len(told(ana)) == 12
    assert counted(ana) == {"The commons": 2}


def test_whom_i_thanked_or_praised_comes_first(ana, crowd, commons, few):
    thanked, praised, *others = crowd
    posts.thank(say(commons, thanked, "Thanked for this").posts.get(), by=ana)
    levels.follow(Post.objects.get().thread, by=ana, level=Level.MUTED)
    well_done.say(praised, by=ana, words="The rota.", uuid="11111111-1111-4111-8111-111111111111")
    say(commons, thanked, "By whom I thanked")
    say(commons, praised, "By whom I praised")
    for leader in others[:5]:
        say(commons, leader, f"By {leader}")
    assert told(ana) == ["By whom I praised", "By whom I thanked", "By Gus Crowd"]


def test_the_post_of_somebody_i_listen_to_stands_for_its_thread(ana, ben, crowd, space, commons):
    posts.thank(say(commons, ben, "Before").posts.get(), by=ana)
    thread = say(commons, crowd[0], "A long talk")
    make_reply(thread, crowd[1], "Somebody says this.")
    make_reply(thread, ben, "Ben says that.")
    items = [item for place in editions.compose([ana])[ana.pk].places for item in place.items]
    [item] = [item for item in items if item.title == "A long talk"]
    assert (item.by, item.excerpt, item.new) == ("Ben Carrow", "Ben says that.", 3)


def test_threads_that_i_watch_come_first(ana, crowd, commons, few):
    watched = say(commons, crowd[0], "Watched")
    levels.follow(watched, by=ana, level=Level.WATCHING)
    for leader in crowd[1:6]:
        say(commons, leader, f"By {leader}")
    assert told(ana)[0] == "Watched"


def test_then_questions_without_a_reply_that_fit_what_i_can_be_asked_about(ana, crowd, commons, few):
    ana.ask_me_about = "Night rotas, and how to merge two partnerships."
    ana.save()
    fits = say(commons, crowd[0], "Does anybody merge a partnership?", kind="question")
    answered = say(commons, crowd[1], "Who wrote a night rota?", kind="question")
    make_reply(answered, crowd[2], SENSIBLE)
    say(commons, crowd[3], "A rota to show", kind="discussion")
    for leader in crowd[4:8]:
        say(commons, leader, "How do you chair a meeting?", kind="question")
    assert told(ana)[0] == fits.title
    assert "A rota to show" not in told(ana)


def test_nobody_speaks_twice_before_everybody_has_spoken_once(ana, crowd, commons, few):
    quiet, other, loud = crowd[:3]
    say(commons, quiet, "One word from quiet")
    say(commons, other, "One word from other")
    for number in range(5):
        say(commons, loud, f"Loud {number}")
    assert told(ana) == ["Loud 4", "One word from other", "One word from quiet"]


def test_whoever_speaks_without_a_name_is_a_voice_in_each_thread(ana, crowd, commons, few):
    for number in range(3):
        thread = say(commons, crowd[0], f"Nameless {number}")
        Post.objects.filter(thread=thread).update(author=None, alias="A colleague")
    say(commons, crowd[1], "Named")
    assert told(ana) == ["Named", "Nameless 2", "Nameless 1"]


def test_who_thanked_somebody_without_a_name_does_not_listen_to_all_of_those(ana, crowd, commons, few):
    for number in range(3):
        thread = say(commons, crowd[0], f"Nameless {number}")
        posts.thank(thread.posts.get(), by=ana)
        Post.objects.filter(thread=thread).update(author=None, alias="A colleague")
    for number in range(3):
        say(commons, crowd[number], f"Named {number}")
    assert told(ana) == ["Named 2", "Named 1", "Named 0"]


def test_my_cohort_goes_before_other_spaces(ana, ben, crowd, space, commons, few):
    say(space, ben, "In the cohort")
    for leader in crowd[:4]:
        say(commons, leader, f"By {leader}")
    assert told(ana)[0] == "In the cohort"
    assert editions.compose([ana])[ana.pk].subject.startswith("5 new in North cohort and 1 other space")


def test_a_cohort_that_has_ended_is_none(ana, crowd, commons, few):
    old = Cohort.objects.create(name="Old", slug="old", starts_on="2020-01-01", ends_on="2021-01-01")
    CohortMembership.objects.create(cohort=old, leader=ana, starts_on="2020-01-01")
    other = Space.objects.create(name="Other", slug="other", kind="open", mail_rule="everything")
    other.cohorts.add(old)
    say(other, crowd[0], "In a space of the old cohort")
    say(commons, crowd[1], "Latest")
    assert told(ana) == ["In a space of the old cohort", "Latest"]  # in the order of the spaces' names
    assert [place.name for place in editions.compose([ana])[ana.pk].places] == ["Other", "The commons"]


def test_posts_of_a_sensible_length_go_before_very_short_and_very_long_ones(ana, crowd, commons, few):
    say(commons, crowd[0], "Sensible one")
    say(commons, crowd[1], "Sensible two")
    say(commons, crowd[2], "Sensible three")
    say(commons, crowd[3], "Short", "Yes.")
    say(commons, crowd[4], "Long", "On and on. " * 400)
    assert told(ana) == ["Sensible three", "Sensible two", "Sensible one"]


def test_the_same_news_give_the_same_choice(ana, crowd, commons):
    for leader in crowd:
        say(commons, leader, f"By {leader}")
    assert told(ana) == told(ana)


def test_what_may_not_leave_takes_no_place_from_what_may(ana, ben, crowd, space, commons, few):
    Space.objects.filter(pk=space.pk).update(mail_rule="nothing")
    for number in range(4):
        say(space, ben, f"Kept {number}")
    for leader in crowd[:3]:
        say(commons, leader, f"By {leader}")
    assert len(told(ana)) == 3


def test_where_only_titles_leave_the_choice_tells_no_name(ana, ben, commons):
    Space.objects.update(mail_rule="title")
    posts.thank(say(commons, ben, "Before").posts.get(), by=ana)
    levels.follow(Post.objects.get().thread, by=ana, level=Level.MUTED)
    say(commons, ben, "After")
    [place] = editions.compose([ana])[ana.pk].places
    assert [(item.title, item.by, item.excerpt) for item in place.items] == [("After", "", "")]


def test_what_was_told_as_a_post_is_not_told_again_as_a_mention(ana, ben, space):
    post = make_reply(say(space, ben, "Saying no"), ben, "@ana, look")
    marks = editions.compose([ana])[ana.pk].marks
    Digest.objects.create(leader=ana, period="2026-01-01", state="sent", sent_at=timezone.now(), marks=marks)
    announcements.announce_post(post)
    assert editions.compose([ana])[ana.pk].count == 0


def test_a_mention_that_an_edit_put_into_an_older_post_is_told(ana, ben, space):
    post = make_reply(say(space, ben, "Saying no"), ben, "Look")
    Post.objects.update(created_at=timezone.now() - timedelta(days=2))
    marks = {
        **editions.compose([ana])[ana.pk].marks,
        "until": (timezone.now() - timedelta(days=1)).isoformat(),
    }
    Digest.objects.create(leader=ana, period="2026-01-01", state="sent", sent_at=timezone.now(), marks=marks)
    threads.edit(post, by=ben, body="@ana, look", version=post.version)
    announcements.announce_post(Post.objects.get(pk=post.pk))
    [line] = editions.compose([ana])[ana.pk].personal
    assert line.text == "Ben Carrow mentioned you in “Saying no”"


def test_thanks_for_an_old_post_in_a_quiet_space_are_told(ana, ben, space):
    thread = say(space, ana, "Saying no kindly")
    Post.objects.update(created_at=timezone.now() - timedelta(days=90))
    announcements.tell_thanked(posts.thank(thread.posts.get(), by=ben, words=""))
    assert len(editions.compose([ana])[ana.pk].personal) == 1


def test_many_mentions_are_a_few_lines_and_a_number(ana, ben, space):
    for number in range(11):
        thread = say(space, ben, f"Saying no {number}")
        announcements.announce_post(make_reply(thread, ben, f"@ana, and {number}"))
    edition = editions.compose([ana])[ana.pk]
    assert (len(edition.personal), edition.personal_more) == (8, 3)
    assert len(edition.marks["notices"]) == 11


def test_what_happened_in_one_thread_is_one_line(ana, ben, dara, space):
    thread = say(space, ana, "Saying no kindly")
    announcements.tell_thanked(posts.thank(thread.posts.get(), by=ben, words="That took courage."))
    for _ in range(2):
        announcements.announce_post(make_reply(thread, dara, "@ana, look"))
    [line] = editions.compose([ana])[ana.pk].personal
    told = "Dara Elling mentioned you twice and Ben Carrow thanked you in “Saying no kindly”"
    assert line.text == f"{told}: “That took courage.”"
    Space.objects.update(mail_rule="title")
    [line] = editions.compose([ana])[ana.pk].personal
    assert line.text == "You were mentioned twice and somebody thanked you in “Saying no kindly”"


def test_who_may_read_what_is_asked_for_many_as_for_one(
    ana, ben, cleo, dara, eli, finn, space, commons, django_assert_num_queries
):
    sealed = Space.objects.create(name="After a knock", slug="knock", kind="sealed", mail_rule="nothing")
    for leader in (ana, cleo):
        SpaceMembership.objects.create(space=sealed, leader=leader)
    sealed.terms_accepted.create(leader=cleo)
    past = timezone.now() - timedelta(days=1)
    SpaceMembership.objects.create(space=space, leader=finn, starts_at=past, ends_at=past)
    cast = [ana, ben, cleo, dara, eli, finn]
    seeing = {(one.pk, place.pk) for one in cast for place in Space.objects.visible_to(one)}
    with django_assert_num_queries(4):
        assert readable_by(cast, Space.objects.all()).keys() == seeing


def test_whom_i_do_not_hear_is_nobody_i_listen_to(ana, ben, crowd, commons, few):
    well_done.say(crowd[0], by=ana, words="The rota.", uuid="11111111-1111-4111-8111-111111111111")
    Unheard.objects.create(leader=ana, giver=crowd[0])
    say(commons, crowd[0], "By whom I no longer hear")
    for leader in crowd[1:4]:
        say(commons, leader, f"By {leader}")
    assert "By whom I no longer hear" not in told(ana)


def test_words_that_everybody_uses_fit_nothing(ana):
    ana.ask_me_about = "How to do it, and what it is about"
    ana.save()
    assert picks.what_they_know([ana.pk])[ana.pk] == frozenset()
