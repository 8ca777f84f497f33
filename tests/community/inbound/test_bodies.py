"""What stays of a reply by e-mail: the words that were just written."""

import pytest

from community.inbound.bodies import own_words
from community.inbound.reply_keys import ABOVE
from tests.mails import REPLIES, SAID


def words(plain, html=""):
    return own_words(plain, html, above=ABOVE, ours={"collaborate@example.org", "reply@inbound.example.org"})


@pytest.mark.parametrize("program", [name for name, (*_, said) in REPLIES.items() if said is not None])
def test_only_new_words_stay(program):
    plain, html, said = REPLIES[program]
    assert words(plain, html) == said
    assert words(plain.replace("\n", "\r\n"), html) == said


def test_a_link_behind_words_keeps_its_address():
    html = """<div dir="ltr"><p>Please read <a href="https://example.com/rota?a=1&amp;b=2" target="_blank">our
    <b>rota</b></a>, or <a class="x" href="https://example.com/">example.com</a>.</p><p>It helped.</p>
    <p><a href="javascript:alert(1)">Not this</a> <a href="https://example.com/logo"><img src="x.png"></a></p>
    <p>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></p></div>"""
    said = words("", html)
    assert "our rota (<https://example.com/rota?a=1&b=2>), or example.com." in " ".join(said.split())
    assert "It helped." in said
    for foreign in ("aka.ms", "logo", "javascript", "\ue001"):
        assert foreign not in said


def test_a_sender_cannot_put_marks_of_ours_into_a_letter():
    html = "<p>One &#xe001;0&#xe002; and \ue0017\ue002 <a href='https://example.com/a b&gt;c'>there</a></p>"
    assert words("", html) == "One 0 and 7 there (<https://example.com/a%20b%3Ec>)"


@pytest.mark.parametrize(
    "said",
    [
        "Thanks,\n\nCould you ring 0191 496 0000 and ask for Pat? It is open until six.",
        "Kind regards\n\nis how I end it. Write to info@example.org first.\n\nThen wait.",
        "Best wishes,\n\nring 0191 496 0000 or\nwrite to pat@example.org, whichever is quicker:\nPat knows",
    ],
)
def test_words_below_a_closing_are_no_card(said):
    assert words(said) == said


def test_a_signature_without_a_sign_may_stay_but_no_disclaimer_and_no_letter():
    plain, html, _ = REPLIES["outlook, signature and disclaimer"]
    said = words(plain, html)
    assert said.startswith(SAID)
    for foreign in ("confidential", "0191", "Carrow", "From:"):
        assert foreign not in said
