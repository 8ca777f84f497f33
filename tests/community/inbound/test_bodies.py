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


def test_a_signature_without_a_sign_may_stay_but_no_disclaimer_and_no_letter():
    plain, html, _ = REPLIES["outlook, signature and disclaimer"]
    said = words(plain, html)
    assert said.startswith(SAID)
    for foreign in ("confidential", "0191", "Carrow", "From:"):
        assert foreign not in said
