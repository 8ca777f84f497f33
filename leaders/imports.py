"""Leaders from a CSV file: compared first, row by row, and written only when an admin has said yes."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from leaders import cohorts, enrolments, sheets, stages
from leaders.models import Cohort, CohortMembership, Leader, LeaderImport, Organisation, Profession, Stage
from leaders.models.account import sort_key
from leaders.models.cohorts import today
from leaders.permissions import may_enrol, may_look_after, require

COLUMNS = ("email", "name", "stage", "role", "profession", "organisation", "cohort")
ONLY_EXPORTED = ("handle", "collaborative", "region", "cohorts", "joined", "last_sign-in", "suspended_until")
PROFILE = ("name", "sort_name", "role", "profession", "organisation", "organisation_name")
TYPED = ("email", "name", "role", "profession", "organisation_name")
NOT_TYPED = [field.name for field in Leader._meta.fields if field.name not in TYPED]
OUTCOMES = ("new", "matched", "unchanged", "clashing")
KEPT = timedelta(days=1)


@dataclass
class Row:
    """One row of the file and what it would do."""

    number: int
    email: str
    name: str
    leader: Leader | None = None
    stage: str = ""
    cohort: Cohort | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.problems:
            return "clashing"
        if self.leader.pk is None:
            return "new"
        return "matched" if self.changes else "unchanged"


@dataclass
class Plan:
    """What a whole file would do to the leaders as they are now."""

    rows: list[Row]

    def of(self, outcome: str) -> list[Row]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def fingerprint(self) -> str:
        """Equal for equal plans, so that what is carried out is what was shown."""
        facts = repr([(row.number, row.outcome, row.changes) for row in self.rows])
        return hashlib.sha256(facts.encode()).hexdigest()


@transaction.atomic
def upload(data: bytes, *, file_name: str, by: Leader) -> LeaderImport:
    """Keep a readable file for a day, until somebody confirms it."""
    require(may_enrol(by))
    _read(data)
    LeaderImport.objects.filter(done_at=None, at__lt=timezone.now() - KEPT).delete()
    return LeaderImport.objects.create(file_name=file_name[-120:], text=data.decode("utf-8-sig"), by=by)


def compare(draft: LeaderImport, *, by: Leader) -> Plan:
    """What the file would do now: new, matched and clashing rows. Nothing is written."""
    require(may_enrol(by))
    rows = _read(draft.text.encode())
    known = _Known(rows, by)
    return Plan([known.judge(number, cells) for number, cells in rows])


@transaction.atomic
def carry_out(draft: LeaderImport, *, by: Leader, fingerprint: str) -> LeaderImport | None:
    """Write all rows that do not clash; None, and nothing written, if this is no longer what was shown."""
    draft = LeaderImport.objects.select_for_update().get(pk=draft.pk)
    if draft.done_at is not None:
        return None
    plan = compare(draft, by=by)
    if plan.fingerprint != fingerprint:
        return None
    new, matched, clashing = plan.of("new"), plan.of("matched"), plan.of("clashing")
    _write(new, matched, by, f"Imported from {draft.file_name}")
    draft.added, draft.changed, draft.left_out = len(new), len(matched), len(clashing)
    draft.done_at, draft.text = timezone.now(), ""
    draft.save()
    return draft


def _read(data: bytes) -> list[tuple[int, dict[str, str]]]:
    return sheets.read(data, columns=COLUMNS, demanded=("email",), ignored=ONLY_EXPORTED)


def _write(new: list[Row], matched: list[Row], by: Leader, reason: str) -> None:
    enrolments.enrol_all([row.leader for row in new], by=by)
    for row in matched:
        row.leader.sort_name = sort_key(row.leader.name)
    Leader.objects.bulk_update([row.leader for row in matched], PROFILE)
    rows = new + matched
    stages.change_all([(row.leader, row.stage) for row in rows if row.stage], by=by, reason=reason)
    cohorts.add_all([(row.leader, row.cohort) for row in rows if row.cohort], by=by, reason=reason)


class _Known:
    """What the database holds about the addresses, cohorts and organisations of a file, in a few queries."""

    def __init__(self, rows, by: Leader):
        self.by = by
        emails = [cells["email"].lower() for _, cells in rows]
        self.numbers = {}
        for (number, _), email in zip(rows, emails, strict=True):
            self.numbers.setdefault(email, []).append(number)
        found = Leader.objects.filter(email__in=emails).select_related("organisation")
        self.leaders = {leader.email: leader for leader in found}
        second = EmailAddress.objects.filter(email__in=emails).select_related("user")
        self.owners = {address.email.lower(): address.user for address in second}
        self.organisations = {place.name.casefold(): place for place in Organisation.objects.all()}
        self.cohorts = {}
        for cohort in Cohort.objects.all():
            self.cohorts |= {cohort.name.casefold(): cohort, cohort.slug: cohort}
        memberships = CohortMembership.objects.filter(leader__in=self.leaders.values())
        self.members = set(memberships.current().values_list("leader", "cohort"))
        coming = memberships.filter(starts_on__gt=today()).exclude(ends_on=F("starts_on"))
        self.coming = set(coming.values_list("leader", "cohort"))

    def judge(self, number: int, cells: dict[str, str]) -> Row:
        """One row compared with what is there."""
        email = cells["email"].lower()
        row = Row(number, email, cells.get("name", ""))
        row.leader = self.leaders.get(email) or Leader(email=email)
        row.name = row.name or row.leader.name
        self._check_who(row, cells)
        self._set_profile(row, cells)
        self._set_stage(row, cells.get("stage", ""))
        self._set_cohort(row, cells.get("cohort", ""))
        if not row.problems:
            row.problems += _complaints(row.leader)
        return row

    def _check_who(self, row: Row, cells: dict[str, str]) -> None:
        try:
            validate_email(row.email)
        except ValidationError:
            row.problems.append(
                "This is not an e-mail address." if row.email else "There is no e-mail address."
            )
        others = [str(number) for number in self.numbers[row.email] if number != row.number]
        if others and row.email:
            row.problems.append(f"The same address stands in row {', '.join(others)}.")
        if (owner := self.owners.get(row.email)) and owner.email != row.email:
            row.problems.append(f"The address is a further address of {owner}, who is here as {owner.email}.")
        if row.leader.pk and not (verdict := may_look_after(self.by, row.leader)):
            row.problems.append(verdict.reason)
        if not row.leader.pk and not row.name:
            row.problems.append("A new leader needs a name.")
        if cells[""]:
            row.problems.append("There are more cells than columns.")

    def _set_profile(self, row: Row, cells: dict[str, str]) -> None:
        for name in ("name", "role"):
            self._set(row, name, cells.get(name, ""))
        if profession := cells.get("profession"):
            self._set(row, "profession", _choose(Profession, profession, row), Profession)
        if not (typed := cells.get("organisation")):
            return
        if place := self.organisations.get(typed.casefold()):
            before = row.leader.organisation
            if before != place:
                row.changes.append(("organisation", str(before or ""), place.name))
                row.leader.organisation = place
        elif row.leader.organisation:
            row.problems.append(f"There is no organisation “{typed}”. Add it first.")
        else:
            self._set(row, "organisation_name", typed)

    def _set(self, row: Row, name: str, value: str, choices=None) -> None:
        before = getattr(row.leader, name)
        if not value or value == before:
            return
        shown = [choices(code).label if choices and code else code for code in (before, value)]
        row.changes.append((Leader._meta.get_field(name).verbose_name, *shown))
        setattr(row.leader, name, value)

    def _set_stage(self, row: Row, typed: str) -> None:
        stage = _choose(Stage, typed, row) if typed else ""
        if stage and stage != row.leader.stage:
            before = Stage(row.leader.stage).label if row.leader.stage else ""
            row.stage = stage
            row.changes.append(("stage", before, Stage(stage).label))

    def _set_cohort(self, row: Row, typed: str) -> None:
        if not typed:
            return
        cohort = self.cohorts.get(typed.casefold())
        if cohort is None:
            row.problems.append(f"There is no cohort “{typed}”.")
        elif cohort.has_ended:
            row.problems.append(f"{cohort} has ended.")
        elif (row.leader.pk, cohort.pk) in self.coming - self.members:
            row.problems.append(f"{row.leader} is to join {cohort} on a later day already.")
        elif (row.leader.pk, cohort.pk) not in self.members:
            row.cohort = cohort
            row.changes.append(("cohort", "", cohort.name))


def _choose(choices, typed: str, row: Row) -> str:
    """The value that was typed as such or by its label."""
    names = {name.casefold(): value for value, label in choices.choices for name in (value, label)}
    if (value := names.get(typed.casefold())) is None:
        kind = choices.__name__.lower()
        row.problems.append(f"“{typed}” is no {kind} known here. Known are: {', '.join(choices.labels)}.")
    return value or ""


def _complaints(leader: Leader) -> list[str]:
    try:
        leader.clean_fields(exclude=NOT_TYPED)
    except ValidationError as error:
        return [f"{name.capitalize()}: {' '.join(words)}" for name, words in error.message_dict.items()]
    return []
