"""The administration of people: who gets in, what it shows, and what it never lets anybody do."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from leaders import live
from leaders.models import HouseRules, HouseRulesAcceptance, Leader, Organisation, Signpost, StageRecord
from tests.cast import make_leader

LEADERS = "/admin/leaders/leader/"


@pytest.fixture
def told(monkeypatch):
    """The leaders whose open pages were asked to check their rights."""
    told = []
    monkeypatch.setattr(live, "rights_changed", told.append)
    return told


@pytest.fixture
def gwen(db):
    """An admin who looks after people, and is no superuser."""
    gwen = make_leader("Gwen Hale", is_staff=True)
    wanted = ("add_leader", "change_leader", "view_leader", "change_cohortmembership", "add_stagerecord")
    gwen.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return gwen


def fields_of(leader, **changed) -> dict:
    """What the page of a leader posts."""
    fields = {
        "name": leader.name,
        "role": leader.role,
        "profession": leader.profession,
        "organisation": "",
        "region": leader.region,
        "is_active": "on",
        "suspended_until_0": "",
        "suspended_until_1": "",
        "suspension_reason": "",
        **{f"{prefix}-TOTAL_FORMS": 0 for prefix in PREFIXES},
        **{f"{prefix}-INITIAL_FORMS": 0 for prefix in PREFIXES},
    }
    fields |= {"is_staff": "on"} if leader.is_staff else {}
    fields |= {"is_superuser": "on"} if leader.is_superuser else {}
    return fields | changed


PREFIXES = ("cohort_memberships", "cohort_memberships-2", "stage_records")
PAGES = sorted(f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry)


@pytest.mark.parametrize("address", ["/admin/", *PAGES])
def test_admin_opens_every_list(browse, finn, address):
    assert browse(finn).get(address).status_code == 200


@pytest.mark.parametrize("address", ["/admin/", *PAGES])
def test_nobody_else_gets_in(client, browse, ana, dara, eli, address):
    assert client.get(address).status_code == 302
    for leader in (ana, dara, eli):
        assert browse(leader).get(address, follow=True).status_code == 403


def test_nothing_registered_shows_or_writes_words(finn):
    names = {model.__name__ for model in admin.site._registry}
    assert not names & {"Thread", "Post", "Revision", "Message", "Case", "Report", "Decision", "Notice"}
    assert not names & {"EmailAddress", "Authenticator", "UserSession", "LogEntry"}


def test_list_shows_what_matters_in_few_queries(browse, finn, ana, ben, django_assert_max_num_queries):
    client = browse(finn)
    with django_assert_max_num_queries(14):
        page = client.get(LEADERS).content.decode()
    assert "ana@example.org" in page
    assert "North 2026" in page
    for number in range(20):
        make_leader(f"Leader{number} Extra")
    with django_assert_max_num_queries(14):
        client.get(LEADERS)


@pytest.mark.parametrize(
    ("question", "found", "missing"),
    [
        ("cohort=north-2026", "ana@", "cleo@"),
        ("cohort=none", "cleo@", "ana@"),
        ("suspended=yes", "eli@", "ana@"),
        ("is_faculty__exact=1", "dara@", "ana@"),
        ("joined_at__isempty=1", "newcomer@", "ana@"),
        ("region=london", "cleo@", "ana@"),
        ("q=carrow", "ben@", "ana@"),
    ],
)
def test_filters(browse, finn, ana, ben, cleo, dara, eli, question, found, missing):
    make_leader("Newcomer", joined_at=None)
    cleo.organisation = Organisation.objects.create(name="Wharf Surgery", region="london")
    cleo.save()
    page = browse(finn).get(f"{LEADERS}?{question}").content.decode()
    assert found in page
    assert missing not in page


def test_address_password_and_own_words_cannot_be_touched(browse, finn, ana):
    ana.ask_me_about = "Letting go of a partnership"
    ana.save()
    page = browse(finn).get(f"{LEADERS}{ana.pk}/change/").content.decode()
    for name in ("email", "password", "handle", "ask_me_about", "stage", "joined_at"):
        assert f'name="{name}"' not in page
    assert "Letting go of a partnership" not in page
    assert ana.password not in page
    browse(finn).post(
        f"{LEADERS}{ana.pk}/change/",
        fields_of(ana, email="mine@example.org", password="x", ask_me_about="No", handle="x", stage="future"),
    )
    before, ana = ana, Leader.objects.get(pk=ana.pk)
    for name in ("email", "password", "ask_me_about", "handle", "stage"):
        assert getattr(ana, name) == getattr(before, name)


@pytest.mark.parametrize("address", ["password/", "change/password/", "login/"])
def test_there_is_no_page_to_become_somebody(browse, finn, ana, address):
    assert browse(finn).get(f"{LEADERS}{ana.pk}/{address}").status_code in (302, 404)
    assert browse(finn).get(f"{LEADERS}{ana.pk}/{address}", follow=True).wsgi_request.user == finn


def test_admin_renames_and_suspends(browse, finn, ana, told):
    until = timezone.localtime() + timedelta(days=3)
    fields = fields_of(
        ana,
        name="Ana Brook-Åse",
        suspended_until_0=f"{until:%Y-%m-%d}",
        suspended_until_1="12:00",
        suspension_reason="A pause after the quarrel.",
    )
    assert browse(finn).post(f"{LEADERS}{ana.pk}/change/", fields).status_code == 302
    ana.refresh_from_db()
    assert ana.is_suspended
    assert ana.sort_name == "ana brook-ase"
    assert told == [ana.pk]


def test_suspension_wants_a_reason_and_keeps_what_was_typed(browse, finn, ana):
    fields = fields_of(ana, suspended_until_0="2099-01-01", suspended_until_1="12:00", role="Lead for hope")
    answer = browse(finn).post(f"{LEADERS}{ana.pk}/change/", fields)
    assert answer.status_code == 422
    assert "Say why." in answer.content.decode()
    assert "Lead for hope" in answer.content.decode()
    ana.refresh_from_db()
    assert ana.suspended_until is None


def test_admin_cannot_lock_themselves_out(browse, finn):
    fields = fields_of(finn)
    del fields["is_superuser"]
    answer = browse(finn).post(f"{LEADERS}{finn.pk}/change/", fields)
    assert answer.status_code == 422
    assert "You cannot take this away from yourself." in answer.content.decode()


def test_new_account_has_no_password_and_has_not_joined(browse, finn):
    fields = {"email": "Nell@Example.org", "name": "Nell Ode", "role": "", "profession": "nurse"}
    assert browse(finn).post(f"{LEADERS}add/", fields).status_code == 302
    nell = Leader.objects.get(email="nell@example.org")
    assert not nell.has_usable_password()
    assert nell.joined_at is None
    assert nell.emailaddress_set.filter(email=nell.email, primary=True, verified=False).exists()


def test_address_in_use_is_refused_in_a_sentence(browse, finn, ana):
    answer = browse(finn).post(f"{LEADERS}add/", {"email": "ANA@example.org", "name": "Ana Again"})
    assert answer.status_code == 422
    assert "Somebody with this e-mail address is here already." in answer.content.decode()


def test_who_has_joined_cannot_be_deleted(browse, finn, ana):
    client = browse(finn)
    assert "It cannot be deleted here." in client.get(f"{LEADERS}{ana.pk}/change/").content.decode()
    assert client.post(f"{LEADERS}{ana.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Leader.objects.filter(pk=ana.pk).exists()


def test_account_prepared_by_mistake_can_be_deleted(browse, finn):
    nell = make_leader("Nell Ode", joined_at=None)
    StageRecord.objects.create(leader=nell, stage="future", reason="Imported", by=finn)
    assert browse(finn).post(f"{LEADERS}{nell.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Leader.objects.filter(pk=nell.pk).exists()


def test_only_superusers_make_admins_or_change_them(browse, gwen, finn, ana):
    client = browse(gwen)
    client.post(f"{LEADERS}{ana.pk}/change/", fields_of(ana, is_staff="on", is_superuser="on"))
    ana.refresh_from_db()
    assert not ana.is_staff
    assert not ana.is_superuser
    assert client.post(f"{LEADERS}{finn.pk}/change/", fields_of(finn, name="Nobody")).status_code == 403
    assert client.get("/admin/auth/group/").status_code == 403
    assert Group.objects.count() == 0


def test_completing_a_name_tells_namesakes_apart(browse, finn, ana):
    asked = {"app_label": "leaders", "model_name": "cohortmembership", "field_name": "leader", "term": "ana"}
    found = browse(finn).get("/admin/autocomplete/", asked).json()["results"]
    assert [each["text"] for each in found] == ["Ana Brook (ana@example.org)"]


def test_house_rules_that_somebody_accepted_stay_as_they_are(browse, finn, ana):
    rules = HouseRules.objects.create(version=1, text="Be kind.")
    for leader in (ana, finn):
        HouseRulesAcceptance.objects.create(rules=rules, leader=leader)
    page = f"/admin/leaders/houserules/{rules.pk}/change/"
    assert browse(finn).post(page, {"version": 1, "text": "Be cruel."}).status_code == 403
    assert 'value="2"' in browse(finn).get("/admin/leaders/houserules/add/").content.decode()


def test_stale_signpost_warns(browse, finn):
    yesterday = timezone.localdate() - timedelta(days=1)
    Signpost.objects.create(name="A helpline", who_for="Everybody", review_by=yesterday)
    assert "Check it now" in browse(finn).get("/admin/leaders/signpost/").content.decode()


def test_index_is_in_our_words(browse, finn):
    page = browse(finn).get("/admin/").content.decode()
    for words in (
        "What would you like to look after?",
        "People",
        "Records",
        "Groups of leaders, and the spaces",
    ):
        assert words in page
    assert page.index("Leaders") < page.index("Organisations") < page.index("Records")


def test_own_password_and_sign_out_lead_to_our_pages(browse, finn):
    client = browse(finn)
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.post("/admin/logout/")["Location"] == "/accounts/logout/"


def test_changes_are_kept_in_the_history(browse, finn, ana):
    browse(finn).post(f"{LEADERS}{ana.pk}/change/", fields_of(ana, role="Lead for partnerships"))
    assert LogEntry.objects.get(object_id=str(ana.pk)).user == finn


@pytest.mark.parametrize(
    "question",
    [
        "leaders/leader/?password__startswith=argon",
        "leaders/leader/?working_on__contains=secret",
        "leaders/leader/?visibility__working_on=nobody",
        "leaders/mailpreferences/?key__startswith=a",
        "leaders/leaderimport/?text__contains=example",
        "community/joinrequest/?words__contains=please",
    ],
)
def test_no_question_in_an_address_tells_what_the_page_does_not_show(browse, finn, question):
    assert browse(finn).get(f"/admin/{question}").status_code == 400


def test_the_filters_of_a_list_still_work(browse, finn, ana, cohort):
    for question in (
        "stage__exact=current",
        "joined_at__isempty=0",
        "joined_at__year=2026",
        "is_faculty__exact=1",
    ):
        assert browse(finn).get(f"{LEADERS}?{question}").status_code == 200
    address = f"/admin/leaders/cohortmembership/?cohort__id__exact={cohort.pk}"
    assert browse(finn).get(address).status_code == 200


@pytest.mark.parametrize("key", ["x", "", "-1", "9" * 30, "9" * 5_000, "1,2"])
def test_odd_choices_of_rows_choose_nothing(browse, finn, ana, key):
    for action in ("export", "add_to_cohort", "change_stage", "nothing"):
        form = {"action": action, "_selected_action": key, "select_across": "0"}
        assert browse(finn).post(LEADERS, form).status_code in (200, 302, 400)
    form = {"name": "An organisation", "region": "london", "collaborative": key}
    answer = browse(finn).post("/admin/leaders/organisation/add/", form)
    assert answer.status_code == 302 if key == "" else 422
    question = {
        "app_label": "leaders",
        "model_name": "organisation",
        "field_name": "collaborative",
        "page": key,
    }
    assert browse(finn).get("/admin/autocomplete/", question).status_code in (200, 404)
    assert browse(finn).get(f"/admin/leaders/leaderimport/{key}/change/").status_code in (302, 404)
