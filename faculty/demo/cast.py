"""The invented people: where they work, the cohorts they are in, how they sign in."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from faculty.demo import script
from faculty.demo.world import World
from leaders.models import (
    Cohort,
    CohortMembership,
    CohortRole,
    Collaborative,
    Consent,
    DigestFrequency,
    HouseRules,
    HouseRulesAcceptance,
    Leader,
    MailPreferences,
    Organisation,
    Signpost,
    StageRecord,
)
from leaders.models.account import sort_key

PASSWORD = "collaborate-demo"  # noqa: S105
DIGESTS = {"ana": DigestFrequency.WEEKLY, "ben": DigestFrequency.DAILY, "dara": DigestFrequency.DAILY}
PROFILE = ("handle", "name", "stage", "profession", "role", "ask_me_about", "working_on")


def make_people(world: World) -> None:
    """Accounts with their organisations, stages, verified addresses and accepted rules."""
    book = script.table("people.toml")
    places = _make_organisations(book)
    password, unusable = make_password(PASSWORD), make_password(None)
    leaders = [
        Leader(
            email=f"{row['handle']}@example.org",
            password=password if row.get("signs_in") else unusable,
            sort_name=sort_key(row["name"]),
            organisation=places.get(row.get("organisation")),
            joined_at=_joined(world, row),
            created_at=_joined(world, row),
            is_faculty=row.get("faculty", False),
            is_staff=row.get("admin", False),
            is_superuser=row.get("admin", False),
            **{name: row[name] for name in PROFILE if name in row},
        )
        for row in book["people"]
    ]
    world.people = {leader.handle: leader for leader in Leader.objects.bulk_create(leaders)}
    _make_accounts(world)
    _make_stages(world, book)
    _make_cohorts(world, book)


def make_signposts(world: World) -> None:
    """Where people in need find help."""
    for place, row in enumerate(script.table("signposts.toml")["signposts"], start=1):
        Signpost.objects.get_or_create(name=row["name"], defaults={**row, "order": place * 10})


def _joined(world: World, row: dict):
    return world.clock.at(f"{row['joined']}d 08:30")


def _make_organisations(book: dict) -> dict[str, Organisation]:
    collaboratives = {
        row["name"]: Collaborative(name=row["name"], region=row["region"], is_vanguard=row["vanguard"])
        for row in book["collaboratives"]
    }
    Collaborative.objects.bulk_create(collaboratives.values())
    organisations = {
        row["key"]: Organisation(
            name=row["name"],
            collaborative=collaboratives[row["collaborative"]],
            region=collaboratives[row["collaborative"]].region,
        )
        for row in book["organisations"]
    }
    Organisation.objects.bulk_create(organisations.values())
    return organisations


def _make_accounts(world: World) -> None:
    people = world.people.values()
    rules, _ = HouseRules.objects.get_or_create(
        version=1, defaults={"text": script.house_rules(), "in_force_from": world.clock.at("90d 09:00")}
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=leader, email=leader.email, verified=True, primary=True) for leader in people
    )
    HouseRulesAcceptance.objects.bulk_create(
        HouseRulesAcceptance(rules=rules, leader=leader, at=leader.joined_at) for leader in people
    )
    MailPreferences.objects.bulk_create(
        MailPreferences(leader=leader, digest=DIGESTS.get(leader.handle, DigestFrequency.OFF))
        for leader in people
    )
    Consent.objects.bulk_create(
        Consent(
            leader=world.people[handle],
            choice=choice,
            text_version="1",
            source="joining",
            at=world.people[handle].joined_at,
        )
        for handle, choice in DIGESTS.items()
    )


def _make_stages(world: World, book: dict) -> None:
    records = []
    for row in book["people"]:
        leader, rose = world.people[row["handle"]], row.get("rose")
        first = rose["from"] if rose else leader.stage
        records.append(
            _record(world, leader, first, leader.joined_at, "As named by the programme on joining.")
        )
        if rose:
            at = world.clock.at(f"{rose['days']}d 16:00")
            records.append(_record(world, leader, leader.stage, at, rose["reason"]))
    StageRecord.objects.bulk_create(records)


def _record(world: World, leader: Leader, stage: str, at, reason: str) -> StageRecord:
    return StageRecord(leader=leader, stage=stage, at=at, reason=reason, by=world.people["finn"])


def _make_cohorts(world: World, book: dict) -> None:
    today = timezone.localdate(world.clock.now)
    cohorts = {
        row["key"]: Cohort(
            name=row["name"],
            slug=row["key"],
            purpose=row["description"],
            starts_on=today - timedelta(days=row["began"]),
        )
        for row in book["cohorts"]
    }
    Cohort.objects.bulk_create(cohorts.values())
    rows = [
        (cohorts[row["cohort"]], world.people[row["handle"]]) for row in book["people"] if "cohort" in row
    ]
    CohortMembership.objects.bulk_create(
        CohortMembership(
            cohort=cohort,
            leader=leader,
            role=CohortRole.HOST if leader.handle in ("nula", "vesna", "orla") else CohortRole.MEMBER,
            starts_on=timezone.localdate(leader.joined_at),
            reason="First intake.",
            added_by=world.people["finn"],
        )
        for cohort, leader in rows
    )
