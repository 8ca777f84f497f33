"""What an edit changed, word by word."""

import pytest
from django.template.loader import engines

from community.differences import Kind, between

LONG = " ".join(f"word{number}" for number in range(400))


def told(old: str, new: str) -> str:
    """The difference in the signs of a proof-reader."""
    signs = {Kind.REMOVED: "[-{}-]", Kind.ADDED: "[+{}+]", Kind.SAME: "{}", Kind.FOLDED: "<{}>"}
    return "".join(signs[piece.kind].format(piece.text) for piece in between(old, new))


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("The quick fox.", "The slow fox.", "The [-quick-][+slow+] fox."),
        ("Over the dog.", "Over the lazy dog.", "Over the[+ lazy+] dog."),
        ("Mrs Smith came in.", "Somebody came in.", "[-Mrs Smith-][+Somebody+] came in."),
        ("one two", "one\ntwo", "one[+\n+]two"),
        ("On Monday, at nine.", "On Friday, at ten.", "On [-Monday-][+Friday+], at [-nine-][+ten+]."),
        ("The end.", "The end, for now.", "The end[+, for now+]."),
        ("two  spaces ", " two spaces", " two spaces"),
        ("same\r\nlines", "same\nlines", "same\nlines"),
        ("", "All new", "[+All new+]"),
        ("All gone", "", "[-All gone-]"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_change_is_shown_by_whole_words(old, new, difference):
    assert told(old, new) == difference


def test_a_sign_between_two_changes_does_not_divide_them():
    assert (
        told("At nine, on Monday.", "By ten, from Tuesday.")
        == "[-At nine, on Monday-][+By ten, from Tuesday+]."
    )


def test_what_stayed_far_from_a_change_is_folded():
    pieces = between(LONG, f"Before. {LONG} After.")
    assert [piece.kind for piece in pieces] == ["added", "same", "folded", "same", "added"]
    assert [piece.word_count for piece in pieces] == [1, 20, 360, 20, 1]
    assert "".join(piece.text for piece in pieces) == f"Before. {LONG} After."


def test_both_texts_can_be_read_out_of_the_difference():
    old = LONG.replace("word7 ", "seven ") + "\n\nAn end, with signs: *so*."
    new = LONG.replace("word9", "nine").replace("word200 ", "") + "\n\nAn end!"
    pieces = between(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.REMOVED) == new


@pytest.mark.parametrize(("old", "new"), [("a b ", "b a "), ("....", ",.,."), ("xxxx", "yyyy")])
def test_texts_made_to_be_hard_are_compared_and_no_longer_than_a_moment(old, new):
    """Comparing them to the end would take minutes."""
    pieces = between(old * 5000, new * 5000)
    former = "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED)
    assert former.split() == (old * 5000).split()


def test_a_reader_who_cannot_see_colours_is_told_what_came_and_went():
    page = engines["jinja2"].from_string(
        '{% from "components.html" import difference %}{{ difference(pieces) }}'
    )
    html = page.render({"pieces": between("The <b> fox", "The\n slow fox")})
    assert "<del" in html
    assert "[removed: " in html
    assert "[added: " in html
    assert "&lt;b&gt;" in html
