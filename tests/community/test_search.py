"""Finding again what one may see, and nothing else."""

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import threads
from community.finding import search
from community.finding.search import PER_PAGE, View
from community.models import Post, Space, SpaceKind, SpaceMembership, TermsAcceptance, Thread
from faculty.models import FacultyMember
from leaders.models import CohortMembership, Leader
from tests.making import make_reply, make_thread


def bodies(typed, by, **view):
    """The opening words of the posts that a search shows, in their order."""
    rows = search.find(typed, by=by, view=View("posts", **view)).posts.rows
    return [Post.objects.get(pk=post.pk).body.split(".")[0] for post in rows]


def numbers(typed, by):
    """The numbers of the posts on the first two pages, the newest first."""
    views = View("posts", "newest"), View("posts", "newest", 2)
    found = [search.find(typed, by=by, view=view).posts for view in views]
    return [post.number for page in found[: found[0].pages] for post in page.rows]


def titles(typed, by):
    return [thread.title for thread in search.find(typed, by=by).threads.rows]


def names(typed, by):
    return [profile.leader.name for profile in search.find(typed, by=by).people.rows]


def faults(typed, by):
    return [fault.sentence for fault in search.find(typed, by=by).query.faults]


def offers(typed, by):
    return [offer for fault in search.find(typed, by=by).query.faults for offer in fault.offers]


def page(browse, leader, typed, **asked):
    """The page of a search, and its text."""
    response = browse(leader).get("/search/", {"q": typed, **asked})
    return response, response.content.decode()


@pytest.fixture
def talk(ana, ben, space, commons):
    """A few posts in two spaces over two years."""
    boiler = make_thread(space, ana, title="Estates plan", body="The boiler is a metaphor.")
    make_reply(boiler, ben, body="Home visits by night. The boiler again.")
    make_thread(commons, ben, title="Home visits", body="Visits at home by day.")
    times = [datetime(2024, 3, 10, 12, tzinfo=UTC), datetime(2025, 6, 1, 12, tzinfo=UTC), timezone.now()]
    for post, moment in zip(Post.objects.order_by("pk"), times, strict=True):
        Post.objects.filter(pk=post.pk).update(created_at=moment)
    Thread.objects.filter(pk=boiler.pk).update(created_at=times[0])
    return boiler


# What is found


def test_members_find_their_words(talk, ben):
    assert bodies("boiler", ben) == ["The boiler is a metaphor", "Home visits by night"]
    assert titles("estates", ben) == ["Estates plan"]


def test_words_are_found_in_other_forms_but_phrases_only_in_their_order(talk, ana):
    assert set(bodies("visiting homes", ana)) == {"Home visits by night", "Visits at home by day"}
    assert bodies('"home visits"', ana) == ["Home visits by night"]
    assert bodies("“home visits”", ana) == ["Home visits by night"]


def test_a_minus_leaves_words_out(talk, ana):
    assert bodies("visits -boiler", ana) == ["Visits at home by day"]
    assert faults("-boiler", ana) == ["A minus only leaves out. Add a word to look for."]


def test_the_newest_come_first_if_one_wants_that(talk, ana):
    assert bodies("home", ana, sort="newest") == ["Visits at home by day", "Home visits by night"]


def test_a_thread_about_the_words_comes_before_a_mention_of_them(ana, commons):
    make_thread(commons, ana, title="Boilers", body="A boiler for the surgery.")
    make_thread(commons, ana, title="Other things", body="A boiler for the surgery.")
    found = search.find("boiler", by=ana).posts.rows
    assert [post.thread.title for post in found] == ["Boilers", "Other things"]


def test_names_are_found_with_a_typing_error(ana, ben, space):
    assert names("ben carow", ana) == ["Ben Carrow"]
    assert names("Carrwo", ana) == ["Ben Carrow"]


def test_the_faculty_are_found_by_name_and_by_what_they_know(ana, browse):
    FacultyMember.objects.create(name="Rosalind Peartree", slug="r", expertise="Estates, mergers")
    FacultyMember.objects.create(name="Absent Peartree", slug="a", is_published=False)
    for typed in ("rosalind peatree", "merger"):
        assert "Rosalind Peartree" in page(browse, ana, typed)[1]
    assert "Absent" not in page(browse, ana, "peartree")[1]


# Filters


def test_in_one_space_by_its_short_name_or_its_name(talk, ana):
    for typed in ("in:commons", 'in:"The commons"', "IN:commons", 'in:"the commons'):
        assert bodies(f"visits {typed}", ana) == ["Visits at home by day"]
    assert len(bodies("visits in:commons in:north", ana)) == 2


def test_a_misspelt_space_brings_an_offer(talk, ana):
    assert faults("visits in:comons", ana) == ["No space that you can read is called “comons”."]
    assert ("The commons", "visits in:commons") in offers("visits in:comons", ana)


def test_by_one_person(talk, ana, ben):
    for typed in ("by:ben", "by:@ben", 'by:"Ben Carrow"', "by:carrow", "by:carow", "by:Karrow"):
        assert bodies(f"boiler {typed}", ana) == ["Home visits by night"], typed
    assert bodies("boiler by:me", ana) == ["The boiler is a metaphor"]
    assert len(bodies("by:ben", ana)) == 2
    assert titles("by:ben", ana) == ["Home visits"]


def test_an_unknown_person_is_a_sentence(talk, ana):
    assert faults("boiler by:zebedee", ana) == ["Nobody here is called “zebedee”."]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("before:2025", ["boiler"]),
        ("before:2024-03-10", []),
        ("after:2024-03-10 before:2024-03-11", ["boiler"]),
        ("before:11 March 2024", ["boiler"]),
        ("before:11/3/2024", ["boiler"]),
        ("before:April 2024", ["boiler"]),
        ('after:"June 2025" before:yesterday', ["night"]),
        ("after:yesterday", ["day"]),
        ("after:2024 before:last month home", ["night"]),
        ("after:tomorrow", []),
    ],
)
def test_within_a_time(talk, ana, typed, found):
    words = {
        "boiler": "The boiler is a metaphor",
        "night": "Home visits by night",
        "day": "Visits at home by day",
    }
    assert bodies(typed, ana) == [words[word] for word in found]


def test_a_filter_that_is_not_understood_is_a_sentence_beside_the_box(talk, ana, browse):
    for typed in (
        "before:soon",
        "after:2026-02-31",
        "before:0001-01-01",
        "after:99999",
        "in:",
        "by:",
        "-in:north",
    ):
        response, html = page(browse, ana, f"boiler {typed}")
        assert response.status_code == 422
        assert 'id="q-error"' in html
        assert f'value="boiler {typed}"' in html
    assert "is not a date that I can read" in page(browse, ana, "before:soon")[1]
    assert faults(" ".join(["in:north"] * 9), ana) == ["A search can have 8 filters at most. This one has 9."]


def test_a_filter_that_is_not_understood_can_be_left_out(talk, ana, browse):
    for typed in ("before:soon", "by:zebedee", "in:nowhere", "by:", "-in:north"):
        assert offers(f"boiler {typed}", ana)[-1] == (f"Without “{typed}”", "boiler")
        assert offers(typed, ana)[-1:] != [(f"Without “{typed}”", "")]
    html = page(browse, ana, "boiler before:soon")[1]
    assert "Try instead:" in html
    assert 'href="/search/?q=boiler"' in html


def test_filters_that_were_understood_can_be_removed(talk, ana, browse):
    html = page(browse, ana, "boiler by:carow before:March 2025")[1]
    assert "By Ben Carrow" in html
    assert "Before 1 March 2025" in html
    assert "/search/?q=boiler+before%3AMarch+2025" in html
    assert "/search/?q=boiler+by%3Acarow" in html


def test_a_filter_within_quotation_marks_is_a_phrase(talk, ana):
    make_thread(talk.space, ana, body="Write in: north of here.")
    assert bodies('"write in: north"', ana) == ["Write in: north of here"]


# What nobody finds


def test_outsiders_find_nothing(talk, cleo, finn):
    for outsider in (cleo, finn):
        assert bodies("boiler", outsider) == []
        assert search.find("estates", by=outsider).is_empty
        assert bodies("by:ben", outsider) == ["Visits at home by day"]


def test_a_space_that_one_may_not_read_is_as_if_it_were_not_there(talk, cleo):
    sealed = Space.objects.create(name="Quiet room", slug="quiet", kind=SpaceKind.SEALED, mail_rule="nothing")
    for name in ("north", '"North cohort"', sealed.slug, '"Quiet room"', "no-such"):
        called = name.strip('"')
        assert faults(f"boiler in:{name}", cleo) == [f"No space that you can read is called “{called}”."]
        others = [("The commons", "boiler in:commons"), (f"Without “in:{name}”", "boiler")]
        assert offers(f"boiler in:{name}", cleo) == others


def test_an_ended_membership_finds_nothing(talk, ben):
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate())
    assert bodies("boiler", ben) == []
    assert bodies("by:me", ben) == ["Visits at home by day"]
    assert search.find("boiler", by=ben).posts.count == 0
    assert faults("boiler in:north", ben) == ["No space that you can read is called “north”."]


def test_the_suspended_find_nothing(talk, eli):
    assert search.find("boiler", by=eli).is_empty
    assert search.find("ana", by=eli).is_empty


def test_hidden_words_are_found_by_nobody_not_even_moderators(talk, ana, ben, dara):
    Post.objects.filter(thread=talk, number=2).update(hidden_at=timezone.now())
    for leader in (ana, ben, dara):
        assert bodies("boiler", leader) == ["The boiler is a metaphor"]
        assert search.find("boiler", by=leader).posts.count == 1
        assert bodies("by:ben in:north", leader) == []
    Thread.objects.filter(pk=talk.pk).update(hidden_at=timezone.now())
    assert search.find("boiler estates", by=dara).is_empty
    assert search.find("estates", by=dara).threads.count == 0


def test_a_hidden_thread_takes_no_place_of_what_is_shown(talk, ana, commons, monkeypatch):
    monkeypatch.setattr(search, "AT_MOST", 2)
    spam = make_thread(commons, ana, body="The boiler, the boiler.")
    for _ in range(3):
        make_reply(spam, ana, body="The boiler.")
    Thread.objects.filter(pk=spam.pk).update(hidden_at=timezone.now())
    for typed in ("boiler", "boiler in:north in:commons", "boiler by:ana by:ben"):
        assert search.find(typed, by=ana).posts.count == 2, typed


def test_what_is_sealed_is_never_found(ana, browse):
    sealed = Space.objects.create(name="Quiet room", slug="quiet", kind=SpaceKind.SEALED, mail_rule="nothing")
    SpaceMembership.objects.create(space=sealed, leader=ana)
    TermsAcceptance.objects.create(space=sealed, leader=ana)
    make_thread(sealed, ana, title="Knocked over", body="A stretcher is needed.")
    assert search.find("stretcher knocked", by=ana).is_empty
    assert bodies("by:me", ana) == []
    assert titles("knocked", ana) == []
    assert faults("stretcher in:quiet", ana) == [
        "Nothing that is said in Quiet room can be searched: it is sealed."
    ]


def test_nobody_is_found_by_what_their_profile_does_not_show(ana, cleo):
    hidden = {"role": "nobody", "ask_me_about": "nobody", "organisation": "nobody"}
    Leader.objects.filter(pk=cleo.pk).update(
        role="Zookeeper", ask_me_about="zebras", organisation_name="Zebra Street Surgery", visibility=hidden
    )
    for typed in ("zookeeper", "zebras", "zebra street surgery", "by:zookeeper", "cleo@example.org"):
        assert names(typed, ana) == [], typed


def test_people_who_left_or_never_joined_are_not_told_of(talk, ana, ben, cleo):
    Leader.objects.filter(pk=ben.pk).update(is_active=False)
    Leader.objects.filter(pk=cleo.pk).update(joined_at=None)
    for name in ("ben", "cleo"):
        assert names(name, ana) == []
        assert faults(f"by:{name}", ana) == [f"Nobody here is called “{name}”."]


def test_nobody_finds_an_anonymous_post_by_its_author(talk, ana, ben):
    Post.objects.filter(thread=talk, number=1).update(author=None, alias="Quiet Heron")
    assert bodies("by:ana", ben) == []
    assert "Quiet Heron" in [post.alias for post in search.find("metaphor", by=ben).posts.rows]
    assert faults('by:"Quiet Heron"', ben) == ["Nobody here is called “Quiet Heron”."]


# Excerpts


def excerpt(body, typed, by, space):
    threads.start(space, by=by, title="A thread", body=body, uuid=uuid.uuid4())
    return search.find(typed, by=by, view=View("posts")).posts.rows[0].excerpt


def test_excerpts_mark_the_words_as_they_are_read(ana, space):
    found = excerpt(
        "# Heating\n\nThe **old** [boiler](https://example.org/secret) is `cold`.", "boilers", ana, space
    )
    assert found == "Heating The old <mark>boiler</mark> is cold."


def test_excerpts_are_safe(ana, space):
    found = excerpt("The boiler <b>bold</b> & <script>alert(1)</script> \x02here\x03", "boiler", ana, space)
    assert "<script" not in found
    assert "<b>" not in found
    assert found.count("<mark>") == found.count("</mark>") == 1


def test_excerpts_hold_no_word_of_a_quoted_post(ana, ben, space):
    quoted = make_thread(space, ben, title="Before", body="My patient cried.").posts.get()
    quote = f"> /posts/{quoted.pk}/\n> My patient cried.\n> > Deeper.\nlazily on"
    body = f"{quote}\n\n> A proverb.\n\nThe boiler too."
    assert excerpt(body, "boiler", ana, space) == "lazily on A proverb. The <mark>boiler</mark> too."


def test_excerpts_of_long_posts_say_that_there_is_more(ana, space):
    before, after = (" ".join(f"{word} {number}." for number in range(200)) for word in ("Before", "After"))
    found = excerpt(f"{before} The boiler. {after}", "boiler", ana, space)
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) < 500


# The page


def test_every_kind_has_a_tab_with_its_count(talk, ana, browse):
    FacultyMember.objects.create(name="Home Visitor", slug="h")
    make_thread(talk.space, ana, title="Carrow visits", body="A home.")
    html = " ".join(page(browse, ana, "visits")[1].split())
    for tab in ('Posts <span class="choices__count">2', 'Threads <span class="choices__count">2'):
        assert tab in html
    assert "show=posts" in html
    response, html = page(browse, ana, "visits", show="threads")
    assert response.status_code == 200
    assert "<mark>visits</mark>" in html


def test_results_lead_to_the_permalink(talk, ana, browse):
    post = talk.posts.get(number=2)
    html = page(browse, ana, "night", show="posts")[1]
    assert f'href="/posts/{post.pk}/"' in html
    assert "Ben Carrow" in html
    assert "North cohort" in html


def test_long_lists_have_pages(ana, commons, browse):
    thread = make_thread(commons, ana, body="The boiler 0")
    for number in range(PER_PAGE + 2):
        make_reply(thread, ana, body=f"The boiler {number + 1}")
    first = search.find("boiler", by=ana, view=View("posts", "newest", 1)).posts
    last = search.find("boiler", by=ana, view=View("posts", "newest", 2)).posts
    assert (first.count, first.pages, len(first.rows), len(last.rows)) == (PER_PAGE + 3, 2, PER_PAGE, 3)
    for odd in ("999999999", "9" * 5_000, "-1", "x", "٣"):
        assert browse(ana).get("/search/", {"q": "boiler", "show": "posts", "page": odd}).status_code == 200
    assert "page=2" in page(browse, ana, "boiler", show="posts")[1]


def test_a_long_page_asks_the_database_no_more_than_a_short_one(
    talk, ana, ben, commons, django_assert_max_num_queries
):
    with CaptureQueriesContext(connection) as few:
        search.find("boiler", by=ana, view=View("posts"))
    for number in range(15):
        make_thread(commons, ben, title=f"Boiler {number}", body="A boiler.")
    with django_assert_max_num_queries(len(few)):
        assert len(search.find("boiler", by=ana, view=View("posts")).posts.rows) == 17


def test_a_search_asks_few_questions(talk, ana, browse, django_assert_max_num_queries):
    for _ in range(2):
        page(browse, ana, "home visits")
    with django_assert_max_num_queries(22):
        html = page(browse, ana, "home visits")[1]
    assert "Home visits" in html


def test_titles_are_found_alike_with_and_without_a_filter(ana, ben, commons, space):
    for number in range(4):
        make_thread(commons, ben, title="Boiler and more " + "boiler " * number)
    make_thread(space, ben, title="Boiler")
    quick = search.find("boiler", by=ana, view=View("threads")).threads.rows
    assert quick == search.find("boiler after:2000", by=ana, view=View("threads")).threads.rows
    assert quick == search.find("boiler by:ben", by=ana, view=View("threads")).threads.rows
    assert len(quick) == 5
    assert [thread.title for thread in quick] != titles("boiler in:commons", ana)
    assert len(titles("boiler in:commons", ana)) == 3


def test_counts_are_bounded(talk, ana, monkeypatch):
    monkeypatch.setattr(search, "AT_MOST", 1)
    assert search.find("boiler", by=ana).posts.count_text == "1+"
    assert search.find("metaphor", by=ana).posts.count_text == "1"


def test_a_later_page_looks_for_more(ana, commons, browse, monkeypatch):
    """The best of the newest come first, then the best of those before them."""
    for name, number in {"AT_ONCE": 4, "AT_MOST": 8, "PER_PAGE": 2}.items():
        monkeypatch.setattr(search, name, number)
    for number in range(10):
        title = f"{'Boiler thread' if number % 3 == 0 else 'Thread'} {number}"
        make_thread(commons, ana, title=title, body="The boiler.")

    def found(typed, *kind, pages=(1, 2, 3, 4)):
        each = [search.find(typed, by=ana, view=View(*kind, number)) for number in pages]
        rows = [(post.thread.title for post in page.posts.rows) for page in each if kind[0] == "posts"]
        rows += [(thread.title for thread in page.threads.rows) for page in each if kind[0] == "threads"]
        return ["".join(title[-1] for title in titles) for titles in rows]

    assert found("boiler", "posts", "best") == ["96", "87", "35", "42"]
    assert found("boiler", "posts", "newest") == ["98", "76", "54", "32"]
    assert found("thread", "threads", "newest") == ["98", "76", "54", "32"]
    assert found("boiler", "posts", "best", pages=(5, 99, 0)) == ["42", "42", "96"]
    first, third = [search.find("boiler", by=ana, view=View("posts", "best", number)) for number in (1, 3)]
    assert (first.posts.count_text, first.posts.pages) == ("4+", 3)
    assert (third.posts.count_text, third.posts.pages) == ("8+", 4)
    assert 'Posts <span class="choices__count">4+</span>' in page(browse, ana, "boiler")[1]


def test_nothing_found_says_what_one_can_try(talk, ana, browse):
    html = page(browse, ana, "zebra in:north")[1]
    assert "Nothing found" in html
    assert 'href="/search/?q=zebra"' in html
    assert "How to search" in html


def test_words_that_are_too_common_are_named(talk, ana, browse):
    response, html = page(browse, ana, "the of and")
    assert response.status_code == 200
    assert "too common" in html


ODD = [
    "'\":&|!()*", "the of and", "-", '"', " ", "🦓", "مرحبا boiler", "\u202eboiler", "a:b:c", 'in:"', "by:%",
    "by:_", "\\", "<->", "boiler:*", "!!", "\ufffd", "OR", "or or", "x or -y", "by:" + "x" * 200,
    "in:" + '"' * 50,
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_odd_words_break_nothing(browse, talk, ana, typed):
    assert browse(ana).get("/search/", {"q": typed}).status_code in (200, 422)


def test_no_byte_breaks_the_search(talk, ana):
    for typed in ("a\x00b", "\ud800", "\ud800 boiler", "in:\x00", "by:\ud800"):
        search.find(typed, by=ana)


def test_a_search_without_end_is_a_sentence(browse, ana):
    response, html = page(browse, ana, "x" * 5_000)
    assert response.status_code == 422
    assert "A search can have 300 characters at most. This one has 5,000." in html
    assert "x" * 5_000 in html


def test_searching_without_a_pause_is_refused_for_a_while(browse, ana, ben, settings):
    settings.SEARCHES_AT_MOST = 3
    cache.clear()
    answers = [browse(ana).get("/search/", {"q": "boiler"}) for _ in range(5)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "Please wait a minute." in answers[-1].content.decode()
    assert browse(ana).get("/search/").status_code == 200
    assert browse(ben).get("/search/", {"q": "boiler"}).status_code == 200


def test_a_question_that_takes_too_long_is_stopped_with_a_sentence(talk, ana, browse, monkeypatch):
    monkeypatch.setitem(search._LIMITS, "statement_timeout", "300ms")
    monkeypatch.setattr(
        search.windows, "newest", lambda *wanted: Post.objects.raw("SELECT pg_sleep(5), 1 AS id")[0]
    )
    response, html = page(browse, ana, "boiler")
    assert response.status_code == 422
    assert "This search took too long and was stopped." in html


def test_a_broken_database_is_no_slow_search(talk, ana, monkeypatch):
    def break_down(*wanted):
        raise OperationalError("gone")

    monkeypatch.setattr(search.windows, "newest", break_down)
    with pytest.raises(OperationalError):
        search.find("boiler", by=ana)


# Many posts


@pytest.mark.parametrize("spaces_one_by_one", [0, 25])
def test_rare_and_common_words_are_found_in_a_long_past(ana, space, commons, monkeypatch, spaces_one_by_one):
    monkeypatch.setattr(search.windows, "FIRST_STRETCH", 4)
    monkeypatch.setattr(search.windows, "SPACES_ONE_BY_ONE", spaces_one_by_one)
    thread, other = make_thread(space, ana, body="Common zebra 0."), make_thread(commons, ana, body="Common.")
    now = timezone.now()
    posts = [
        Post(space=each.space, thread=each, number=number, author=ana, body=body, body_html=f"<p>{body}</p>",
             created_at=now - timedelta(days=number * number))
        for each in (thread, other)
        for number in range(2, 60)
        for body in [f"Common{' zebra' if number % 20 == 0 else ''} {number}."]
    ]  # fmt: skip
    Post.objects.bulk_create(posts)
    monkeypatch.setattr(search, "AT_ONCE", 150)
    assert search.find("common", by=ana).posts.count == 118
    assert search.find("zebra", by=ana).posts.count == 5
    assert search.find("zebra by:ana in:commons", by=ana).posts.count == 2
    assert search.find("common before:2 years ago", by=ana).posts.count == len(
        [post for post in posts if post.created_at < now - timedelta(days=731)]
    )
    monkeypatch.setattr(search, "AT_MOST", 6)
    assert search.find("zebra", by=ana).posts.count == 5
    found = search.find("common", by=ana, view=View("posts", "newest")).posts.rows
    assert [post.number for post in found] == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("volumes_at_most", [0, 2, 24])
def test_volumes_are_asked_until_enough_is_found(ana, space, commons, monkeypatch, volumes_at_most):
    """The words of a hundred thousand posts, of which the first say nothing."""
    monkeypatch.setattr(search.windows, "FIRST_STRETCH", 4)
    monkeypatch.setattr(search.windows, "VOLUMES_AT_MOST", volumes_at_most)
    thread, other = make_thread(space, ana, body="Quiet."), make_thread(commons, ana, body="Zebra.")
    first, now = Post.objects.latest("pk").pk, timezone.now()
    Post.objects.bulk_create(
        Post(pk=first + number * 2_000, space=each.space, thread=each, number=number, author=ana,
             body_html="", body="Zebra." if number < 40 else "Horse.", created_at=now + timedelta(number))
        for number in range(2, 52)
        for each in [thread if number % 4 else other]
    )  # fmt: skip
    assert numbers("zebra", ana) == [*range(39, 1, -1), 1]
    assert numbers("zebra by:me", ana) == [*range(39, 1, -1), 1]
    assert numbers("zebra in:north", ana) == [number for number in range(39, 1, -1) if number % 4]
    assert numbers("zebra in:commons", ana) == [*range(36, 1, -4), 1]
    monkeypatch.setattr(search, "AT_MOST", 9)
    assert numbers("zebra", ana) == [*range(39, 30, -1)]


def test_a_phrase_of_common_words_is_looked_for_in_older_posts_when_asked(ana, space, browse, monkeypatch):
    """Those with both words are compared one by one, for a moment only."""
    monkeypatch.setattr(search.windows, "FIRST_STRETCH", 4)
    monkeypatch.setattr(search.windows, "READ_AT_MOST", 0)
    monkeypatch.setattr(search.windows, "SPACES_ONE_BY_ONE", 0)
    monkeypatch.setattr(search.windows, "VOLUMES_AT_FIRST", 1)
    thread = make_thread(space, ana, body="Quiet.")
    first, now = thread.posts.get().pk, timezone.now()
    Post.objects.bulk_create(
        Post(pk=first + number * 10_000, space=space, thread=thread, number=number, author=ana, body_html="",
             body="Home visits." if number % 2 else "Visits at home.", created_at=now + timedelta(number))
        for number in range(2, 42)
    )  # fmt: skip
    assert numbers('"home visits"', ana) == [*range(41, 1, -2)]
    monkeypatch.setattr(search.windows, "SECONDS_AT_MOST", 0)
    found = search.find('"home visits"', by=ana)
    assert 2 <= found.posts.count < 20
    assert found.posts.count_text == f"{found.posts.count}+"
    html = page(browse, ana, '"home visits"')[1]
    assert f'href="/search/?{urlencode({"q": found.older, "show": "posts"})}"'.replace("&", "&amp;") in html
    seen, typed = set(), '"home visits"'
    while typed:
        assert typed.count("before:") <= 1
        found = search.find(typed, by=ana, view=View("posts", "newest"))
        seen.update(post.number for post in found.posts.rows)
        typed = found.older
    assert seen == {*range(41, 1, -2)}


def test_old_titles_are_found_where_the_newest_are_too_few(ana, space, commons, monkeypatch):
    first = make_thread(space, ana, title="Horse").pk
    Thread.objects.bulk_create(
        Thread(
            pk=first + number * 1_000,
            space=space if number % 2 else commons,
            author=ana,
            title=f"Zebra {number}",
        )
        for number in range(1, 20)
    )
    shown = [f"Zebra {number}" for number in range(19, 0, -1)]
    newest = search.find("zebra", by=ana, view=View("threads", "newest")).threads
    best = search.find("zebra", by=ana, view=View("threads")).threads
    assert [thread.title for thread in newest.rows] == [thread.title for thread in best.rows] == shown
    assert search.find("zebra in:north", by=ana, view=View("threads")).threads.count == 10
    monkeypatch.setattr(search, "AT_MOST", 3)
    assert titles("zebra", ana) == shown[:3]


def test_a_long_silence_makes_no_stretch_longer(ana, space, monkeypatch):
    monkeypatch.setattr(search.windows, "FIRST_STRETCH", 4)
    monkeypatch.setattr(search.windows, "SPACES_ONE_BY_ONE", 0)
    thread = make_thread(space, ana, body="Old words.")
    ages = [*range(3), *range(900, 930)]
    Post.objects.bulk_create(
        Post(space=space, thread=thread, number=number, author=ana, body="Zebra.", body_html="<p>Zebra.</p>",
             created_at=timezone.now() - timedelta(days=age))
        for number, age in enumerate(ages, 2)
    )  # fmt: skip
    monkeypatch.setattr(search, "AT_MOST", 8)
    read, lengths = search.windows._read, []
    monkeypatch.setattr(
        search.windows,
        "_read",
        lambda wanted, column, end, length, lacking, **more: (
            lengths.append(length) or read(wanted, column, end, length, lacking, **more)
        ),
    )
    found = search.find("zebra", by=ana, view=View("posts", "newest")).posts.rows
    assert [post.number for post in found] == list(range(2, 10))
    assert lengths == [4, 11]
