"""Replies by e-mail: posted like a reply on the page, refused in a sentence, or dropped in silence."""

import uuid
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from community import drafts, errands, moderation, threads
from community.inbound import incoming, reply_keys
from community.models import Draft, InboundMail, Letter, Notice, Post, ReplyKey
from community.telling import notices
from leaders.models import Cohort, HouseRules
from tests.community.inbound.conftest import letter_to
from tests.mails import QUOTED, SAID, mail
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def comes(raw: bytes, address: str) -> InboundMail:
    """A message comes through a door, and a worker reads it."""
    row = incoming.store(raw, reply_keys.found(address))
    incoming.read_due()
    row.refresh_from_db()
    return row


def outcome(row) -> tuple[str, str]:
    return row.state, row.reason


def nothing_was_posted(thread) -> bool:
    return set(thread.posts.values_list("body", flat=True)) == {"A beginning.", "What do you think, @ana?"}


def test_a_letter_about_one_thread_says_plainly_what_a_reply_does(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "What do you think, @ana?")
    letter = letter_to(ana, mailoutbox)
    name, address = parseaddr(letter.reply_to[0])
    assert (name, address.partition("+")[0]) == ("Collaborate", "reply")
    assert len(address.partition("+")[2].partition("@")[0]) == 32
    html = letter.alternatives[0].content
    for part in (letter.body, html):
        assert reply_keys.ABOVE in part
        assert "posted in “Saying no kindly”, under your name, seen by everyone in North cohort." in part
    assert letter.body.startswith(reply_keys.ABOVE)
    assert address not in letter.body + html


def sent_again(ana, mailoutbox) -> str:
    """The address in the same letter, when somebody has it sent again."""
    row = Letter.objects.filter(leader=ana).latest("pk")
    Letter.objects.filter(pk=row.pk).update(state="due", sent_at=None)
    Notice.objects.filter(leader=ana).update(mailed_at=None)
    mailoutbox.clear()
    return parseaddr(letter_to(ana, mailoutbox).reply_to[0])[1]


def test_a_letter_that_is_sent_again_names_the_same_address(ana, thread, address, mailoutbox):
    assert sent_again(ana, mailoutbox) == address
    assert ReplyKey.objects.count() == 1
    assert outcome(comes(mail(address, SAID), address)) == ("posted", "")


def test_sent_again_about_another_thread_it_names_another_and_the_old_one_works(
    ana, ben, thread, address, mailoutbox
):
    notices.open_all(ana)
    other = make_thread(thread.space, ben, "Rotas", "And you, @ana?")
    again = sent_again(ana, mailoutbox)
    assert again != address
    assert outcome(comes(mail(address, SAID), address)) == ("posted", "")
    assert thread.posts.count() == 3
    assert outcome(comes(mail(again, SAID, message_id="<two@x>"), again)) == ("posted", "")
    assert other.posts.count() == 2


def test_sent_again_to_other_readers_than_before_it_names_another_and_the_old_one_stays_ended(
    ana, thread, address, mailoutbox
):
    reply_keys.end_those_of([thread.space])
    again = sent_again(ana, mailoutbox)
    assert again != address
    assert outcome(comes(mail(address, SAID), address)) == ("refused", "right")
    assert outcome(comes(mail(again, SAID, message_id="<two@x>"), again)) == ("posted", "")


def test_the_key_is_not_kept(address):
    key = address.partition("+")[2].partition("@")[0]
    row = ReplyKey.objects.get()
    assert key not in f"{row.digest} {row.letter.marks} {row.letter.message_key.hex}"
    assert row.expires_at - timezone.now() > timedelta(days=29)


@pytest.mark.parametrize(
    "why", ["off", "not configured", "two threads", "closed", "an alias", "a second factor"]
)
def test_other_letters_take_no_reply(ana, ben, space, thread, settings, mailoutbox, why):
    make_reply(thread, ben, "What do you think, @ana?")
    if why == "off":
        type(space).objects.update(takes_mail=False)
    elif why == "not configured":
        settings.INBOUND_ADDRESS = ""
    elif why == "two threads":
        make_thread(space, ben, "Another", "And here, @ana")
    elif why == "closed":
        type(thread).objects.update(closed_at=timezone.now())
    elif why == "a second factor":
        Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={})
    else:
        thread.posts.filter(number=1).update(alias="Quiet Otter")
    letter = letter_to(ana, mailoutbox)
    assert not letter.reply_to
    assert reply_keys.ABOVE not in letter.body
    assert not ReplyKey.objects.exists()


@pytest.mark.parametrize(
    ("kind", "rule"), [("private", "title"), ("private", "nothing"), ("sealed", "nothing")]
)
def test_where_words_may_not_leave_none_come_in(space, kind, rule):
    space.kind, space.mail_rule = kind, rule
    with pytest.raises(ValidationError, match="need a space whose titles and words may leave"):
        space.full_clean()


def test_a_reply_stands_in_the_thread(ana, ben, thread, address):
    row = comes(
        mail(address, f"{SAID}\n\nOn Sun, 22 Nov 2026 at 14:00, X <y@z.example> wrote:\n\n{QUOTED}"), address
    )
    post = thread.posts.last()
    assert (post.author, post.body) == (ana, SAID)
    assert (outcome(row), row.post, row.raw) == (("posted", ""), post, None)
    errands.run()
    assert notices.Notice.objects.filter(leader=ben, kind="thread").count() == 0


@pytest.mark.parametrize("line", ["Von: Collaborate &lt;collaborate@example.org&gt;<br>Betreff: Re", "<hr>"])
def test_a_whole_letter_quoted_in_html_leaves_no_trace(ana, ben, thread, mailoutbox, line):
    make_reply(thread, ben, "What do you think, @ana?")
    letter = letter_to(ana, mailoutbox)
    html = f"<html><body><p>Yes, we did.</p><p>{line}</p>{letter.alternatives[0].content}</body></html>"
    address = parseaddr(letter.reply_to[0])[1]
    row = comes(mail(address, html, Content_Type="text/html; charset=utf-8"), address)
    assert row.post.body == "Yes, we did."


def test_the_same_message_comes_twice_and_is_posted_once(ana, thread, address):
    raw = mail(address, SAID)
    assert outcome(comes(raw, address)) == ("posted", "")
    assert outcome(comes(raw, address)) == ("dropped", "repeated")
    assert outcome(comes(mail(address, "More.", message_id="<two@mail.example>"), address)) == ("posted", "")
    assert list(thread.posts.filter(author=ana, number__gt=1).values_list("body", flat=True)) == [
        SAID,
        "More.",
    ]


def test_a_worker_that_died_after_posting_posts_no_second_time(thread, address):
    row = comes(mail(address, SAID), address)
    InboundMail.objects.filter(pk=row.pk).update(
        state="waiting", raw=mail(address, SAID), message=None, post=None
    )
    incoming.read_due()
    row.refresh_from_db()
    assert row.state == "posted"
    assert thread.posts.filter(body=SAID).count() == 1


def test_a_draft_on_the_site_stays(ana, thread, address):
    drafts.save("reply", thread.pk, by=ana, words=drafts.Words("Half a thought"), uuid=uuid.uuid4())
    comes(mail(address, SAID), address)
    assert Draft.objects.get().body == "Half a thought"


def test_another_address_of_the_same_leader_will_do_once_it_is_verified(ana, thread, address):
    second = EmailAddress.objects.create(user=ana, email="ana@home.example", verified=False)
    raw = mail(address, SAID, by="ana@home.example")
    assert outcome(comes(raw, address)) == ("refused", "sender")
    second.verified = True
    second.save()
    raw = mail(address, SAID, by="ANA@home.example", message_id="<two@mail.example>")
    assert outcome(comes(raw, address)) == ("posted", "")


@pytest.mark.parametrize(
    "by",
    [
        "Ben Carrow <ben@example.org>",
        '"ana@example.org" <eve@evil.example>',
        "Ana Brook <ana@example.org.evil.example>",
        "ana@exаmple.org",
    ],
)
def test_whoever_else_has_the_key_cannot_use_it(thread, address, mailoutbox, by):
    row = comes(mail(address, SAID, by=by), address)
    assert row.state in ("refused", "dropped")
    assert nothing_was_posted(thread)
    for letter in mailoutbox:
        assert parseaddr(letter.to[0])[1] == parseaddr(by)[1]
        for secret in ("Saying", "North", "Ben", "ana@", address):
            assert secret not in letter.subject + letter.body.replace(str(letter.to), "")


@pytest.mark.parametrize(
    "by", ["ana@example.org, eve@evil.example", "", "<>", "ana@example.org <eve@evil.example>"]
)
def test_a_sender_who_cannot_be_told_is_dropped(thread, address, mailoutbox, by):
    assert comes(mail(address, SAID, by=by), address).state == "dropped"
    assert (nothing_was_posted(thread), mailoutbox) == (True, [])


def test_two_senders_are_none(thread, address):
    raw = b"From: eve@evil.example\r\n" + mail(address, SAID)
    assert outcome(comes(raw, address)) == ("dropped", "unreadable")


REFUSALS = {
    "closed": ("right", "This thread is closed."),
    "space closed": ("right", "This space is closed."),
    "hidden": ("right", "You can no longer reply there by e-mail."),
    "moved": ("right", "You can no longer reply there by e-mail."),
    "merged": ("right", "You can no longer reply there by e-mail."),
    "left": ("right", "You can no longer reply there by e-mail."),
    "switched off": ("right", "This space does not take replies by e-mail."),
    "an alias": ("right", "replies by e-mail are not taken"),
    "suspended": ("right", "Your account cannot be used at present."),
    "a second factor": ("right", "an e-mail cannot show"),
    "new rules": ("right", "Our house rules have changed."),
    "old": ("expired", "older than 30 days"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_what_changed_meanwhile_is_said_by_return(
    ana, dara, space, commons, thread, address, mailoutbox, why
):
    changes(why, ana, dara, space, commons, thread)
    row = comes(mail(address, SAID), address)
    reason, sentence = REFUSALS[why]
    assert outcome(row) == ("refused", reason)
    assert not Post.objects.filter(body=SAID).exists()
    [letter] = [each for each in mailoutbox if "ana@" in each.to[0]]
    assert letter.subject == "Your reply was not posted"
    assert sentence in letter.body
    nowhere = why in ("closed", "space closed", "suspended")
    assert ("You can reply on the site instead." in letter.body) is not nowhere
    assert letter.extra_headers["Auto-Submitted"] == "auto-replied"
    assert letter.extra_headers["In-Reply-To"] == "<one@mail.example>"
    for secret in (thread.title, space.name, "What do you think"):
        assert secret not in letter.body
    assert (row.raw, row.answer, row.answer_to, row.owes_answer) == (None, "", "", False)


def changes(why, ana, dara, space, commons, thread):
    """Something happens between the letter and the answer."""
    if why == "closed":
        moderation.close(thread, by=dara, reason="Done")
    elif why == "space closed":
        type(space).objects.filter(pk=space.pk).update(closed_at=timezone.now())
    elif why == "hidden":
        moderation.hide(thread, by=dara, reason="Names a patient")
    elif why == "moved":
        type(commons).objects.filter(pk=commons.pk).update(takes_mail=True)
        moderation.move(thread, by=dara, to=commons, reason="For all")
    elif why == "merged":
        moderation.merge(thread, by=dara, into=make_thread(space, dara, "The other"), reason="The same")
    elif why == "left":
        ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    elif why == "switched off":
        type(space).objects.filter(pk=space.pk).update(takes_mail=False)
    elif why == "an alias":
        thread.posts.filter(number=2).update(alias="Quiet Otter")
    elif why == "suspended":
        type(ana).objects.filter(pk=ana.pk).update(suspended_until=timezone.now() + timedelta(days=1))
    elif why == "a second factor":
        Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={})
    elif why == "new rules":
        HouseRules.objects.create(version=99, text="Be kind.")
    else:
        ReplyKey.objects.update(expires_at=timezone.now())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (QUOTED, "empty"),
        ("", "empty"),
        ("...", "empty"),
        ("\u202e\u2066", "empty"),
        ("word " * 5_000, "long"),
        ("> /posts/1/\n\nHm", None),
        ("![](/attachments/00000000-0000-0000-0000-000000000000/)", None),
    ],
)
def test_words_that_cannot_stand_are_refused(thread, address, body, reason):
    row = comes(mail(address, body), address)
    if reason:
        assert outcome(row) == ("refused", reason)
    assert row.state in ("refused", "posted")


@pytest.mark.parametrize("name", incoming.SIGNED)
def test_links_with_a_key_are_never_shown_to_a_space(settings, thread, address, mailoutbox, name):
    link = settings.SITE_URL + reverse(name, args=["a.b.c"])
    row = comes(mail(address, f"Yes.\n\nMute this thread: {link}"), address)
    assert outcome(row) == ("refused", "unfit")
    assert "could not tell your words from ours" in mailoutbox[0].body
    row = comes(mail(address, f"Yes.\n\nTo: {address}", message_id="<two@x>"), address)
    assert outcome(row) == ("refused", "unfit")
    wrapped = f"https://links.example.com/?url={quote(link, safe='').replace('http', 'HTTP')}&data=1"
    row = comes(mail(address, f"Yes.\n\nMute this thread: {wrapped}", message_id="<three@x>"), address)
    assert outcome(row) == ("refused", "unfit")
    assert nothing_was_posted(thread)


def test_what_others_said_in_our_letter_is_never_posted_as_ones_own(ana, ben, thread, mailoutbox):
    make_reply(thread, ben, "What do you think, @ana?")
    letter = letter_to(ana, mailoutbox)
    html = letter.alternatives[0].content.replace(reply_keys.ABOVE, "")
    address = parseaddr(letter.reply_to[0])[1]
    row = comes(mail(address, f"<p>Yes.</p>{html}", Content_Type="text/html; charset=utf-8"), address)
    assert outcome(row) == ("refused", "unfit")
    text = letter.body.replace(reply_keys.ABOVE, "").replace("http", "hxxp")
    row = comes(mail(address, f"Yes.\n\n{text}", message_id="<two@x>"), address)
    assert outcome(row) == ("refused", "unfit")
    assert not Post.objects.filter(by_mail=True).exists()


def test_one_sentence_of_our_letter_may_be_ones_own(thread, address):
    row = comes(mail(address, "How do I stop all e-mails about notices?"), address)
    assert outcome(row) == ("posted", "")
    assert thread.posts.last().body == "How do I stop all e-mails about notices?"


def of_space(space, **changed) -> dict:
    """The form of a space in the administration."""
    names = ("name", "slug", "description", "mail_rule", "order", "kind")
    return {
        **{name: getattr(space, name) for name in names},
        "takes_mail": "on",
        "has_chat": "on",
        "cohorts": [cohort.pk for cohort in space.cohorts.all()],
        **{f"memberships{n}-{what}_FORMS": 0 for n in ("", "-2") for what in ("TOTAL", "INITIAL")},
        **changed,
    }


def of_cohort(cohort, space) -> dict:
    """The form of a cohort in the administration, with a space that it opens from now on."""
    forms = ("memberships", "memberships-2", "Space_cohorts")
    fields = {f"{name}-{what}_FORMS": 0 for name in forms for what in ("TOTAL", "INITIAL")}
    opened = {"Space_cohorts-TOTAL_FORMS": 1, "Space_cohorts-0-space": space.pk}
    return {**{name: getattr(cohort, name) for name in ("name", "slug", "starts_on")}, **fields, **opened}


@pytest.mark.parametrize("change", ["kind", "cohort", "space"])
def test_a_space_that_was_opened_to_others_takes_no_reply_to_an_older_letter(
    finn, ben, space, thread, address, browse, mailoutbox, change
):
    south = Cohort.objects.create(name="South", slug="south", starts_on=timezone.localdate())
    linked = [*space.cohorts.values_list("pk", flat=True), south.pk]
    to, fields = {
        "kind": (space, of_space(space, kind="open", cohorts=[])),
        "cohort": (south, of_cohort(south, space)),
        "space": (space, of_space(space, cohorts=linked)),
    }[change]
    page = reverse(f"admin:{to._meta.app_label}_{to._meta.model_name}_change", args=[to.pk])
    answer = browse(finn).post(page, fields)
    assert answer.status_code == 302, answer.context["errors"]
    row = comes(mail(address, SAID), address)
    assert outcome(row) == ("refused", "right")
    assert "Others can read that space now than when we wrote." in mailoutbox[-1].body
    assert nothing_was_posted(thread)


def test_a_space_that_lost_a_cohort_goes_on_taking_replies(finn, space, thread, address, browse):
    south = Cohort.objects.create(name="South", slug="south", starts_on=timezone.localdate())
    space.cohorts.add(south)
    fields = of_space(space) | {"cohorts": [pk for pk in of_space(space)["cohorts"] if pk != south.pk]}
    browse(finn).post(reverse("admin:community_space_change", args=[space.pk]), fields)
    assert list(space.cohorts.all()) != [south]
    assert outcome(comes(mail(address, SAID), address)) == ("posted", "")


def test_a_post_that_came_by_e_mail_says_so_quietly_and_others_do_not(ana, ben, thread, address, browse):
    make_reply(thread, ben, "From the page")
    comes(mail(address, SAID), address)
    assert list(thread.posts.filter(by_mail=True)) == [thread.posts.last()]
    page = browse(ben).get(thread.get_absolute_url()).text
    assert page.count("· by e-mail") == 1
    thread.posts.filter(by_mail=True).update(author=None)
    assert "· by e-mail" not in browse(ben).get(thread.get_absolute_url()).text
    thread.posts.filter(by_mail=True).update(author=ana, hidden_at=timezone.now())
    assert "· by e-mail" not in browse(ben).get(thread.get_absolute_url()).text


def test_too_many_are_refused(ana, thread, address, monkeypatch):
    monkeypatch.setattr("community.permissions.limits.MAILS_AT_MOST", 1)
    comes(mail(address, SAID), address)
    row = comes(mail(address, "More.", message_id="<two@mail.example>"), address)
    assert outcome(row) == ("refused", "often")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (rejected)"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<a.b.example>"},
        {"Return_Path": "<>"},
        {"Subject": "Out of Office: Re: Ben replied"},
        {"Subject": "Automatic reply: away"},
        {"Subject": "=?utf-8?Q?R=C3=A9ponse_automatique_:_absent?="},
        {"Subject": "Abwesenheitsnotiz: bis Montag"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "Collaborate <collaborate@example.org>"},
        {"From": "reply@inbound.example.org"},
        {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"},
    ],
)
def test_what_a_machine_sends_is_dropped_in_silence(thread, address, mailoutbox, caplog, headers):
    row = comes(mail(address, SAID, **headers), address)
    assert outcome(row) == ("dropped", "machine")
    assert (nothing_was_posted(thread), mailoutbox, row.raw) == (True, [], None)
    assert "ana" not in caplog.text.lower()


def test_a_sender_is_told_so_seldom_that_no_one_can_be_flooded(thread, address, mailoutbox):
    for number in range(12):
        comes(mail(address, SAID, by="eve@evil.example", message_id=f"<{number}@x>"), address)
    assert len(mailoutbox) == 5
    for number in range(12):
        comes(mail(address, SAID, by=f"e{number}@evil.example", message_id=f"<a{number}@x>"), address)
    assert len(mailoutbox) == 10


def test_files_are_left_out_and_their_sender_is_told(thread, address, mailoutbox):
    parts = (
        f"--x\nContent-Type: text/plain; charset=utf-8\n\n{SAID}\n--x\nContent-Type: application/ms-tnef\n"
    )
    parts += "Content-Disposition: attachment; filename=winmail.dat\n\nTNEF\n--x--\n"
    row = comes(mail(address, parts, Content_Type="multipart/mixed; boundary=x"), address)
    assert row.state == "posted"
    assert thread.posts.last().body == SAID
    [letter] = mailoutbox
    assert letter.subject == "Your reply was posted, without its files"
    assert not thread.posts.last().attachments.exists()


def test_an_unknown_key_is_answered_to_leaders_alone(ana, mailoutbox):
    incoming.store(mail("reply+0@inbound.example.org", SAID), None)
    incoming.store(
        mail("reply+0@inbound.example.org", SAID, by="eve@evil.example", message_id="<two@x>"), None
    )
    incoming.read_due()
    assert sorted(map(outcome, InboundMail.objects.all())) == [("dropped", "key"), ("refused", "key")]
    assert [letter.to for letter in mailoutbox] == [["ana@example.org"]]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (["mx.example.org; dmarc=pass header.from=example.org"], "posted"),
        (["mx.example.org; dkim=pass header.d=example.org; spf=none"], "posted"),
        (["mx.example.org; dkim=pass header.d=example.org.evil.example"], "dropped"),
        (["mx.example.org; dmarc=fail; dkim=pass header.d=example.org"], "dropped"),
        (["mx.evil.example; dmarc=pass"], "dropped"),
        (["mx.example.org; dkim=pass (2048 bit) header.i=@example.org header.s=one"], "posted"),
        (["mx.example.org 1; spf=pass (good; of course) smtp.mailfrom=x@example.org; dmarc=pass"], "posted"),
        # What follows the name of a method was chosen by whoever sent it.
        (["mx.example.org; spf=pass smtp.mailfrom=dmarc=pass@evil.example; dmarc=none"], "dropped"),
        (['mx.example.org; spf=pass smtp.mailfrom="a; dmarc=pass"@evil.example; dmarc=none'], "dropped"),
        (["mx.example.org; spf=pass (evil.example; dmarc=pass (yes); ) smtp.helo=x; dmarc=none"], "dropped"),
        (["mx.example.org; dkim=pass header.i=header.d=example.org@evil.example"], "dropped"),
        (["mx.example.org; dkim=pass header.d=evil.example header.i=x@example.org.evil.example"], "dropped"),
        ([], "dropped"),
    ],
)
def test_the_word_of_the_trusted_server_counts(settings, thread, address, mailoutbox, said, state):
    settings.INBOUND_AUTHSERV_ID = "mx.example.org"
    raw = "".join(f"Authentication-Results: {each}\r\n" for each in said).encode() + mail(address, SAID)
    assert comes(raw, address).state == state
    assert mailoutbox == []


def test_what_cannot_be_dealt_with_is_tried_again_and_at_last_given_up(thread, address, monkeypatch):
    def break_down(*args, **kwargs):
        raise RuntimeError("ana@example.org")

    monkeypatch.setattr(threads, "reply", break_down)
    row = comes(mail(address, SAID), address)
    assert (row.state, row.error, bool(row.raw)) == ("waiting", "RuntimeError", True)
    InboundMail.objects.update(attempts=incoming.TRIES_AT_MOST, due_at=timezone.now())
    incoming.read_due()
    row.refresh_from_db()
    assert (row.state, bool(row.raw)) == ("failed", True)
    InboundMail.objects.update(received_at=timezone.now() - timedelta(days=15))
    incoming.forget_old()
    row.refresh_from_db()
    assert row.raw is None


def test_what_comes_while_posts_are_moved_is_posted_a_little_later(thread, address):
    type(thread).objects.update(is_moving=True)
    row = comes(mail(address, SAID), address)
    assert row.state == "waiting"
    assert nothing_was_posted(thread)
    type(thread).objects.update(is_moving=False)
    InboundMail.objects.update(due_at=timezone.now())
    incoming.read_due()
    row.refresh_from_db()
    assert row.state == "posted"


def test_a_server_that_is_down_gets_the_answer_later(thread, address, sink, dara):
    moderation.close(thread, by=dara, reason="Done")
    sink.answers["ana@example.org"] = "451 Later"
    row = comes(mail(address, SAID), address)
    assert (row.state, row.owes_answer, row.raw) == ("refused", True, None)
    sink.answers.clear()
    InboundMail.objects.update(due_at=timezone.now())
    incoming.read_due()
    row.refresh_from_db()
    assert (row.owes_answer, row.answer_to) == (False, "")
    [letter] = sink.letters
    assert letter["Auto-Submitted"] == "auto-replied"
    assert "This thread is closed." in letter.get_content()
    assert sink.senders == ["<>"]


def test_keys_and_lines_of_long_ago_are_forgotten(thread, address):
    comes(mail(address, SAID), address)
    ReplyKey.objects.update(expires_at=timezone.now() - timedelta(days=61))
    InboundMail.objects.update(received_at=timezone.now() - timedelta(days=91))
    incoming.forget_old()
    assert not ReplyKey.objects.exists()
    assert not InboundMail.objects.exists()
    assert thread.posts.filter(body=SAID).exists()


@pytest.mark.parametrize("altered", ["", "0", "g" * 32, "0" * 33, "%", "\x00", "é" * 32])
def test_an_altered_key_is_unknown(address, altered):
    domain = address.partition("@")[2]
    assert reply_keys.found(f"reply+{altered}@{domain}") is None
    assert reply_keys.found(address.replace("inbound.example.org", "example.org")) is None
    assert reply_keys.found(address.upper()) is not None


def test_the_programme_team_sees_what_became_of_a_message_and_nothing_of_its_words(
    finn, thread, address, browse
):
    comes(mail(address, SAID, Subject="A secret subject"), address)
    page = browse(finn).get(reverse("admin:community_inboundmail_changelist"), follow=True).content.decode()
    row = InboundMail.objects.get()
    detail = browse(finn).get(reverse("admin:community_inboundmail_change", args=[row.pk])).content.decode()
    assert "Posted" in page
    for secret in ("calmer", "secret", thread.title, address):
        assert secret not in page + detail
    assert "Replies by e-mail" in browse(finn).get(reverse("admin:index")).content.decode()


def test_what_was_given_up_can_be_read_again(finn, thread, address, browse):
    row = incoming.store(mail(address, SAID), reply_keys.found(address))
    InboundMail.objects.update(state="failed", attempts=20)
    action = {"action": "try_again", "_selected_action": [row.pk]}
    browse(finn).post(reverse("admin:community_inboundmail_changelist"), action)
    incoming.read_due()
    assert thread.posts.filter(body=SAID).exists()


def test_what_looks_like_a_patients_is_explained_by_return_without_a_word_of_it(thread, address, mailoutbox):
    row = comes(mail(address, "He is 943 476 5919, I think."), address)
    assert (outcome(row), row.raw) == (("refused", "unfit"), None)
    assert nothing_was_posted(thread)
    [letter] = mailoutbox
    words = " ".join(letter.body.split())
    assert "There is what looks like an NHS number in it." in words
    assert "reply on the site, where you can say so" in words
    assert "943" not in words
