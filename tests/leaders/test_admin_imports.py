"""Leaders from a CSV file: what it would do is shown first; then it is done, or not at all."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from leaders import cohorts, imports, sheets
from leaders.models import Leader, LeaderImport, Organisation, StageRecord
from tests.cast import make_leader

UPLOAD = "/admin/leaders/leaderimport/add/"
FILE = """email,name,stage,role,profession,organisation,cohort
nell@example.org,Nell Ode,emergent,Lead nurse,Nurse or nursing associate,Wharf Surgery,north-2026
ana@example.org,,Future leader,Lead for hope,gp,,
ben@example.org,,,,,,North 2026
oona@example.org,Oona Pell,leader of all,,,,
,Nobody,,,,,
quin@example.org,Quin,,,,,south-2026
rae@example.org,Rae,,,,,
RAE@example.org,Rae Again,,,,,
"""


@pytest.fixture
def wharf(db):
    return Organisation.objects.create(name="Wharf Surgery", region="london")


def upload(client, text, name="leaders.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data, "text/csv")})


def plan_of(text, by):
    return imports.compare(imports.upload(text.encode(), file_name="leaders.csv", by=by), by=by)


def test_plan_tells_new_matched_and_clashing_rows(finn, ana, ben, wharf):
    plan = plan_of(FILE, finn)
    numbers = {outcome: [row.number for row in plan.of(outcome)] for outcome in imports.OUTCOMES}
    assert numbers == {"new": [2], "matched": [3], "unchanged": [4], "clashing": [5, 6, 7, 8, 9]}
    assert plan.of("matched")[0].changes == [
        ("role", "", "Lead for hope"),
        ("profession", "", "GP"),
        ("stage", "Current leader", "Future leader"),
    ]
    sentences = [" ".join(row.problems) for row in plan.of("clashing")]
    assert "“leader of all” is no stage known here." in sentences[0]
    assert "There is no e-mail address." in sentences[1]
    assert "There is no cohort “south-2026”." in sentences[2]
    assert "The same address stands in row 9." in sentences[3]
    assert "The same address stands in row 8." in sentences[4]


def test_upload_shows_and_writes_nothing(browse, finn, ana, ben, wharf):
    client = browse(finn)
    page = client.get(upload(client, FILE)["Location"]).content.decode()
    assert "1 new, 1 to change, 1 unchanged, 5 clashing. Nothing is written yet." in page
    assert "Nell Ode" in page
    assert "no stage known here" in page
    ana.refresh_from_db()
    assert ana.role == ""
    assert not Leader.objects.filter(email="nell@example.org").exists()


def confirm(client, address):
    fingerprint = client.get(address).context["plan"].fingerprint
    return client.post(address.replace("/change/", "/confirm/"), {"fingerprint": fingerprint}, follow=True)


def test_confirming_writes_all_that_does_not_clash(browse, finn, ana, ben, cohort, wharf):
    client = browse(finn)
    address = upload(client, FILE)["Location"]
    assert "Added: 1. Changed: 1. Left out: 5." in confirm(client, address).content.decode()
    nell = Leader.objects.get(email="nell@example.org")
    assert (nell.name, nell.stage, nell.profession, nell.organisation) == (
        "Nell Ode",
        "emergent",
        "nurse",
        wharf,
    )
    assert not nell.has_usable_password()
    assert nell.joined_at is None
    assert nell.cohorts.get() == cohort
    assert nell.emailaddress_set.filter(verified=False, primary=True).exists()
    ana.refresh_from_db()
    assert (ana.role, ana.stage) == ("Lead for hope", "future")
    assert StageRecord.objects.get(leader=ana).reason == "Imported from leaders.csv"
    assert not Leader.objects.filter(email__in=["oona@example.org", "rae@example.org"]).exists()
    draft = LeaderImport.objects.get()
    assert (draft.added, draft.changed, draft.left_out, draft.text) == (1, 1, 5, "")


def test_confirming_twice_writes_once(browse, finn, wharf, cohort):
    client = browse(finn)
    address = upload(client, FILE)["Location"]
    fingerprint = client.get(address).context["plan"].fingerprint
    answers = [
        client.post(address.replace("/change/", "/confirm/"), {"fingerprint": fingerprint}) for _ in "ab"
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Leader.objects.filter(email="nell@example.org").count() == 1
    assert StageRecord.objects.count() == 1


def test_what_changed_since_is_shown_again(browse, finn, wharf, cohort):
    client = browse(finn)
    address = upload(client, FILE)["Location"]
    fingerprint = client.get(address).context["plan"].fingerprint
    make_leader("Nell Ode")
    answer = client.post(address.replace("/change/", "/confirm/"), {"fingerprint": fingerprint}, follow=True)
    assert "Nothing was written: something changed in the meantime." in answer.content.decode()
    assert not StageRecord.objects.exists()


def test_repeating_an_import_changes_nothing(finn, ana, ben, wharf):
    draft = imports.upload(FILE.encode(), file_name="leaders.csv", by=finn)
    imports.carry_out(draft, by=finn, fingerprint=imports.compare(draft, by=finn).fingerprint)
    again = plan_of(FILE, finn)
    assert [row.number for row in again.of("unchanged")] == [2, 3, 4]
    assert again.of("new") == again.of("matched") == []


def test_export_can_be_imported_again(browse, finn, ana, ben, wharf):
    Leader.objects.filter(pk=ana.pk).update(role="-lead, for hope", organisation=wharf, profession="gp")
    chosen = {"action": "export", "_selected_action": [ana.pk, ben.pk], "index": 0}
    data = browse(finn).post("/admin/leaders/leader/", chosen).content
    plan = imports.compare(imports.upload(data, file_name="leaders.csv", by=finn), by=finn)
    assert [row.outcome for row in plan.rows] == ["unchanged", "unchanged"]


@pytest.mark.parametrize("text", [FILE.replace(",", ";"), "\ufeff" + FILE, FILE.replace("\n", "\r\n")])
def test_what_spreadsheets_write_is_read(finn, ana, ben, wharf, text):
    assert len(plan_of(text, finn).of("new")) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The column “email” is missing."),
        (b"name\nNell\n", "The column “email” is missing."),
        (b"email,shoe size\nnell@example.org,40\n", "The column “shoe_size” is not known."),
        (b"email,email\na@example.org,b@example.org\n", "The column “email” stands there twice."),
        (b"email,name\n\n,\n", "There are no rows below the heading."),
        (b"email,name\nnell@example.org,N\xe9ll\n", "The file is not UTF-8 text."),
        (b"email,name\nnell@example.org,N\x00ll\n", "The file contains NUL characters"),
        (b'email,name\nnell@example.org,"Nell\n', "Row 2 cannot be read as CSV."),
        (b"email\n" + b"nell@example.org\n" * 5001, "The file has 5,001 rows."),
        (b"x" * 2_000_001, "The file is larger than 2 MB."),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_a_sentence(browse, finn, data, sentence):
    answer = upload(browse(finn), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page or (data == b"" and "The submitted file is empty." in page)
    assert not LeaderImport.objects.exists()


def test_form_without_a_file_is_refused(browse, finn):
    assert browse(finn).post(UPLOAD, {}).status_code == 422


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("nell,Nell,,", "This is not an e-mail address."),
        ("nell@example.org,,,", "A new leader needs a name."),
        (f"nell@example.org,{'N' * 121},,", "Name: Ensure this value has at most 120 characters"),
        ("nell@example.org,Nell,wizard,", "“wizard” is no profession known here."),
        ("nell@example.org,Nell,,,more", "There are more cells than columns."),
    ],
)
def test_each_bad_row_says_why(finn, row, sentence):
    plan = plan_of(f"email,name,profession,organisation\n{row}\n", finn)
    assert plan.rows[0].outcome == "clashing"
    assert sentence in " ".join(plan.rows[0].problems)


def test_organisation_not_listed_yet_is_kept_as_typed(finn, ana, wharf):
    plan = plan_of("email,name,organisation\nnell@example.org,Nell,Quay Surgery\n", finn)
    assert plan.rows[0].leader.organisation_name == "Quay Surgery"
    ana.organisation = wharf
    ana.save()
    plan = plan_of("email,organisation\nana@example.org,Quay Surgery\n", finn)
    assert "There is no organisation “Quay Surgery”. Add it first." in plan.rows[0].problems


def test_further_address_of_somebody_clashes(finn, ana):
    ana.emailaddress_set.create(email="ana@home.example", verified=True)
    plan = plan_of("email,name\nana@home.example,Ana\n", finn)
    assert "further address of Ana Brook" in plan.rows[0].problems[0]


def test_membership_to_come_clashes(finn, cleo, cohort):
    cohorts.add(cleo, to=cohort, by=finn, starts_on=timezone.localdate() + timedelta(days=5))
    plan = plan_of("email,cohort\ncleo@example.org,north-2026\n", finn)
    assert plan.rows[0].problems == ["Cleo Dunmore is to join North 2026 on a later day already."]


def test_many_rows_do_not_ask_more(finn, cohort, django_assert_max_num_queries):
    rows = "".join(f"p{number}@example.org,Person Same,future,{cohort.slug}\n" for number in range(200))
    draft = imports.upload(f"email,name,stage,cohort\n{rows}".encode(), file_name="many.csv", by=finn)
    fingerprint = imports.compare(draft, by=finn).fingerprint
    with django_assert_max_num_queries(30):
        imports.carry_out(draft, by=finn, fingerprint=fingerprint)
    assert cohort.leaders.filter(stage="future").count() == 200
    assert Leader.objects.filter(handle="person-same-200").exists()


def test_others_cannot_import(client, browse, finn, ana, dara, wharf, cohort):
    draft = imports.upload(FILE.encode(), file_name="leaders.csv", by=finn)
    address = f"/admin/leaders/leaderimport/{draft.pk}/"
    for leader in (ana, dara):
        assert upload(browse(leader), FILE).status_code in (302, 403)
        assert browse(leader).get(f"{address}change/", follow=True).status_code == 403
        browse(leader).post(
            f"{address}confirm/", {"fingerprint": imports.compare(draft, by=finn).fingerprint}
        )
    assert LeaderImport.objects.count() == 1
    assert not Leader.objects.filter(email="nell@example.org").exists()


def test_confirming_by_get_is_refused(browse, finn):
    draft = imports.upload(FILE.encode(), file_name="leaders.csv", by=finn)
    assert browse(finn).get(f"/admin/leaders/leaderimport/{draft.pk}/confirm/").status_code == 405
    assert browse(finn).get("/admin/leaders/leaderimport/0/change/").status_code == 404


def test_imported_leader_signs_in_by_a_code_and_finishes_joining(client, finn, mailoutbox, wharf, cohort):
    draft = imports.upload(FILE.encode(), file_name="leaders.csv", by=finn)
    imports.carry_out(draft, by=finn, fingerprint=imports.compare(draft, by=finn).fingerprint)
    client.post("/accounts/login/code/", {"email": "nell@example.org"})
    code = next(
        word for word in mailoutbox[-1].body.split() if sum(map(str.isalnum, word)) >= 6 and word.isupper()
    )
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer.status_code == 302
    assert client.get("/")["Location"].startswith("/join/")


def test_no_cell_becomes_a_formula():
    text = sheets.write(["a"], [["=1+1"], ["@x"], ["-x"], ["+x"], ["plain"], [None]])
    assert text.splitlines()[1:] == ["'=1+1", "'@x", "'-x", "'+x", "plain", '""']


def test_reading_takes_the_mark_off_again():
    data = sheets.write(["a", "b"], [["-x", "'y"]]).encode()
    assert sheets.read(data, columns=("a", "b"), demanded=())[0][1] == {"a": "-x", "b": "'y", "": ""}


def test_file_too_large_is_not_read():
    with pytest.raises(ValidationError, match="larger than 2 MB"):
        sheets.read(b"a" * 2_000_001, columns=("a",), demanded=())
