"""Words of others stand in a post as long as its reader may see where they were said."""

from types import SimpleNamespace

from community import markdown, quotes


def test_a_quote_that_the_reader_cannot_see_is_gone_with_all_inside_it():
    html = markdown.render("> /posts/12/\n> Secret\n>\n> > deeper secret\n\nAfter").html
    dressed = quotes.dress(html, {}, {})
    assert "ecret" not in dressed
    assert "A quote from a post that you cannot see." in dressed
    assert "After" in dressed


def test_a_quote_that_the_reader_can_see_is_named():
    author = SimpleNamespace(name="Ana <Brook>")
    post = SimpleNamespace(pk=12, author=author, alias="")
    dressed = quotes.dress(markdown.render("> /posts/12/\n> Hello").html, {12: post}, {})
    assert "Ana &lt;Brook&gt; wrote" in dressed
    assert "Hello" in dressed


def test_quoting_leaves_out_the_quotes_inside():
    post = SimpleNamespace(pk=3, body="> /posts/1/\n> old\n\nMine\nagain")
    assert quotes.of_post(post) == "> /posts/3/\n> Mine\n> again\n\n"


def test_each_quote_goes_by_its_own_post():
    """One that may be seen stays, also beside one that may not; inside one that may not it is gone."""
    seen, inside = "> /posts/12/\n> Hello\n\n", "> /posts/13/\n> Secret\n>\n> > /posts/12/\n> > Goodbye\n\n"
    post = SimpleNamespace(pk=12, author=SimpleNamespace(name="Ana"), alias="")
    dressed = quotes.dress(markdown.render(f"{seen}Between\n\n{inside}{seen}After").html, {12: post}, {})
    assert dressed.count("Ana wrote") == dressed.count("Hello") == 2
    assert dressed.count("A quote from a post that you cannot see.") == 1
    assert "Secret" not in dressed
    assert "Goodbye" not in dressed
    assert dressed.index("Between") < dressed.index("cannot see") < dressed.index("After")


def test_words_of_ones_own_are_those_outside_quotes():
    html = markdown.render("> /posts/12/\n> Hello\n>\n> > deeper\n\nMine\n\n> A proverb").html
    own = quotes.without_posts(html)
    assert "Mine" in own
    assert "A proverb" in own
    assert "Hello" not in own
    assert "deeper" not in own
