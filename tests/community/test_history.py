"""The history of a post: whoever sees the post sees how it was edited, but for what a moderator hid."""

import pytest
from django.core.exceptions import PermissionDenied

from community import moderation, revisions, threads
from community.models import Decision, Notice, Post, Revision, Space, SpaceKind, SpaceMembership
from community.permissions import Conflict
from community.telling import announcements, outcomes
from tests.making import make_reply, make_thread


@pytest.fixture
def post(space, ana):
    """Ana's post, which named a patient in its second text."""
    post = make_thread(space, ana, body="We saw a patient today.").posts.get()
    threads.edit(post, by=ana, body="We saw Mrs Smith today.", version=1)
    return threads.edit(post, by=ana, body="We saw somebody today.", version=2)


@pytest.fixture
def naming(post):
    """The text that names a patient."""
    return post.revisions.get(version=2)


def text(response) -> str:
    return response.content.decode()


def history(post, viewer) -> dict[int, str]:
    """What the viewer reads of each version: the changes, or the whole text."""
    return {
        each.version: "".join(piece.text for piece in each.changes) if each.changes else each.body
        for each in revisions.page(post, 1, viewer=viewer)
    }


def test_whoever_sees_a_post_sees_how_it_was_edited(browse, post, ben):
    page = text(browse(ben).get(f"/posts/{post.pk}/history/"))
    assert "Version 3, as it stands" in page
    assert "[removed: </span>Mrs Smith<" in page
    assert "[added: </span>somebody<" in page
    assert page.index("Version 3") < page.index("Version 2") < page.index("Version 1")


def test_whoever_cannot_see_a_post_sees_no_history_of_it(browse, post, cleo, dara):
    address = f"/posts/{post.pk}/history/"
    assert browse(cleo).get(address).status_code == 404
    moderation.hide(post, by=dara, reason="It names a patient.")
    assert browse(post.author).get(address).status_code == 404
    assert browse(dara).get(address).status_code == 200


def test_a_hidden_text_leaves_the_history_and_the_differences_beside_it(browse, post, naming, ana, ben, dara):
    moderation.hide_revision(naming, by=dara, reason="It names a patient.")
    for reader in (ana, ben):
        page = text(browse(reader).get(f"/posts/{post.pk}/history/"))
        assert "Smith" not in page
        assert "A moderator has hidden this text." in page
        assert history(post, reader)[3] == "We saw a patientsomebody today."
    assert "Smith" in text(browse(dara).get(f"/posts/{post.pk}/history/"))


def test_a_hidden_first_text_leaves_the_second_without_a_difference(post, ben, dara):
    moderation.hide_revision(post.revisions.get(version=1), by=dara, reason="It names a place.")
    assert [each.changes is None for each in revisions.page(post, 1, viewer=ben)] == [False, True, True]


def test_a_hidden_text_is_shown_again(post, naming, ben, dara):
    moderation.hide_revision(naming, by=dara, reason="It names a patient.")
    moderation.restore_revision(naming, by=dara, reason="Mrs Smith is a nurse here.")
    assert "Mrs Smith" in history(post, ben)[2]
    assert list(Decision.objects.values_list("verb", "detail__version")) == [
        ("restore_revision", 2),
        ("hide_revision", 2),
    ]


def test_the_author_is_told_why_and_the_post_stays(post, naming, ana, ben, dara):
    decision = moderation.hide_revision(naming, by=dara, reason="It names a patient.")
    outcomes.tell_author(decision)
    told = Notice.objects.get(leader=ana, kind="moderation").words
    assert told == "A moderator has hidden a former text of your post. The reason: It names a patient."
    assert Post.objects.visible_to(ben).filter(pk=post.pk).exists()


def test_a_decision_about_a_text_closes_no_case_about_the_post(post, naming, ben, dara):
    case = moderation.report(post, by=ben, category="other").case
    moderation.hide_revision(naming, by=dara, reason="It names a patient.")
    case.refresh_from_db()
    assert case.is_open


def test_hiding_a_hidden_text_is_told_and_leaves_nothing(browse, post, naming, dara):
    address = f"/posts/{post.pk}/history/2/hide/"
    assert browse(dara).post(address, {"reason": "It names a patient."}).status_code == 302
    answer = browse(dara).post(address, {"reason": "Once more."})
    assert answer.status_code == 409
    assert "This text is hidden already." in text(answer)
    assert "Once more." in text(answer)
    with pytest.raises(Conflict, match="not hidden"):
        moderation.restore_revision(post.revisions.get(version=1), by=dara, reason="Why not.")
    assert Decision.objects.count() == 1


def test_a_moderator_hides_a_text_with_a_reason_and_by_post_alone(browse, post, dara):
    address = f"/posts/{post.pk}/history/2/hide/"
    assert "We saw Mrs Smith today." in text(browse(dara).get(address))
    answer = browse(dara).post(address, {"reason": ""})
    assert answer.status_code == 422
    assert "Give a reason." in text(answer)
    assert not Decision.objects.exists()
    browse(dara).post(address, {"reason": "It names a patient."})
    assert Revision.objects.get(post=post, version=2).is_hidden
    assert "Show this text again" in text(browse(dara).get(f"/posts/{post.pk}/history/"))


def test_others_are_refused_and_what_is_hidden_is_not_there_for_them(
    browse, post, naming, ana, ben, cleo, dara
):
    hide, restore = (f"/posts/{post.pk}/history/2/{verb}/" for verb in ("hide", "restore"))
    for member in (ana, ben):
        assert browse(member).post(hide, {"reason": "Please."}).status_code == 403
        assert "Hide this text" not in text(browse(member).get(f"/posts/{post.pk}/history/"))
    assert browse(cleo).post(hide, {"reason": "Please."}).status_code == 404
    assert browse(dara).post(f"/posts/{post.pk}/history/3/hide/", {"reason": "Now."}).status_code == 404
    moderation.hide_revision(naming, by=dara, reason="It names a patient.")
    for member in (ana, ben, cleo):
        assert browse(member).get(restore).status_code == 404
        assert browse(member).post(restore, {"reason": "Back."}).status_code == 404
    assert Decision.objects.count() == 1


def test_a_moderator_does_not_decide_about_their_own_former_text(dara, space):
    post = make_thread(space, dara).posts.get()
    post = threads.edit(post, by=dara, body="Better.", version=1)
    with pytest.raises(PermissionDenied, match="your own words"):
        moderation.hide_revision(post.revisions.get(), by=dara, reason="Hm.")


def test_former_texts_are_visible_as_their_posts_are(post, naming, ana, ben, cleo, dara, eli):
    def seen(leader):
        return set(Revision.objects.visible_to(leader).values_list("version", flat=True))

    assert [seen(each) for each in (ana, ben, cleo, dara, eli)] == [{1, 2}, {1, 2}, set(), {1, 2}, set()]
    moderation.hide_revision(naming, by=dara, reason="It names a patient.")
    assert [seen(each) for each in (ana, ben, dara)] == [{1}, {1}, {1, 2}]


def test_who_has_not_accepted_the_rules_of_a_sealed_space_sees_no_history(browse, ana, ben):
    sealed = Space.objects.create(
        name="Quiet", slug="quiet", kind=SpaceKind.SEALED, description="Here only.", mail_rule="nothing"
    )
    for leader in (ana, ben):
        SpaceMembership.objects.create(space=sealed, leader=leader)
    sealed.terms_accepted.create(leader=ana)
    post = make_thread(sealed, ana, body="One").posts.get()
    threads.edit(post, by=ana, body="Two", version=1)
    assert browse(ana).get(f"/posts/{post.pk}/history/").status_code == 200
    assert browse(ben).get(f"/posts/{post.pk}/history/").status_code == 404
    assert not Revision.objects.visible_to(ben).exists()


def test_the_moderator_reads_quotes_in_a_former_text_by_their_own_rights(browse, ana, dara, commons, space):
    elsewhere = Space.objects.create(
        name="South", slug="south", kind=SpaceKind.PRIVATE, description="Others."
    )
    SpaceMembership.objects.create(space=elsewhere, leader=ana)
    secret = make_thread(elsewhere, ana, body="Zebra").posts.get()
    post = make_thread(commons, ana, body=f"> /posts/{secret.pk}/\n> Zebra\n\nIndeed.").posts.get()
    post = threads.edit(post, by=ana, body="Never mind.", version=1)
    for address in ("", "1/hide/"):
        assert "Zebra" not in text(browse(dara).get(f"/posts/{post.pk}/history/{address}"))


def test_two_hundred_texts_are_read_by_pages_and_in_as_many_questions_as_two(
    browse, ana, ben, space, django_assert_max_num_queries
):
    post = make_thread(space, ana, body="Text 0").posts.get()
    for version in range(1, 200):
        Revision.objects.create(
            post=post, version=version, body=f"Text {version}", editor=ana, at=post.created_at
        )
    Post.objects.filter(pk=post.pk).update(version=200, body="Text 200")
    post.refresh_from_db()
    with django_assert_max_num_queries(5):
        texts = revisions.page(post, 2, viewer=ben)
    assert [each.version for each in texts] == list(range(190, 180, -1))
    assert all(each.changes for each in texts)
    for page in ("1", "20", "9999", "x"):
        assert browse(ben).get(f"/posts/{post.pk}/history/?page={page}").status_code == 200
    assert 'aria-current="page"' in text(browse(ben).get(f"/posts/{post.pk}/history/?page=20"))


def test_a_mention_added_by_an_edit_tells_once(ana, ben, space):
    thread = make_thread(space, ana)
    post = make_reply(thread, ana, body="Nobody named")
    for version, body in enumerate(["@ben is", "@ben was", "nobody", "@ben again"], start=1):
        post = threads.edit(post, by=ana, body=body, version=version)
        announcements.announce_post(post)
    assert Notice.objects.filter(leader=ben, kind="mention").count() == 1
