"""What looks like details of a patient is asked about before it is shared, and kept nowhere."""

import logging
import tomllib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.html import escape

from community import patients, threads
from community.models import (
    Draft,
    HostLine,
    Message,
    Post,
    Revision,
    Room,
    Session,
    Thanks,
    Thread,
    WellDone,
)
from community.rooms import chat, continuations, conversations, hosting
from tests.making import make_reply, make_session, make_thread

NUMBER = "943 476 5919"  # the one of the documentation: no patient has it
DEMO = Path(__file__).resolve().parents[2] / "faculty" / "demo"


def kinds(text) -> set[str]:
    return {detail.kind.split(maxsplit=1)[1] for detail in patients.details(text)}


@pytest.mark.parametrize(
    "text",
    [
        "His NHS number is 943 476 5919.",
        "(943-476-5919)",
        "9434765919 was seen on Monday",
        "943\u00a0476\u00a05919",
        "９４３ ４７６ ５９１９",
        "NHS no: 94 34 76 59 19",
        "NHS No. 123 456 7881",
        "NHS number\t9434765919",
    ],
)
def test_a_number_with_the_right_last_figure_is_an_nhs_number(text):
    assert kinds(text) == {"NHS number"}


@pytest.mark.parametrize(
    "text",
    [
        "dob 3/5/48",
        "DOB: 03.05.1948",
        "D.O.B. 3rd May 1948",
        "Date of birth was May 3, 1948",
        "she was born on 3 May 2019",
        "dob 1948-05-03",
        "Mrs X, 03/05/1948, came back",
    ],
)
def test_a_date_of_birth(text):
    assert kinds(text) == {"date of birth"}


@pytest.mark.parametrize(
    "text",
    ["He lives in SW1A 1AA", "M1 1AE", "CR26XH.", "postcode: sw1a 1aa", "lives at 3 High Street, m1 1ae"],
)
def test_a_postcode(text):
    assert kinds(text) == {"postcode"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ring the patient on 07700 900123", "phone number"),
        ("pt tel (0161) 496 0000", "phone number"),
        ("the patient’s number: +44 7700 900 123", "phone number"),
        ("next of kin: jo@example.org", "e-mail address"),
    ],
)
def test_how_a_patient_is_reached(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "943 476 5918",
        "£943 476 5919",
        "1234567890",
        "1795368371",
        "We meet on 12/03/2026 at 10:30 in room B12, 3rd floor",
        "Call me on 07700 900123, or write to ana@example.org",
        "Our patient line is 0161 496 0000",
        "+44 794 604 1234",
        "The NHS was born on 5 July 1948",
        "born in 1948",
        "Registered on 01/04/2013",
        "Version 1.2.45 of 2026-11-22",
        "QOF 2024/25, PCN DES 2023-24, NG28, ICD-10 F32.1, A81001",
        "BP 120/80, 24/7, 10-12 people, 8.30 to 18.30, 12 000 of 10 000 000",
        "https://example.org/9434765919/SW1A1AA",
        "![A room](/attachments/01234567-8901-4234-8234-943476591912/)",
        "v2 3gb, m5 2nd, SE1, ST3",
        "",
    ],
)
def test_ordinary_numbers_are_no_reason_to_ask(text):
    assert patients.details(text) == []


def test_nothing_in_the_demonstration_is_asked_about():
    texts = [path.read_text() for path in DEMO.rglob("*.md")]
    texts += [text for path in DEMO.rglob("*.toml") for text in _strings(tomllib.loads(path.read_text()))]
    assert sum(map(len, texts)) > 50_000
    assert [text for text in texts if patients.details(text)] == []


def test_long_and_strange_texts_take_no_time():
    for piece in (
        "1",
        "1 ",
        "nhs ",
        "patient ",
        "lives at ",
        "born ",
        "dob 1/1/",
        "SW1A ",
        "a.",
        "-a",
        "0123abcd-",
    ):
        patients.details(piece * 20_000 + "9")


# --- Asked, not stopped ---------------------------------------------------------------------------------


def reply(browse, leader, thread, body, **more):
    form = {"body": body, "uuid": uuid.uuid4(), **more}
    return browse(leader).post(f"/threads/{thread.pk}/reply/", form)


@pytest.fixture
def thread(space, ana):
    return make_thread(space, ana)


def test_whoever_replies_is_asked_and_keeps_the_words(browse, ben, thread):
    answer = reply(browse, ben, thread, f"He is {NUMBER}, and well")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is what looks like an NHS number in your words." in page
    assert f"He is {NUMBER}, and well</textarea>" in page
    assert "Post anyway</button>" in page
    assert not Post.objects.filter(author=ben).exists()


def test_it_is_not_asked_without_a_reason(browse, ben, thread):
    assert "Post anyway" not in browse(ben).get(thread.get_absolute_url() + "?page=1").content.decode()
    assert reply(browse, ben, thread, "Ring me on 07700 900123").status_code == 302
    answer = reply(browse, ben, thread, "")
    assert answer.status_code == 422
    assert "Post anyway" not in answer.content.decode()


def test_whoever_is_sure_posts_it(browse, ben, thread):
    assert reply(browse, ben, thread, f"An example: {NUMBER}", sure="1").status_code == 302
    assert Post.objects.get(author=ben).body == f"An example: {NUMBER}"


def test_the_title_of_a_thread_counts_too(browse, ben, space):
    form = {"title": f"About {NUMBER}", "kind": "question", "body": "What now?", "uuid": uuid.uuid4()}
    answer = browse(ben).post(f"/spaces/{space.slug}/start/", form)
    assert answer.status_code == 422
    assert "Publish anyway</button>" in answer.content.decode()
    assert not Thread.objects.exists()
    assert browse(ben).post(f"/spaces/{space.slug}/start/", {**form, "sure": "1"}).status_code == 302


def test_a_new_title_is_asked_about(browse, ana, thread):
    form = {"title": "He lives in SW1A 1AA", "kind": "discussion"}
    answer = browse(ana).post(f"/threads/{thread.pk}/rename/", form)
    assert answer.status_code == 422
    assert "Save anyway</button>" in answer.content.decode()
    thread.refresh_from_db()
    assert thread.title == "A thread"
    assert browse(ana).post(f"/threads/{thread.pk}/rename/", {**form, "sure": "1"}).status_code == 302


def test_an_edit_is_asked_for_what_is_new(browse, ben, thread):
    post = threads.reply(thread, by=ben, body=f"See {NUMBER}", uuid=uuid.uuid4(), sure=True)
    threads.edit(post, by=ben, body=f"Look at {NUMBER}", version=1)
    answer = browse(ben).post(f"/posts/{post.pk}/edit/", {"body": f"{NUMBER}, dob 3/5/48", "version": 2})
    assert answer.status_code == 422
    assert "what looks like a date of birth in your words" in answer.content.decode()
    assert "Save anyway</button>" in answer.content.decode()
    assert Revision.objects.count() == 1


def test_what_was_sent_once_is_not_asked_about_again(ben, thread):
    number = uuid.uuid4()
    first = threads.reply(thread, by=ben, body=NUMBER, uuid=number, sure=True)
    assert threads.reply(thread, by=ben, body=NUMBER, uuid=number) == first


def test_a_draft_is_nobodys_business(browse, ben, thread):
    answer = browse(ben).post(f"/drafts/reply/{thread.pk}/save/", {"body": NUMBER, "uuid": uuid.uuid4()})
    assert answer.status_code == 302
    assert Draft.objects.get().body == NUMBER


def test_a_message_in_a_chat_is_asked_about(browse, ben, space):
    address = f"/spaces/{space.slug}/chat/"
    form = {"body": f"Who knows {NUMBER}?", "uuid": uuid.uuid4()}
    answer = browse(ben).post(address, form)
    assert answer.status_code == 422
    assert "Send anyway</button>" in answer.content.decode()
    assert not Message.objects.exists()
    assert browse(ben).post(address, {**form, "sure": "1"}).status_code == 302
    message = Message.objects.get()
    edited = {"body": f"Who knows {NUMBER}, from M1 1AE?"}
    answer = browse(ben).post(f"/messages/{message.pk}/edit/", edited)
    assert answer.status_code == 422
    assert browse(ben).post(f"/messages/{message.pk}/edit/", {**edited, "sure": "1"}).status_code == 302


def test_the_first_words_of_a_conversation_are_asked_about(browse, ana, ben):
    form = {"to": "@ben", "body": f"It is {NUMBER}", "uuid": uuid.uuid4()}
    answer = browse(ana).post("/conversations/start/", form)
    assert answer.status_code == 422
    assert "Send anyway</button>" in answer.content.decode()
    assert not Room.objects.exists()
    with pytest.raises(patients.PatientDetails):
        conversations.begin([ben], by=ana, body=NUMBER, uuid=uuid.uuid4())


def test_words_that_go_on_as_a_thread_are_asked_about(ana, space):
    room = chat.room_of(space)
    said = chat.say(room, by=ana, body=NUMBER, uuid=uuid.uuid4(), sure=True)
    told = {"by": ana, "title": "What he told us", "words": "dob 3/5/48"}
    with pytest.raises(patients.PatientDetails):
        continuations.begin(room, [said], uuid=uuid.uuid4(), **told)
    assert continuations.begin(room, [said], uuid=uuid.uuid4(), sure=True, **told).posts.count() == 1


def planned(**changes):
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    form = {"title": "Rotas", "host": "@dara", "day": day, "starts": "18:00", "ends": "19:00"}
    return {**form, "uuid": uuid.uuid4(), **changes}


def split_off(**changes):
    return {"extent": "onward", "start": 2, "kind": "discussion", "reason": "Another subject", **changes}


@pytest.mark.parametrize(
    ("who", "address", "form", "button"),
    [
        ("ben", "/posts/{post}/thank/", {"words": f"For {NUMBER}"}, "Say it anyway"),
        ("ben", "/messages/{message}/thank/", {"words": f"For {NUMBER}"}, "Say it anyway"),
        ("ben", "/leaders/ana/well-done/", {"words": NUMBER, "uuid": uuid.uuid4()}, "Say it anyway"),
        ("dara", "/spaces/{space}/line/", {"words": f"See {NUMBER}", "uuid": uuid.uuid4()}, "Save anyway"),
        ("dara", "/spaces/{space}/sessions/plan/", planned(title=f"Of {NUMBER}"), "Plan it anyway"),
        ("dara", "/spaces/{space}/sessions/plan/", planned(about="He lives in SW1A 1AA"), "Plan it anyway"),
        ("dara", "/sessions/{session}/change/", planned(title=f"Of {NUMBER}"), "Save anyway"),
        ("dara", "/threads/{thread}/split/", split_off(title=f"Of {NUMBER}"), "Split it anyway"),
    ],
)
def test_smaller_words_are_asked_about_too(
    request, browse, ana, ben, dara, space, thread, who, address, form, button
):
    make_reply(thread, ben)
    said = chat.say(chat.room_of(space), by=ana, body="Good morning", uuid=uuid.uuid4())
    session = make_session(space, dara, begins_in=60)
    places = {"post": thread.posts.first().pk, "thread": thread.pk, "space": space.slug}
    address = address.format(**places, message=said.pk, session=session.pk)
    before = rows()
    client = browse(request.getfixturevalue(who))
    assert button not in client.get(address).content.decode()
    answer = client.post(address, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "what looks like" in page
    assert "in your words. If it could be a patient’s" in page
    assert f"{button}</button>" in page
    assert rows() == before
    assert client.post(address, {**form, "sure": "1"}).status_code == 302
    assert rows() != before


def rows():
    """What stands in all places where such words could."""
    places = (Thanks, WellDone, HostLine, Session)
    return [[*place.objects.order_by("pk").values()] for place in places] + [Thread.objects.count()]


def test_whoever_changes_the_time_of_a_session_is_not_asked_about_its_title_again(dara, space):
    session = make_session(space, dara, title=f"Of {NUMBER}", begins_in=60, sure=True)
    later = {"starts_at": session.starts_at, "ends_at": session.ends_at + timedelta(minutes=5)}
    hosting.change(session, by=dara, host=dara, title=session.title, about="", **later)
    assert Session.objects.get().ends_at == later["ends_at"]


def test_no_log_and_no_sentence_holds_the_words(browse, ben, thread, caplog):
    caplog.set_level(logging.DEBUG)
    answer = reply(browse, ben, thread, f"It is {NUMBER}")
    assert escape(NUMBER) in answer.content.decode()
    assert NUMBER not in caplog.text
    with pytest.raises(patients.PatientDetails) as question:
        threads.reply(thread, by=ben, body=NUMBER, uuid=uuid.uuid4())
    assert NUMBER not in str(question.value)


def _strings(value):
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)
