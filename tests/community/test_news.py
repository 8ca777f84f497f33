"""Threads with something new of one kind are rendered once; each still tells of its own thread."""

import re

import pytest
from django.template import engines

from community import moulds, news, reading
from community.models import Post
from leaders.models import Leader
from tests.community.test_rows import of_a_row
from tests.making import make_reply, make_thread


@pytest.fixture
def shown(browse):
    """What is new for somebody, by the title of the thread."""

    def ask(leader) -> dict[str, str]:
        html = browse(leader).get("/catch-up/").content.decode()
        found = re.findall(r'<li class="row row--new catch.*?</li>', html, flags=re.DOTALL)
        return {re.search(r'class="row__link" [^>]*>(.*?)<', row)[1]: row for row in found}

    return ask


def test_each_tells_of_its_own_thread(ana, ben, space, shown):
    quiet = make_thread(space, ana, title="Rotas", body="Who opens on Boxing Day?")
    busy = make_thread(space, ana, title="Winter", kind="question")
    make_reply(busy, ana, body="Nobody yet.")
    found = shown(ben)
    assert "Ana Brook started it, just now" in found["Rotas"]
    assert '<p class="catch__words">Who opens on Boxing Day?</p>' in found["Rotas"]
    assert f'href="{quiet.get_absolute_url()}?page=1#post-1"' in found["Rotas"]
    assert f'name="thread" value="{quiet.pk}"' in found["Rotas"]
    assert "Ana Brook asked, just now" in found["Winter"]
    assert f'data-unread="{busy.pk}">2 new' in found["Winter"]
    assert f'hx-get="/threads/{busy.pk}/new/"' in found["Winter"]
    reading.mark_read(busy, by=ben, first=1, last=1)
    again = shown(ben)["Winter"]
    assert "Ana Brook replied, just now" in again
    assert "Nobody yet." in again
    assert "#post-2" in again


def test_what_people_typed_is_escaped_and_stays_as_it_is(ana, ben, space, shown):
    Leader.objects.filter(pk=ana.pk).update(name='<b>"Ana"</b> {pk}')
    make_thread(space, ana, title="{title} & <i>1000000000000003</i>", body="{words} &lt;u&gt;")
    [row] = shown(ben).values()
    assert "&lt;b&gt;&#34;Ana&#34;&lt;/b&gt; {pk} started it" in row
    assert "{title} &amp; &lt;i&gt;1000000000000003&lt;/i&gt;" in row
    assert "{words} &lt;u&gt;" in row
    assert not re.search(r"<[biu]>", row)


def test_who_left_has_no_name_and_no_place_is_left_empty(ana, ben, space, shown):
    make_thread(space, ana)
    Post.objects.update(author=None)
    [row] = shown(ben).values()
    assert "Somebody who has left started it" in row
    assert not moulds.PLACE.search(row.replace(re.search(r'name="until" value="(\d+)"', row)[1], ""))
    assert not re.search(r"\{\w+\}", row)


def test_the_template_decides_only_by_what_a_kind_holds():
    environment = engines["jinja2"].env
    asked, decided = of_a_row(environment, "community/_news.html")
    assert decided <= set(news.Kind._fields)
    assert asked <= set(news.Kind._fields) | set(news.PLACES)
