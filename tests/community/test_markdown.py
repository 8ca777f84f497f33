"""What people type becomes HTML that can harm nobody."""

import re
from time import process_time
from types import SimpleNamespace

import pytest

from community import markdown, quotes

ana = SimpleNamespace(pk=7, handle="ana")


def only_ana(handles):
    return [ana] if "ana" in handles else []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,xxxx)",
        '<img src=x onerror="alert(1)">',
        "![x](http://example.org/x.png)",
        '<a href="x" onclick="y()">z</a>',
    ],
)
def test_nothing_that_runs_or_loads_survives(text):
    html = markdown.render(text).html
    assert not re.search(
        r"<(script|img)|<[^>]*(\son\w+=|(href|src)=\W*(javascript|data))", html, re.IGNORECASE
    )


def test_tables_lists_links_and_emphasis_stay():
    html = markdown.render("**a** *b*\n\n- c\n\n| d |\n|---|\n| e |\n\nhttp://example.org").html
    for piece in (
        "<strong>a</strong>",
        "<em>b</em>",
        "<li>c</li>",
        "<td>e</td>",
        'href="http://example.org"',
    ):
        assert piece in html


@pytest.mark.parametrize(
    ("typed", "levels"),
    [
        ("# Plan", "3"),
        ("## Plan\n\n## Next", "33"),
        ("# Plan\n\n###### Detail", "34"),
        ("### Plan\n\n# Whole\n\n### Part\n\n## Other", "3344"),
        ("# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6", "345666"),
        ("# Plan\n\n> ## Quoted\n>\n> ### Below\n\n### Mine", "3454"),
        ("- # In a list\n\n## After", "34"),
        ("Plan\n====\n\nPart\n----", "34"),
    ],
)
def test_headings_stand_below_those_of_the_page_and_leave_out_no_level(typed, levels):
    assert "".join(re.findall(r"<h(\d)>", markdown.render(typed).html)) == levels


def test_a_heading_and_a_head_of_a_column_without_words_are_none():
    assert "<h" not in markdown.render("Words\n\n#\n\n## \u200b").html
    html = markdown.render("| |b|\n|-|-|\n|c|d|").html
    assert ("<th>b</th>" in html, html.count("<th>"), html.count("<td>")) == (True, 1, 3)


@pytest.mark.parametrize("words", ["", " ", "\u200b"])
def test_a_link_without_words_says_where_it_leads(words):
    assert ">https://nhs.uk/?a=1&amp;b=2" in markdown.render(f"[{words}](https://nhs.uk/?a=1&b=2)").html
    assert ">[]()" in markdown.render(f"[{words}]()").html


@pytest.mark.parametrize("text", ["\u200b", "> ", "#", "- ", "***", "&nbsp;", "[a]: https://nhs.uk"])
def test_what_shows_nothing_is_known_by_it(text):
    assert markdown.says_nothing(markdown.render(text))


@pytest.mark.parametrize("text", ["👍", ":)", "é", "> /posts/1/", "[](/help/)"])
def test_a_sign_is_enough(text):
    assert not markdown.says_nothing(markdown.render(text))


def test_a_mention_names_only_those_who_may_be_named():
    rendered = markdown.render("@ana and @zed, not x@ana.org", only_ana)
    assert rendered.mentions == [ana]
    assert 'href="/leaders/ana/"' in rendered.html
    assert "@zed" in rendered.html
    assert "/leaders/zed/" not in rendered.html


def test_mentions_inside_code_are_words():
    assert markdown.render("`@ana`", only_ana).mentions == []


def test_a_quote_knows_its_post():
    rendered = markdown.render("> /posts/12/\n> Hello\n\nI agree.")
    assert rendered.quotes == [12]
    assert "/posts/12/" not in rendered.html
    assert quotes.posts_in(rendered.html) == {12}


@pytest.mark.parametrize(
    "text", ["> " * 10_000 + "x", "[" * 20_000, "*" * 20_000, "- " * 10_000, "<" * 20_000]
)
def test_monstrous_nesting_is_only_text(text):
    assert len(markdown.render(text).html) < 200_000


@pytest.mark.parametrize("piece", ["http://a", "a:// ", "[a](", ">", "![", "a.b@c.d"])
def test_hostile_words_take_no_time(piece):
    words = piece * (20_000 // len(piece))
    begun = process_time()
    markdown.render(words)
    assert process_time() - begun < 3


def test_a_line_right_below_a_quote_is_the_writers_own():
    html = markdown.render("> /posts/7/\n> Theirs.\nMine.").html
    assert html.index("</blockquote>") < html.index("Mine.")
