"""20,000 invented leaders, the spaces of all kinds that they belong to, and the two readers of the bench."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bench.copying import Table
from community.models import Space, SpaceMembership, TermsAcceptance
from leaders.models import Cohort, CohortMembership, Collaborative, Leader, Organisation, Profession, Stage
from leaders.models.account import sort_key
from leaders.models.organisations import Region

LEADERS, SPACES = 20_000, 200
FIRST = "Ada Bea Cal Dot Eve Fay Gus Hal Ida Jed Kit Lou Mae Ned Oda Pia Quin Rex Sal Ted Una Val Wyn".split()  # noqa: SIM905
BEGINNINGS = "Ash Bar Cal Dun El Fen Gar Hol Ing Kel Lang Mar Nor Oak Pen Rav Sel Thorn Ul Wex".split()  # noqa: SIM905
MIDDLES = "a e i o en er al or in an".split()  # noqa: SIM905
ENDINGS = "by ton ford well worth dale wick ham more low field stead gate combe ridge".split()  # noqa: SIM905
LOADED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEGAN = LOADED_AT - timedelta(days=3 * 365)
READERS_JOINED = LOADED_AT - timedelta(days=365)

# Open spaces are everybody's; the second space is the one whose list and threads are read.
OPEN = (0, 3, 9)
SEALED = tuple(range(19, SPACES, 10))
READ = 1
FIVE, HUNDRED, WRITERS = 1, 2, range(3, 63)


@dataclass
class Place:
    """A space, as far as loading needs it."""

    pk: int
    kind: str
    members: list[int] = field(default_factory=list)

    @property
    def readers(self) -> list[int]:
        """Those as whom the bench reads and replies; before it, they have written nothing."""
        return [pk for pk in self.members[: WRITERS.stop] if pk < WRITERS.stop]


def load() -> list[Place]:
    """Leaders, organisations, cohorts and spaces; what each space holds follows."""
    chance = random.Random(7)
    _load_workplaces(chance)
    Table(Leader).fill(_leaders(chance))
    places = [Place(pk=n + 1, kind=_kind(n)) for n in range(SPACES)]
    Table(Space).fill(_spaces(places))
    _load_memberships(places, chance)
    return places


def _kind(number: int) -> str:
    if number in OPEN:
        return "open"
    if number in SEALED:
        return "sealed"
    return "private" if number == READ or number % 2 else "restricted"


def _load_workplaces(chance: random.Random) -> None:
    regions = list(Region.values)
    collaboratives = [
        {
            "id": n,
            "name": f"Collaborative {n}",
            "region": regions[n % len(regions)],
            "is_vanguard": n % 5 == 0,
        }
        for n in range(1, 43)
    ]
    Table(Collaborative).fill(collaboratives)
    Table(Organisation).fill(
        {"id": n, "name": f"Surgery {n}", "region": chance.choice(regions), "collaborative_id": n % 42 + 1}
        for n in range(1, 2_001)
    )


def _leaders(chance: random.Random):
    professions, stages = list(Profession.values), list(Stage.values)
    for pk in range(1, LEADERS + 1):
        last = chance.choice(BEGINNINGS) + chance.choice(MIDDLES) + chance.choice(ENDINGS)
        name = f"{chance.choice(FIRST)} {last}"
        yield {
            "id": pk,
            "password": "!",
            "email": f"leader-{pk}@example.org",
            "handle": f"leader-{pk}",
            "name": name,
            "sort_name": sort_key(name),
            "stage": chance.choice(stages),
            "role": chance.choice(["Lead for partnerships", "Clinical director", "Practice manager", ""]),
            "profession": chance.choice(professions),
            "organisation_id": chance.randint(1, 2_000),
            "created_at": BEGAN,
            "joined_at": READERS_JOINED if pk < WRITERS.stop else BEGAN,
        }


def _spaces(places: list[Place]):
    for place in places:
        yield {
            "id": place.pk,
            "name": f"Space {place.pk}",
            "slug": f"space-{place.pk}",
            "kind": place.kind,
            "description": "What we learn from one another, and where we need a hand.",
            "mail_rule": "nothing" if place.kind == "sealed" else "title",
            "order": place.pk,
            "created_at": BEGAN,
        }


def _load_memberships(places: list[Place], chance: random.Random) -> None:
    """Half of the closed spaces have invited members, the others those of a cohort."""
    closed = [place for place in places if place.kind != "open"]
    cohorts = [place for place in closed if place.pk % 2]
    for place in places:
        place.members = _members(place, closed, chance)
    direct = [(place, leader) for place in closed if place not in cohorts for leader in place.members]
    through = [(place, leader) for place in cohorts for leader in place.members]
    Table(SpaceMembership).fill(
        {"id": n, "space_id": p.pk, "leader_id": leader, "starts_at": BEGAN}
        for n, (p, leader) in enumerate(direct, 1)
    )
    day = {"starts_on": date(2023, 6, 1)}
    Table(Cohort).fill(
        {"id": p.pk, "name": f"Cohort {p.pk}", "slug": f"cohort-{p.pk}", **day} for p in cohorts
    )
    Table(CohortMembership).fill(
        {"id": n, "cohort_id": p.pk, "leader_id": leader, **day} for n, (p, leader) in enumerate(through, 1)
    )
    Table(Space.cohorts.through).fill({"id": p.pk, "space_id": p.pk, "cohort_id": p.pk} for p in cohorts)
    agreed = [(p, leader) for p in closed if p.kind == "sealed" for leader in p.members]
    Table(TermsAcceptance).fill(
        {"id": n, "space_id": p.pk, "leader_id": leader, "at": BEGAN}
        for n, (p, leader) in enumerate(agreed, 1)
    )


def _members(place: Place, closed: list[Place], chance: random.Random) -> list[int]:
    """One reader sees five spaces: the open ones, the one that is read, a sealed one. The other sees 100."""
    members = chance.sample(range(WRITERS.stop, LEADERS + 1), k=chance.choice([12, 30, 60, 150]))
    if place.kind == "open":
        return [FIVE, HUNDRED, *WRITERS, *chance.sample(range(WRITERS.stop, LEADERS + 1), k=2_000)]
    if place.pk == READ + 1:
        return [FIVE, HUNDRED, *WRITERS, *chance.sample(range(WRITERS.stop, LEADERS + 1), k=600)]
    first_sealed = SEALED[0] + 1
    readers = [FIVE] if place.pk == first_sealed else []
    if place.pk == first_sealed or closed.index(place) < 97:
        readers.append(HUNDRED)
    return [*readers, *members]
