"""Finding one another, never by what somebody keeps to themselves."""

import re

import pytest
from django import forms
from django.template import engines
from pytest_django.asserts import assertHTMLEqual

from leaders.directory import Directory
from leaders.models import Collaborative, Leader, Organisation
from tests.cast import make_leader


def found(browse, viewer, **query) -> list[str]:
    """The handles on the page, in order."""
    answer = browse(viewer).get("/leaders/", query)
    assert answer.status_code == 200
    return re.findall(r'class="card__link" href="/leaders/([a-z0-9-]+)/"', answer.content.decode())


@pytest.fixture
def moorland(db):
    moorland = Collaborative.objects.create(name="Moorland Collaborative", region="north_west")
    Organisation.objects.create(name="Moor Practice", collaborative=moorland, region="north_west")
    return moorland


@pytest.fixture
def gwen(moorland):
    return make_leader(
        "Gwén O'Dálaigh",
        handle="gwen",
        stage="emergent",
        profession="nurse",
        organisation=Organisation.objects.get(),
    )


def test_everybody_is_in_it_by_name(browse, ana, ben, cleo, eli):
    Leader.objects.create_user("new@example.org", name="Abe Notyet")
    assert found(browse, ana) == ["ana", "ben", "cleo", "eli"]


@pytest.mark.parametrize(
    "words", ["Gwén", "gwen", "GWEN", "dalaigh", "o'dálaigh", "gw", "gwne odalaig", "dalaih", " Gwen "]
)
def test_name_is_found_without_accents_and_with_typing_errors(browse, ana, ben, cleo, gwen, words):
    assert found(browse, ana, name=words)[0] == "gwen"


def test_closest_name_comes_first(browse, ana):
    make_leader("Carola Marsh", handle="carola")
    make_leader("Carol Marsh", handle="carol")
    assert found(browse, ana, name="carol marsh")[0] == "carol"


def test_nobody_of_that_name(browse, ana, ben):
    answer = browse(ana).get("/leaders/", {"name": "xyzzyq"})
    assert "Nobody found" in answer.content.decode()


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; drop", "a" * 120])
def test_odd_signs_are_only_signs(browse, ana, words):
    assert browse(ana).get("/leaders/", {"name": words}).status_code == 200


def test_filters_narrow_together(browse, ana, ben, gwen, moorland):
    assert found(browse, ana, stage="emergent") == ["gwen"]
    assert found(browse, ana, profession="nurse") == ["gwen"]
    assert found(browse, ana, region="north_west") == ["gwen"]
    assert found(browse, ana, collaborative=moorland.pk) == ["gwen"]
    assert found(browse, ana, stage="emergent", profession="nurse", region="north_west", name="gwen") == [
        "gwen"
    ]
    assert found(browse, ana, stage="emergent", profession="gp") == []


def test_own_region_goes_before_that_of_the_organisation(browse, ana, gwen):
    gwen.region = "wales"
    gwen.save()
    assert found(browse, ana, region="wales") == ["gwen"]
    assert found(browse, ana, region="north_west") == []


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("stage", {"stage": "emergent"}),
        ("profession", {"profession": "nurse"}),
        ("organisation", {"region": "north_west"}),
        ("organisation", {"collaborative": "moorland"}),
    ],
)
def test_nobody_is_found_by_what_they_hide(browse, ana, ben, cleo, gwen, moorland, field, query):
    query = {key: moorland.pk if value == "moorland" else value for key, value in query.items()}
    gwen.visibility[field] = "nobody"
    gwen.save()
    assert found(browse, ana, **query) == []
    assert found(browse, gwen, **query) == ["gwen"]
    assert "gwen" in found(browse, ana)


def test_cohort_finds_what_it_may_see(browse, ana, ben, cleo):
    ben.visibility["profession"] = "cohort"
    ben.profession = "podiatrist"
    ben.save()
    assert found(browse, ana, profession="podiatrist") == ["ben"]
    assert found(browse, cleo, profession="podiatrist") == []
    assert "Podiatrist" in browse(ana).get("/leaders/").content.decode().split("cards")[1]
    assert "Podiatrist" not in browse(cleo).get("/leaders/").content.decode().split("cards")[1]


@pytest.mark.parametrize(
    "query",
    [
        {"stage": "royal"},
        {"profession": "x" * 500},
        {"region": "moon"},
        {"collaborative": "x"},
        {"collaborative": "9" * 40},
        {"name": "a" * 121},
    ],
)
def test_bad_filter_gets_a_sentence(browse, ana, query):
    answer = browse(ana).get("/leaders/", query)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_nul_in_the_address_is_refused(browse, ana):
    assert browse(ana).get("/leaders/?name=%00").status_code == 400


@pytest.fixture
def crowd(db):
    people = [
        Leader(
            email=f"p{n:02}@example.org",
            handle=f"p{n:02}",
            name=f"Person {n:02}",
            sort_name=f"person {n:02}",
            joined_at="2026-01-01T00:00Z",
            visibility={"role": "cohort"},
        )
        for n in range(65)
    ]
    Leader.objects.bulk_create(people)


def test_thirty_on_a_page(browse, ana, crowd):
    assert len(found(browse, ana)) == 30
    assert len(found(browse, ana, page=3)) == 6
    assert found(browse, ana, page=99) == found(browse, ana, page=3)
    assert found(browse, ana, page="x") == found(browse, ana)


def test_pages_keep_the_filters(browse, ana, crowd):
    page = browse(ana).get("/leaders/", {"name": "person"}).content.decode()
    assert 'href="?name=person&amp;page=2"' in page


def test_a_page_costs_the_same_with_more_people(browse, ana, crowd, django_assert_num_queries):
    client = browse(ana)
    client.get("/leaders/")
    # Who I am, with what I may read; my notices; collaboratives; how many, who, with whom I share a cohort.
    with django_assert_num_queries(6):
        client.get("/leaders/")
    with django_assert_num_queries(6):
        client.get("/leaders/?page=3")


def test_a_name_that_is_only_like_another_is_found_where_none_is_close(browse, ana, ben, gwen):
    assert found(browse, ana, name="gwenn daly") == ["gwen"]
    assert "Nobody found" in browse(ana).get("/leaders/", {"name": "zzyzx"}).content.decode()


def test_looking_further_changes_nothing_for_the_next_search(ana, gwen):
    people = Leader.objects.visible_to(ana)
    before = list(people.named_nearly("gwenn daly"))
    assert list(people.named_like("gwenn daly")) == [gwen]
    assert list(people.named_nearly("gwenn daly")) == before == []


def test_those_who_may_not_be_seen_are_not_found_further_away_either(browse, ana, gwen):
    Leader.objects.filter(pk=gwen.pk).update(is_active=False)
    assert found(browse, ana, name="gwenn daly") == []


def test_a_choice_is_written_as_django_writes_it(ana, gwen):
    directory = Directory({"stage": "emergent", "collaborative": "7 <"}, viewer=ana)
    directory.is_valid()
    template = engines["jinja2"].env.from_string(
        "{% from 'forms.html' import select %}{{ select(field, attrs) }}"
    )
    for name in ("stage", "profession", "region", "collaborative"):
        field = directory.form[name]
        attrs = {"class": "nhsuk-select", "aria-describedby": False}
        assertHTMLEqual(template.render(field=field, attrs=attrs), field.as_widget(attrs=attrs))


def test_choices_in_groups_and_required_ones_are_written_so_too():
    class Odd(forms.Form):
        fruit = forms.ChoiceField(
            choices=[("", "None"), ("Red", [("1", "Apple <"), ("2", "Cherry")]), (3, "Plum")]
        )
        fixed = forms.ChoiceField(choices=[("a", "A")], disabled=True, widget=forms.Select({"data-x": "1"}))

    template = engines["jinja2"].env.from_string(
        "{% from 'forms.html' import select %}{{ select(field, {}) }}"
    )
    for form in (Odd(), Odd({"fruit": "2"}), Odd({"fruit": "9"}), Odd(initial={"fruit": 3})):
        for name in form.fields:
            assertHTMLEqual(template.render(field=form[name]), form[name].as_widget())


def test_a_line_of_text_is_written_as_django_writes_it():
    class Odd(forms.Form):
        name = forms.CharField(max_length=20, widget=forms.TextInput({"type": "search", "data-x": "<"}))
        fixed = forms.CharField(required=False, disabled=True, initial=7)

    template = engines["jinja2"].env.from_string(
        "{% from 'forms.html' import text_input %}{{ text_input(field, {'class': 'wide', 'rel': False}) }}"
    )
    for form in (Odd(), Odd({"name": '"<b>'}), Odd({"name": ""}), Odd({}, initial={"name": "Ana"})):
        for name in form.fields:
            written = form[name].as_widget(attrs={"class": "wide", "rel": False})
            assertHTMLEqual(template.render(field=form[name]), written)


def test_what_somebody_chose_is_not_chosen_for_the_next(browse, ana):
    chosen = browse(ana).get("/leaders/?stage=emergent").content.decode()
    assert chosen.count(" selected>") == 4
    assert '<option value="emergent" selected>' in chosen
    assert '<option value="emergent">' in browse(ana).get("/leaders/").content.decode()
