"""What is kept of a server's answer holds nothing of a letter."""

import pytest

from leaders.answers import without_words
from leaders.mail import Line, Outcome
from tests.leaders.test_mail import plain_letter


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 No such person", "550 5.1.1 No such person"),
        (
            "550 5.1.1 <ana@example.org>: Recipient address rejected",
            "550 5.1.1 …: Recipient address rejected",
        ),
        ("452 4.2.2 ana@example.org mailbox full", "452 4.2.2 … mailbox full"),
        ("554 5.7.1 Link https://ours.example/unsubscribe/abc.def blocked", "554 5.7.1 Link … blocked"),
        ('554 Subject "Ben mentioned you in Names" looks like spam', "554 Subject … looks like spam"),
        ("554 Subject “Saying no” looks like spam", "554 Subject … looks like spam"),
        ("554 don't send\r\n that", "554 don't send that"),
        ("", ""),
    ],
)
def test_what_is_quoted_is_left_out(said, kept):
    assert without_words(said) == kept


def test_words_of_the_letter_are_left_out_however_they_stand():
    said = "554 Refused: SAYING no kindly, to Brook"
    assert (
        without_words(said, "Ben replied in “Saying no kindly”", "Ana Brook <ana@x>")
        == "554 Refused: … no …, to …"
    )


def test_a_long_answer_takes_no_long_time():
    assert len(without_words("'" * 100_000 + "<" * 100_000)) <= 2_000


def test_a_server_that_repeats_the_letter_is_not_believed_to_be_discreet(sink):
    letter = plain_letter("gone@example.org")
    letter.subject = "Canary in “Names a patient”"
    sink.answers = {"gone@example.org": "550 5.1.1 gone@example.org said canary in Names a patient"}
    with Line() as line:
        delivery = line.send(letter)
    assert delivery.outcome == Outcome.BOUNCED
    assert delivery.note == "550 5.1.1 … said … in … a …"
