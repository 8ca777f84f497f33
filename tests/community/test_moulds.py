"""Posts of one kind are rendered once; each still says its own words, to those alone who may read them."""

import re
from datetime import timedelta

import pytest
from django.template import engines
from django.utils import timezone
from jinja2 import nodes

from community import bookmarks, moulds, posts
from community.models import Post
from tests.making import make_reply, make_thread

PARTS = ("community/_post.html", "community/_bookmark_button.html", "community/_moderate_post.html")
NEVER_IN_A_MOULD = {"is_gap", "is_placeholder", "is_withdrawn"}


@pytest.fixture
def thread(ana, space):
    return make_thread(space, ana)


def shown(browse, leader, thread) -> list[str]:
    """The posts of a thread, each as its HTML, as somebody sees them."""
    html = browse(leader).get(f"/threads/{thread.pk}/posts/?first=1&last=20").content.decode()
    return re.findall(r'<article class="post.*?</article>', html, flags=re.DOTALL)


def test_each_post_says_its_own_words(browse, ana, ben, thread):
    for number in range(2, 6):
        make_reply(thread, ben, body=f"Words of number {number}.")
    first, *others = shown(browse, ana, thread)
    assert "A beginning." in first
    for number, html in enumerate(others, start=2):
        post = thread.posts.get(number=number)
        assert f"Words of number {number}." in html
        assert f'id="post-{number}"' in html
        assert f"/posts/{post.pk}/thank/" in html
        assert html.count("Words of number") == 1


def test_no_place_is_left_empty(browse, ana, ben, dara, thread):
    reply = make_reply(thread, ben)
    posts.thank(reply, by=ana, words="Kind of you.")
    bookmarks.keep(reply, by=ana)
    reply.thread.posts.update(edited_at=timezone.now())
    for leader in (ana, ben, dara):
        for html in shown(browse, leader, thread):
            assert not moulds.PLACE.search(html)
            assert not re.search(r"\{\w+\}", html)


def test_what_people_choose_is_escaped(browse, ana, ben, thread):
    ben.name = "<b>Ben</b> & 'Co' \""
    ben.save()
    make_reply(thread, ben)
    anonymous = make_reply(thread, ben)
    Post.objects.filter(pk=anonymous.pk).update(author=None, alias="<i>A</i>")
    _, named, unnamed = shown(browse, ana, thread)
    assert "&lt;b&gt;Ben&lt;/b&gt; &amp; &#39;Co&#39; &#34;</a>" in named
    assert "&lt;i&gt;A&lt;/i&gt;" in unnamed
    assert ">&lt;</span><div" in unnamed
    for html in (named, unnamed):
        assert "<b>" not in html
        assert "<i>" not in html


def test_braces_in_words_and_names_stay_as_they_are(browse, ana, ben, thread):
    ben.name = "Ben {number} Carrow"
    ben.save()
    make_reply(thread, ben, body="A rota of {pk} and {{html}}, 1000000000000003.")
    _, html = shown(browse, ana, thread)
    assert "Ben {number} Carrow" in html
    assert "A rota of {pk} and {{html}}, 1000000000000003." in html


def test_what_people_typed_is_escaped(browse, ana, ben, thread):
    ben.name = '<b>"Ben"</b>'
    ben.save()
    posts.thank(thread.posts.get(), by=ben, words="<i>Thank you</i>")
    make_reply(thread, ben, body="<script>alert(1)</script>")
    html = "".join(shown(browse, ana, thread))
    assert "<b>" not in html
    assert "<i>" not in html
    assert "<script>" not in html
    assert "&lt;i&gt;Thank you&lt;/i&gt;" in html


def test_posts_of_different_kinds_offer_different_things(browse, ana, ben, dara, thread):
    make_reply(thread, ben)
    Post.objects.update(created_at=timezone.now() - timedelta(days=1))
    mine, others = shown(browse, ana, thread)
    assert ("/edit/" in mine, "/report/" in mine, "/thank/" in mine) == (True, False, False)
    assert ("/edit/" in others, "/report/" in others, "/thank/" in others) == (False, True, True)
    assert not any("/hide/" in html or "/split/" in html for html in (mine, others))
    first, second = shown(browse, dara, thread)
    assert ("/hide/" in first, "/split/" in first) == (True, False)
    assert ("/hide/" in second, "/split/" in second) == (True, True)


def test_a_post_that_is_hidden_later_is_gone_at_once(browse, ana, ben, dara, thread):
    make_reply(thread, ben, body="Not for long.")
    assert "Not for long." in shown(browse, ana, thread)[1]
    thread.posts.filter(number=2).update(hidden_at=timezone.now())
    assert "Not for long." not in shown(browse, ana, thread)[1]
    assert "post--hidden" in shown(browse, dara, thread)[1]


def test_the_template_decides_only_by_what_a_kind_holds():
    """What else it asked would stand for all posts of a kind as it was for the first."""
    environment = engines["jinja2"].env
    asked, decided = set(), set()
    for part in PARTS:
        tree = environment.parse(environment.loader.get_source(environment, part)[0])
        asked |= _of_a_post(tree)
        for branch in (*tree.find_all(nodes.If), *tree.find_all(nodes.CondExpr)):
            decided |= _of_a_post(branch.test)
    kinds, values = set(moulds.Kind._fields), set(moulds.PLACES)
    assert decided <= kinds | NEVER_IN_A_MOULD
    assert asked <= kinds | values | NEVER_IN_A_MOULD


def _of_a_post(tree) -> set[str]:
    found = [*tree.find_all(nodes.Getattr), *([tree] if isinstance(tree, nodes.Getattr) else [])]
    return {each.attr for each in found if isinstance(each.node, nodes.Name) and each.node.name == "post"}


def test_what_is_kept_is_of_no_post(browse, ana, ben, thread):
    make_reply(thread, ben, body="Sun and rain.")
    shown(browse, ana, thread)
    environment = engines["jinja2"].env
    kind = moulds.Kind("", "", *[True] * (len(moulds.Kind._fields) - 2))
    mould = moulds._made(environment, kind)
    assert "{html}" in mould
    assert "{name}" in mould
    assert "Sun" not in mould
