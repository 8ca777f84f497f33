"""Rows of lists of one kind are rendered once; each still tells of its own thread."""

import re
from datetime import timedelta

import pytest
from django.template import engines
from django.utils import timezone
from jinja2 import nodes

from community import answers, levels, moulds, rows
from community.models import Thread
from leaders.models import Leader
from tests.making import make_reply, make_thread


@pytest.fixture
def shown(browse, space):
    """The rows of a space as somebody sees them, by the title of their thread."""

    def ask(leader) -> dict[str, str]:
        html = browse(leader).get(space.get_absolute_url()).content.decode()
        found = re.findall(r'<li class="row.*?</li>', html, flags=re.DOTALL)
        return {re.search(r'class="row__link" [^>]*>(.*?)<', row)[1]: row for row in found}

    return ask


def test_each_row_tells_of_its_own_thread(ana, ben, space, shown):
    quiet, busy = make_thread(space, ana, title="Rotas"), make_thread(space, ana, title="Winter")
    for _ in range(2):
        make_reply(busy, ben)
    found = shown(ana)
    assert f'id="thread-{quiet.pk}"' in found["Rotas"]
    assert "Ana Brook started it, just now" in found["Rotas"]
    assert "No reply yet" in found["Rotas"]
    assert "0 new" in found["Rotas"]
    assert f'href="{busy.get_absolute_url()}"' in found["Winter"]
    assert "Ben Carrow replied, just now" in found["Winter"]
    assert "2 replies" in found["Winter"]
    assert "2 new" in found["Winter"]


def test_rows_of_each_kind_say_so(ana, ben, dara, space, shown):
    for title in ("Pinned", "Closed", "Muted"):
        make_thread(space, ana, title=title)
    Thread.objects.filter(title="Pinned").update(is_pinned=True)
    Thread.objects.filter(title="Closed").update(closed_at=timezone.now())
    levels.follow(Thread.objects.get(title="Muted"), by=ben, level="muted")
    asked = make_thread(space, ana, title="Asked", kind="question")
    answered = make_thread(space, ana, title="Done", kind="question")
    answers.mark_answer(make_reply(answered, ben), by=ana)
    found = shown(ben)
    for title in ("Pinned", "Closed", "Muted"):
        assert f'<span class="badge">{title}</span>' in found[title]
    assert '<span class="badge">Question</span>' in found["Asked"]
    assert "Ana Brook asked, " in found["Asked"]
    assert '<span class="badge">Answered</span>' in found["Done"]
    assert "data-unread" not in found["Muted"]
    assert f'data-unread="{asked.pk}">1 new' in found["Asked"]
    assert f'data-unread="{answered.pk}">1 new' in found["Done"]


def test_what_is_new_is_counted_up_to_99(ana, ben, space, shown, monkeypatch):
    thread = make_thread(space, ana)
    monkeypatch.setattr(rows, "MANY", 2)
    assert "1 new" in shown(ben)["A thread"]
    make_reply(thread, ana)
    assert "99+ new" in shown(ben)["A thread"]


def test_what_people_typed_is_escaped_and_stays_as_it_is(ana, ben, space, shown):
    Leader.objects.filter(pk=ana.pk).update(name='<b>"Ana"</b> {pk}')
    make_thread(space, ana, title="{title} & <i>1000000000000003</i>")
    [row] = shown(ben).values()
    assert "&lt;b&gt;&#34;Ana&#34;&lt;/b&gt; {pk} started it" in row
    assert "{title} &amp; &lt;i&gt;1000000000000003&lt;/i&gt;" in row
    assert "<i>" not in row


def test_who_left_and_who_wrote_under_another_name(ana, ben, space, shown):
    make_thread(space, ana)
    thread = Thread.objects.get()
    thread.posts.update(author=None, alias="")
    assert "Somebody who has left started it" in shown(ben)["A thread"]
    thread.posts.update(alias="otter")
    assert "otter started it" in shown(ben)["A thread"]
    assert re.search(r'avatar--tone-none" aria-hidden="true">O</span>', shown(ben)["A thread"])


def test_a_photo_stands_there_if_everybody_may_see_it(ana, ben, space, shown):
    make_thread(space, ana)
    ana.photo = "photos/abc.webp"
    ana.save()
    assert "/leaders/ana/photo/?v=abc" in shown(ben)["A thread"]
    ana.visibility = {**ana.visibility, "photo": "cohort"}
    ana.save()
    assert "photo" not in shown(ben)["A thread"]
    assert ">AB</span>" in shown(ben)["A thread"]


def test_no_place_is_left_empty(ana, ben, dara, space, shown):
    make_reply(make_thread(space, ana, kind="question"), ben)
    make_thread(space, ben)
    for leader in (ana, ben, dara):
        for row in shown(leader).values():
            assert not moulds.PLACE.search(row)
            assert not re.search(r"\{\w+\}", row)


def test_a_title_changed_later_is_shown_at_once(ana, ben, space, shown):
    thread = make_thread(space, ana, title="Before")
    assert "Before" in shown(ben)
    Thread.objects.filter(pk=thread.pk).update(title="After")
    assert list(shown(ben)) == ["After"]


def test_the_template_decides_only_by_what_a_kind_holds():
    """What else it asked would stand for all rows of a kind as it was for the first."""
    asked, decided = of_a_row(engines["jinja2"].env, rows.TEMPLATE)
    assert decided <= set(rows.Kind._fields)
    assert asked <= set(rows.Kind._fields) | set(rows.PLACES)


def of_a_row(environment, template) -> tuple[set[str], set[str]]:
    """What a template asks of its row at all, and what it decides by."""
    tree = environment.parse(environment.loader.get_source(environment, template)[0])
    branches = (*tree.find_all(nodes.If), *tree.find_all(nodes.CondExpr))
    return _names(tree), set().union(*(_names(branch.test) for branch in branches))


def _names(tree) -> set[str]:
    found = [*tree.find_all(nodes.Getattr), *([tree] if isinstance(tree, nodes.Getattr) else [])]
    return {each.attr for each in found if isinstance(each.node, nodes.Name) and each.node.name == "row"}


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "a minute ago"),
        (timedelta(seconds=125), "2\xa0minutes ago"),
        (timedelta(minutes=59, seconds=59), "59\xa0minutes ago"),
        (timedelta(hours=1), "an hour ago"),
        (timedelta(hours=23, minutes=59), "23\xa0hours ago"),
        (timedelta(days=1), "1\xa0day ago"),
        (timedelta(days=6, hours=23), "6\xa0days ago"),
    ],
)
def test_times_are_told_as_people_say_them(age, words):
    ago = engines["jinja2"].env.filters["ago"]
    assert ago(timezone.now() - age) == words
