from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.utils import timezone

from community import errands
from community.mail import letters
from community.models import Letter
from tests.making import make_reply, make_thread


@pytest.fixture(autouse=True)
def inbound(settings):
    settings.INBOUND_ADDRESS = "reply@inbound.example.org"


@pytest.fixture
def space(space):
    space.takes_mail = True
    space.save()
    return space


@pytest.fixture
def thread(space, ana):
    return make_thread(space, ana, "Saying no kindly")


@pytest.fixture
def address(ana, ben, thread, mailoutbox):
    """Where ana may reply to a letter of ben's reply."""
    return invited(ana, ben, thread, mailoutbox)


def invited(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "What do you think, @ana?")
    letter = letter_to(ana, mailoutbox)
    mailoutbox.clear()
    return parseaddr(letter.reply_to[0])[1]


def letter_to(leader, mailoutbox):
    errands.run()
    Letter.objects.filter(state="due").update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()
    [letter] = [each for each in mailoutbox if leader.email in each.to[0]]
    return letter
