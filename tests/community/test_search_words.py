"""Words are found however they were written: on a telephone, in a hurry, with or without accents."""

import unicodedata

import pytest

from community import moderation
from community.finding import search
from community.finding.search import View
from community.models import asking
from tests.making import make_thread

SAID = {
    "phone": "The patient’s notes aren’t with Dr O’Brien, said her GP’s receptionist.",
    "letters": "A&E waits, QOF, 2WW: the PCNs asked all HCAs about COVID-19.",
    "abroad": "Frau Müller drinks coffee in a cafe, and résumé is a word.",
    "hyphen": "Co-ordinate the follow-up of home-visits.",
    "address": "I read en.wikipedia.org/wiki/Crohn's_disease today.",
    "others": "مرحبا and שלום and 🎉",
}


@pytest.fixture
def said(ben, commons):
    for title, body in SAID.items():
        make_thread(commons, ben, title=title, body=body)


def found(typed, by):
    """The titles of the threads whose posts a search finds."""
    posts = search.find(typed, by=by, view=View("posts", "newest")).posts.rows
    return [post.thread.title for post in posts]


@pytest.mark.parametrize(
    "typed",
    ["patient", "patients", "patient's", "patient’s", "o'brien", "O’Brien", "GP", "gps", '"Dr O\'Brien"'],
)
def test_an_apostrophe_of_a_telephone_is_no_other_word(said, ana, typed):
    assert found(typed, ana) == ["phone"]


@pytest.mark.parametrize(
    "typed", ["PCN", "pcns", "hca", "QOF", "2ww", "A&E waits", "covid", "COVID-19", "covid 19", '"all HCAs"']
)
def test_abbreviations_are_found_one_or_many(said, ana, typed):
    assert found(typed, ana) == ["letters"]


@pytest.mark.parametrize(
    "typed", ["müller", "MÜLLER", unicodedata.normalize("NFD", "Müller"), "café", "résumé", '"a café"']
)
def test_a_letter_with_its_accent_is_one_and_an_accent_may_be_missing(said, ana, typed):
    assert found(typed, ana) == ["abroad"]


@pytest.mark.parametrize("typed", ["follow-up", '"follow-up"', "home visits", "home-visits", "co-ordinate"])
def test_words_with_hyphens(said, ana, typed):
    assert found(typed, ana) == ["hyphen"]


@pytest.mark.parametrize("typed", ["مرحبا", "שלום", "🎉", "\u200fשלום\u200e", "\ufeffשלום"])
def test_signs_that_nobody_sees_are_no_part_of_a_word(said, ana, typed):
    assert found(typed, ana) == ["others"]


@pytest.mark.parametrize("name", ["Crohn's_disease", "Crohn’s_disease"])
def test_an_address_with_an_apostrophe_is_found_whole(said, ana, name):
    assert found(f"en.wikipedia.org/wiki/{name}", ana) == ["address"]
    assert found(f"drinks -en.wikipedia.org/wiki/{name}", ana) == ["abroad"]


@pytest.mark.parametrize(
    "typed", ["it.example/a''b", r"a.example/\'b\\", "a.example/'|!(&", "a.example/b\\'"]
)
def test_signs_of_a_query_within_an_address_are_nothing_else(said, ana, typed):
    assert found(typed, ana) == []


@pytest.mark.parametrize("typed", ["waits -pcn", "notes -patient", "notes -o'brien", "drinks -café"])
def test_a_minus_leaves_out_all_ways_to_write_a_word(said, ana, typed):
    assert found(typed, ana) == []


def test_excerpts_mark_the_word_as_it_was_written(said, ana):
    [post] = search.find("patients", by=ana, view=View("posts")).posts.rows
    assert "<mark>patient’s</mark>" in post.excerpt


# Words of a title and of the post that opens its thread


def threads_found(typed, by, sort="best"):
    return [thread.title for thread in search.find(typed, by=by, view=View("threads", sort)).threads.rows]


@pytest.fixture
def rota(ben, commons):
    make_thread(commons, ben, title="Rota and cover at Christmas")
    return make_thread(commons, ben, title="Winter rota", body="Who covers Christmas?")


def test_words_may_stand_in_the_title_and_in_the_post_that_opens_the_thread(rota, ana, ben):
    assert threads_found("rota christmas", ana) == ["Rota and cover at Christmas", "Winter rota"]
    assert threads_found("rota christmas", ana, "newest") == ["Winter rota", "Rota and cover at Christmas"]
    assert threads_found("winter christmas in:commons", ana) == ["Winter rota"]
    assert threads_found("christmas", ana) == ["Rota and cover at Christmas"]
    assert threads_found("winter christmas -covers", ana) == []
    assert threads_found('"rota christmas"', ana) == []


def test_an_opening_that_is_hidden_helps_to_find_nothing(rota, ana, cleo, dara, space):
    private = make_thread(space, ana, title="Private rota", body="Christmas is off.")
    assert threads_found("private christmas", ana) == [private.title]
    assert threads_found("private christmas", cleo) == []
    moderation.hide(rota.posts.get(), by=dara, reason="It names somebody.")
    assert threads_found("winter christmas", ana) == threads_found("winter christmas", dara) == []


def test_behind_a_pooler_that_keeps_no_statement_all_is_found_too(rota, said, ana, monkeypatch):
    monkeypatch.setattr(asking, "_may_prepare", lambda connection: False)
    assert found("patients", ana) == ["phone"]
    assert threads_found("winter christmas", ana) == ["Winter rota"]
