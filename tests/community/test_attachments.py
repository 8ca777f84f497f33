"""Images and documents in posts: sent, shown, handed out by the right to the post, and gone in the end."""

import json
import re
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as live_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from community import composing, drafts, first_words, integrity, moderation, permissions, threads
from community.models import (
    Aside,
    Attachment,
    Post,
    Space,
    SpaceKind,
    SpaceMembership,
    TermsAcceptance,
    Thread,
)
from community.permissions import TooOften
from community.uploads import attachments, files
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread
from tests.sending import huge_png, office, picture, send, shown

SCRIPT = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A directory of files that a test can look into."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def on_disk() -> list[Path]:
    return [path for path in Path(live_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def put(browse, who, name="photo.png", content=None, place="north", number=None, **more):
    """Send a file as the page's script does."""
    file = SimpleUploadedFile(name, picture() if content is None else content)
    data = {"file": file, "uuid": number or uuid.uuid4(), **more}
    return browse(who).post(f"/spaces/{place}/attachments/", data, headers=SCRIPT)


def see(browse, who, attachment, size="") -> int:
    answer = browse(who).get(f"/attachments/{attachment.uuid}/{size}")
    answer.getvalue()
    return answer.status_code


def html(thread) -> str:
    return thread.posts.get(number=1).body_html


# --- Sending ---------------------------------------------------------------------------------------------


def test_ana_sends_an_image_and_is_told_what_to_write(browse, ana, space):
    answer = put(browse, ana, alt="A red square")
    sent = Attachment.objects.get()
    assert answer.status_code == 201
    assert answer.json()["markdown"] == f"[image {sent.uuid.hex[:8]}: A red square]"
    assert (sent.uploader, sent.space, sent.post, sent.kind) == (ana, space, None, "image")
    assert (sent.name, sent.width, sent.height) == ("photo.webp", 60, 40)


def test_without_a_script_the_page_shows_what_to_copy(browse, ana, space):
    page = browse(ana).get("/spaces/north/attachments/")
    assert 'enctype="multipart/form-data"' in page.content.decode()
    data = {"file": SimpleUploadedFile("plan.docx", office()), "uuid": uuid.uuid4()}
    answer = browse(ana).post("/spaces/north/attachments/", data, follow=True)
    assert f"[file {Attachment.objects.get().uuid.hex[:8]}: plan.docx]" in answer.content.decode()


def test_nothing_of_the_name_or_the_sender_is_in_the_name_on_disk(ana, space):
    sent = send(space, ana, "../../ana-brook.png")
    [path] = on_disk()
    assert re.fullmatch(
        r"attachments/[0-9a-f]{2}/[0-9a-f]{40}", str(path.relative_to(live_settings.MEDIA_ROOT))
    )
    assert str(sent.uuid) not in str(path)


def test_a_file_sent_twice_is_one(browse, ana, space):
    number = uuid.uuid4()
    first, second = (put(browse, ana, number=number) for _ in range(2))
    assert first.json() == second.json()
    assert Attachment.objects.count() == 1
    assert len(on_disk()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_sent_twice_at_once_is_one(ana, space):
    number, made = uuid.uuid4(), []

    def send_it():
        file = SimpleUploadedFile("photo.png", picture())
        made.append(attachments.upload(space, by=ana, file=file, uuid=number).pk)
        connection.close()

    senders = [threading.Thread(target=send_it) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(set(made)) == 1
    assert len(on_disk()) == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.png", b"", 422),
        ("a.png", b"<svg onload='alert(1)'/>", 422),
        ("a.png", huge_png(60_000, 60_000), 422),
        ("a.docx", office(word__vbaProject=b"x"), 422),
        ("a.png", picture() + b"\0" * files.IMAGE_AT_MOST, 413),
        ("x" * 500, b"MZ", 422),
    ],
)
def test_what_is_refused_leaves_nothing_behind(browse, ana, space, name, content, status):
    answer = put(browse, ana, name, content)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert Attachment.objects.count() == 0
    assert on_disk() == []


def test_a_refusal_stands_beside_the_field(browse, ana, space):
    data = {"file": SimpleUploadedFile("a.html", b"<p>"), "uuid": uuid.uuid4(), "alt": "Kept words"}
    answer = browse(ana).post("/spaces/north/attachments/", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="id_file_error"' in page
    assert "Files of this kind cannot be added." in page
    assert "Kept words" in page


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (b"..", None),
        (b"", None),
        (b"../../x/photo.png", "photo.webp"),
        (b"photo\0.png", "photo.webp"),
        ("gpj.\u202ephoto.png".encode(), "gpj.photo.webp"),
        (b"x" * 251 + b".png", "x" * 100 + ".webp"),
        (b"a%0d%0aX: y.png", "a%0d%0aX y.webp"),
        (b"\xff\xfe.png", None),
    ],
)
def test_odd_names_become_plain_ones_or_none(browse, ana, space, name, kept):
    parts = [
        (b'name="uuid"', str(uuid.uuid4()).encode()),
        (b'name="file"; filename="' + name + b'"', picture()),
    ]
    body = b"".join(
        b"--x\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + data + b"\r\n"
        for head, data in parts
    )
    kind = "multipart/form-data; boundary=x"
    answer = browse(ana).generic(
        "POST", "/spaces/north/attachments/", body + b"--x--\r\n", kind, headers=SCRIPT
    )
    assert answer.status_code == (201 if kept else 422)
    assert [sent.name for sent in Attachment.objects.all()] == ([kept] if kept else [])


def test_no_file_and_odd_numbers_are_refused(browse, ana, space):
    for data in ({}, {"file": "words"}, {"file": SimpleUploadedFile("a.png", picture()), "uuid": "1"}):
        assert browse(ana).post("/spaces/north/attachments/", data).status_code == 422
    assert Attachment.objects.count() == 0


def test_a_request_larger_than_any_file_is_refused_unread(browse, ana, space):
    kind = "multipart/form-data; boundary=x"
    answer = browse(ana).generic(
        "POST", "/spaces/north/attachments/", b"--x--\r\n", kind, CONTENT_LENGTH="21100001"
    )
    assert answer.status_code == 413
    assert "That file is too large" in answer.content.decode()


def test_a_full_disk_leaves_no_row(ana, space, monkeypatch):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    with pytest.raises(OSError, match="No space"):
        send(space, ana)
    assert Attachment.objects.count() == 0


def test_whoever_may_not_write_there_sends_nothing(browse, ana, ben, cleo, eli, finn, space):
    for outsider, status in ((cleo, 404), (finn, 404), (eli, 403)):
        assert put(browse, outsider).status_code == status
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate())
    assert put(browse, ben).status_code == 404
    space.closed_at = timezone.now()
    space.save()
    assert put(browse, ana).status_code == 403
    assert Attachment.objects.count() == 0
    assert on_disk() == []


def test_more_files_than_people_send_in_a_day_are_refused(browse, ana, space, monkeypatch):
    monkeypatch.setattr(permissions.limits, "ATTACHMENTS_AT_MOST", 1)
    put(browse, ana)
    answer = put(browse, ana)
    assert answer.status_code == 429
    assert "until tomorrow" in answer.json()["error"]
    monkeypatch.setattr(permissions.limits, "ATTACHMENTS_AT_MOST", 10)
    monkeypatch.setattr(permissions.limits, "ATTACHED_BYTES_AT_MOST", 10)
    assert put(browse, ana).status_code == 429
    assert len(on_disk()) == 1


def test_a_script_that_tries_and_tries_is_stopped(ana, space, monkeypatch):
    with pytest.raises(Exception, match="not what its name says"):
        send(space, ana, "a.png", b"<p>")
    monkeypatch.setattr(attachments, "TRIES_AT_MOST", 0)
    with pytest.raises(TooOften):
        send(space, ana)
    assert on_disk() == []


# --- In a post -------------------------------------------------------------------------------------------


def test_an_image_is_shown_where_its_address_stands(ana, space):
    image = send(space, ana)
    thread = make_thread(space, ana, body=f"Look:\n\n{shown(image)}")
    address = f"/attachments/{image.uuid}/"
    assert f'<img src="{address}small/" alt="A red square" width="60" height="40" loading="lazy">' in html(
        thread
    )
    image.refresh_from_db()
    assert image.post == thread.posts.get()


def test_a_document_is_a_link_that_says_what_it_is(ana, space):
    document = send(space, ana, "plan.docx", office())
    thread = make_thread(space, ana, body=shown(document, "The *plan*"))
    assert "The <em>plan</em></a> (DOCX, 1 KB)" in html(thread)


def test_a_decoration_is_silent_and_no_link(ana, space):
    image = send(space, ana)
    thread = make_thread(space, ana, body=shown(image, "decorative"))
    assert 'alt=""' in html(thread)
    assert "<a " not in html(thread)


def test_an_image_without_words_is_asked_for_some(browse, ana, space):
    image = send(space, ana)
    thread = make_thread(space, ana)
    data = {"body": f"Kept words {shown(image, '')}", "uuid": uuid.uuid4()}
    answer = browse(ana).post(f"/threads/{thread.pk}/reply/", data)
    assert answer.status_code == 422
    assert "what each image shows" in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    assert Post.objects.count() == 1
    image.refresh_from_db()
    assert image.post is None


def test_more_than_twenty_in_a_post_are_refused(ana, space):
    many = [send(space, ana, "a.pdf", b"%PDF-1.7") for _ in range(21)]
    with pytest.raises(composing.TooManyAttachments):
        make_thread(space, ana, body="\n\n".join(shown(each, "a") for each in many))
    assert Thread.objects.count() == 0
    make_thread(space, ana, body="\n\n".join(shown(each, "a") for each in many[:20]))


@pytest.mark.parametrize(
    "text",
    [
        "![x](/attachments/{uuid}/?y)",
        "![x](/attachments/{uuid}/small/)",
        "![x](//evil.example/attachments/{uuid}/)",
        "![x](/attachments/{uuid}/../../leaders/ben/photo/)",
        "![x](https://example.org/x.png)",
        "![x](/leaders/ben/photo/)",
        '<img src="/attachments/{uuid}/small/">',
        "`![x](/attachments/{uuid}/)`",
    ],
)
def test_nothing_else_becomes_an_image(ana, space, text):
    image = send(space, ana)
    thread = make_thread(space, ana, body=text.format(uuid=image.uuid))
    assert "<img" not in html(thread)
    image.refresh_from_db()
    assert image.post is None


def test_words_of_an_image_cannot_break_out(ana, space):
    image = send(space, ana)
    thread = make_thread(space, ana, body=shown(image, '" onload="alert(1)" x="<script>'))
    assert "<script" not in html(thread)
    assert re.search(r'alt="&quot; onload=&quot;alert\(1\)&quot; x=&quot;&lt;script&gt;"', html(thread))


def test_an_image_in_a_link_is_its_words(ana, space):
    image = send(space, ana)
    thread = make_thread(space, ana, body=f"[{shown(image)}](https://example.org)")
    assert "<img" not in html(thread)
    assert ">A red square</a>" in html(thread)


def test_what_another_sent_stays_a_link_and_gives_no_access(browse, ana, ben, space, commons, cleo):
    """Ben knows the address of what ana has not posted yet; cleo would see it in the open."""
    image = send(space, ana)
    thread = make_thread(commons, ben, body=shown(image))
    assert "<img" not in html(thread)
    assert f'<a href="/attachments/{image.uuid}/"' in html(thread)
    assert [see(browse, who, image) for who in (ana, ben, cleo)] == [200, 404, 404]


def test_what_was_sent_for_one_space_is_not_shown_in_another(browse, ana, cleo, space, commons):
    image = send(space, ana)
    assert "<img" not in html(make_thread(commons, ana, body=shown(image)))
    assert see(browse, cleo, image) == 404


def test_what_one_post_carries_no_other_takes_along(browse, ana, ben, cleo, space, commons):
    image = send(space, ana)
    make_thread(space, ana, body=shown(image))
    for writer in (ana, ben):
        assert "<img" not in html(make_thread(commons, writer, body=shown(image)))
    assert see(browse, cleo, image) == 404


def test_a_quoted_image_follows_the_quote(browse, ana, ben, cleo, space, commons):
    image = send(space, ana)
    inner = make_thread(space, ana, body=shown(image)).posts.get()
    outer = make_thread(commons, ana, body=f"> /posts/{inner.pk}/\n> {shown(image)}\n\nMine")
    assert "<img" in html(outer)
    assert "<img" in browse(ben).get(outer.get_absolute_url()).content.decode()
    assert str(image.uuid) not in browse(cleo).get(outer.get_absolute_url()).content.decode()
    assert see(browse, cleo, image) == 404
    image.refresh_from_db()
    assert image.post == inner


def test_a_quote_of_one_post_shows_no_image_of_another(ana, space):
    image = send(space, ana)
    make_thread(space, ana, body=shown(image))
    other = make_thread(space, ana, body="Other").posts.get()
    assert "<img" not in html(make_thread(space, ana, body=f"> /posts/{other.pk}/\n> {shown(image)}\n\nx"))


# --- Handing out -----------------------------------------------------------------------------------------


def test_an_image_is_handed_out_harmlessly(browse, ana, ben, space):
    image = send(space, ana, content=picture(size=(1200, 900)))
    make_thread(space, ana, body=shown(image))
    whole, small = (browse(ben).get(f"/attachments/{image.uuid}/{size}") for size in ("", "small/"))
    assert whole["Content-Type"] == small["Content-Type"] == "image/webp"
    assert b"".join(whole.streaming_content) == Path(image.file.path).read_bytes()
    assert b"".join(small.streaming_content) == Path(image.small.path).read_bytes()
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert whole["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole["Cross-Origin-Resource-Policy"] == "same-origin"
    assert whole["Cache-Control"] == "private, no-cache"


def test_a_kept_copy_is_good_only_as_long_as_the_right(browse, ana, ben, dara, space):
    image = send(space, ana)
    post = make_thread(space, ana, body=shown(image)).posts.get()
    address = f"/attachments/{image.uuid}/"
    answer = browse(ben).get(address)
    kept = {"if-none-match": answer["ETag"]}
    assert answer.getvalue()
    assert browse(ben).get(address, headers=kept).status_code == 304
    moderation.hide(post, by=dara, reason="Names a patient")
    assert browse(ben).get(address, headers=kept).status_code == 404


@pytest.mark.parametrize("name", ['plan "final".docx', "résumé.docx", "a\r\nX: y.docx", "\u202excod.docx"])
def test_a_document_is_handed_out_as_a_file(browse, ana, space, name):
    document = send(space, ana, name, office())
    answer = browse(ana).get(f"/attachments/{document.uuid}/")
    assert answer.getvalue() == Path(document.file.path).read_bytes()
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert answer["Cache-Control"] == "private, no-store"
    assert "X" not in answer.headers


def test_who_sees_it(browse, client, ana, ben, cleo, dara, eli, finn, space):
    image = send(space, ana)
    address = f"/attachments/{image.uuid}/"
    before = {ana: 200, ben: 404, cleo: 404, dara: 404, eli: 403, finn: 404}
    assert {who: see(browse, who, image) for who in before} == before
    make_thread(space, ana, body=shown(image))
    after = {ana: 200, ben: 200, cleo: 404, dara: 200, eli: 403, finn: 404}
    for size in ("", "small/"):
        assert {who: see(browse, who, image, size) for who in after} == after
    client.logout()
    assert client.get(address).status_code == 302
    assert browse(ana).post(address).status_code == 405


def test_an_unknown_address_and_a_lost_file_are_the_same_404(browse, ana, space):
    assert browse(ana).get(f"/attachments/{uuid.uuid4()}/").status_code == 404
    image = send(space, ana)
    image.file.storage.delete(image.file.name)
    assert see(browse, ana, image) == 404


def test_hidden_with_its_post_or_thread(browse, ana, ben, dara, space):
    image = send(space, ana)
    thread = make_thread(space, ana, body=shown(image))
    for item in (thread.posts.get(), thread):
        moderation.hide(item, by=dara, reason="Names a patient")
        assert [see(browse, who, image) for who in (ana, ben, dara)] == [404, 404, 200]
        moderation.restore(item, by=dara, reason="It does not")
        assert see(browse, ben, image) == 200


def test_an_ended_membership_ends_it(browse, ana, ben, space):
    image = send(space, ana)
    waiting = send(space, ben)
    make_thread(space, ana, body=shown(image))
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate())
    assert [see(browse, ben, each) for each in (image, waiting)] == [404, 404]


def test_a_sealed_space_shows_it_only_after_a_yes(browse, ana, ben):
    sealed = Space.objects.create(
        name="Sealed", slug="sealed", kind=SpaceKind.SEALED, description="x", mail_rule="nothing"
    )
    for member in (ana, ben):
        SpaceMembership.objects.create(space=sealed, leader=member)
    TermsAcceptance.objects.create(space=sealed, leader=ana)
    image = send(sealed, ana)
    make_thread(sealed, ana, body=shown(image))
    assert [see(browse, who, image) for who in (ana, ben)] == [200, 404]
    answer = browse(ana).get(f"/attachments/{image.uuid}/")
    assert answer.getvalue()
    assert answer["Cache-Control"] == "private, no-store"


def test_it_moves_along_with_its_thread(browse, ana, ben, cleo, dara, space, commons):
    image = send(commons, ana)
    thread = make_thread(commons, ana, body=shown(image))
    SpaceMembership.objects.create(space=space, leader=ana)
    assert see(browse, cleo, image) == 200
    moderation.move(thread, to=space, by=dara, reason="Fits better")
    assert [see(browse, who, image) for who in (ben, cleo)] == [200, 404]


def test_it_goes_with_its_post_when_a_thread_is_split_or_merged(browse, ana, ben, cleo, dara, space):
    thread = make_thread(space, ana)
    image = send(space, ben)
    make_reply(thread, ben, shown(image))
    moderation.split(thread, by=dara, reason="Another subject", title="A branch", start=2)
    branch = Thread.objects.get(title="A branch")
    for decide in (
        lambda: moderation.hide(branch, by=dara, reason="Names a patient"),
        lambda: moderation.restore(branch, by=dara, reason="It does not"),
        lambda: moderation.merge(branch, into=thread, by=dara, reason="The same subject"),
    ):
        decide()
        branch.refresh_from_db()
        assert see(browse, ana, image) == (404 if branch.hidden_at else 200)
        assert [see(browse, who, image) for who in (dara, cleo)] == [200, 404]


def test_an_operator_is_told_of_lost_files(ana, space):
    image = send(space, ana)
    image.file.storage.delete(image.file.name)
    assert list(integrity.findings()) == [f"Attachment {image.pk}: its file is missing."]


def test_search_finds_an_image_by_its_words_and_shows_no_address(browse, ana, ben, space):
    image = send(space, ana)
    make_thread(space, ana, body=f"Look: {shown(image, 'A zebra <in> the waiting room')}")
    page = browse(ben).get("/search/?q=zebra").content.decode()
    assert "[image: A <mark>zebra</mark> &lt;in&gt; the waiting room]" in page
    assert str(image.uuid) not in page


def test_what_was_taken_back_can_be_sent_again(browse, ana, ben, space, settings):
    settings.UNDO_SEND_SECONDS = 60
    image = send(space, ana)
    thread = make_thread(space, ana)
    post = make_reply(thread, ana, shown(image))
    threads.withdraw(post, by=ana)
    assert [see(browse, who, image) for who in (ana, ben)] == [200, 404]
    Attachment.objects.update(created_at=long_ago())
    assert attachments.forget_unused() == 0
    make_reply(thread, ana, shown(image))
    assert see(browse, ben, image) == 200


def test_no_mail_shows_an_image(ana, space):
    image = send(space, ana)
    thread = make_thread(space, ana, body=f"Look: {shown(image)} and {shown(send(space, ana), 'decorative')}")
    assert first_words.excerpt(thread.posts.get()) == "Look: [image: A red square] and [image]"


# --- The end ---------------------------------------------------------------------------------------------


def long_ago(days=2):
    return timezone.now() - timedelta(days=days)


def test_what_no_post_uses_is_gone_after_a_day(ana, space):
    used, unused, fresh = (send(space, ana) for _ in range(3))
    make_thread(space, ana, body=shown(used))
    Attachment.objects.filter(pk__in=[used.pk, unused.pk]).update(created_at=long_ago())
    assert attachments.forget_unused() == 1
    assert set(Attachment.objects.all()) == {used, fresh}
    assert len(on_disk()) == 2


def test_a_draft_keeps_what_it_names(ana, ben, space):
    kept, beside, others = (send(space, ana) for _ in range(3))
    thread = make_thread(space, ana)
    draft = drafts.save("reply", thread.pk, by=ana, words=drafts.Words(shown(kept)), uuid=uuid.uuid4())
    Aside.objects.create(draft=draft, uuid=uuid.uuid4(), body=shown(beside))
    drafts.save("reply", thread.pk, by=ben, words=drafts.Words(shown(others)), uuid=uuid.uuid4())
    Attachment.objects.update(created_at=long_ago())
    assert attachments.forget_unused() == 1
    assert set(Attachment.objects.all()) == {kept, beside}
    draft.delete()
    assert attachments.forget_unused() == 2
    assert on_disk() == []


def test_what_an_edit_takes_out_is_gone_for_readers_at_once_and_from_disk_in_a_month(
    browse, ana, ben, dara, space
):
    image = send(space, ana)
    post = make_thread(space, ana, body=shown(image)).posts.get()
    threads.edit(post, by=ana, body="Never mind", version=1)
    assert [see(browse, who, image) for who in (ana, ben, dara)] == [200, 404, 200]
    Attachment.objects.update(created_at=long_ago(40), removed_at=long_ago(20))
    assert attachments.forget_unused() == 0
    Attachment.objects.update(removed_at=long_ago(31))
    assert attachments.forget_unused() == 1
    assert on_disk() == []


def test_an_edit_may_bring_it_back(browse, ana, ben, space):
    image = send(space, ana)
    post = make_thread(space, ana, body=shown(image)).posts.get()
    threads.edit(post, by=ana, body="Never mind", version=1)
    threads.edit(post, by=ana, body=shown(image), version=2)
    assert see(browse, ben, image) == 200


def test_ana_takes_back_what_no_post_carries(browse, ana, ben, space):
    image = send(space, ana)
    address = f"/attachments/{image.uuid}/remove/"
    assert browse(ana).get(address).status_code == 405
    assert browse(ben).post(address).status_code == 404
    assert browse(ana).post(address, headers=SCRIPT).status_code == 204
    assert on_disk() == []
    assert browse(ana).post(address).status_code == 404


def test_nobody_takes_back_what_a_post_carries(browse, ana, ben, space):
    image = send(space, ana)
    make_thread(space, ana, body=shown(image))
    for who in (ana, ben):
        assert browse(who).post(f"/attachments/{image.uuid}/remove/").status_code == 403
    assert len(on_disk()) == 1


def test_it_stays_with_the_post_when_its_sender_leaves(browse, ana, ben, space):
    image = send(space, ana)
    make_thread(space, ana, body=shown(image))
    Attachment.objects.update(uploader=None, created_at=long_ago())
    assert attachments.forget_unused() == 0
    assert see(browse, ben, image) == 200


def test_the_answer_to_a_script_names_no_place_on_disk(browse, ana, space):
    told = put(browse, ana).json()
    assert set(told) == {"address", "name", "kind", "facts", "markdown"}
    assert Attachment.objects.get().file.name not in json.dumps(told)


def test_a_reply_may_carry_one_too(ana, ben, space):
    thread = make_thread(space, ana)
    image = send(space, ben)
    assert "<img" in make_reply(thread, ben, shown(image)).body_html
