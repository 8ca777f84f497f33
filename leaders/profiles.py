"""What a leader tells of themselves, and as much of it as another may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from leaders import live, preferences
from leaders.models import Cohort, Collaborative, Leader, Organisation, Profession, Shown, StageRecord
from leaders.models.account import sort_key
from leaders.permissions import fields_shown, may_change_profile, require

TOLD = ("name", "role", "profession", "region", "ask_me_about", "working_on", "time_zone", "shows_presence")


_PROFESSIONS = dict(Profession.choices)  # Django looks through its choices anew for each leader


@dataclass(frozen=True)
class Profile:
    """A leader as one other leader may see them; what is not shown is empty."""

    leader: Leader
    shown: frozenset[str]

    @property
    def stage(self) -> str:
        return self._if_shown("stage", self.leader.stage)

    @property
    def role(self) -> str:
        return self._if_shown("role", self.leader.role)

    @property
    def profession(self) -> str:
        return self._if_shown("profession", _PROFESSIONS.get(self.leader.profession, ""))

    @property
    def workplace(self) -> str:
        return self._if_shown("organisation", self.leader.workplace)

    @property
    def collaborative(self) -> Collaborative | str:
        organisation = self._if_shown("organisation", self.leader.organisation)
        return (organisation and organisation.collaborative) or ""

    @property
    def region(self) -> str:
        return self._if_shown("organisation", self.leader.region_name)

    @property
    def ask_me_about(self) -> str:
        return self._if_shown("ask_me_about", self.leader.ask_me_about)

    @property
    def working_on(self) -> str:
        return self._if_shown("working_on", self.leader.working_on)

    @property
    def photo(self) -> str:
        """The address of the picture."""
        return self._if_shown("photo", photo_address(self.leader))

    @property
    def line(self) -> str:
        """The second line below a name."""
        return " · ".join(filter(None, [self.role, self.profession, self.workplace]))

    @property
    def stages(self) -> list[StageRecord]:
        """How the stage came about, the newest first."""
        return list(self.leader.stage_records.all()) if "stage" in self.shown else []

    def _if_shown(self, field: str, value):
        return value if field in self.shown and value else ""


def seen_by(viewer: Leader, leaders: Iterable[Leader]) -> list[Profile]:
    """The leaders as the viewer may see them, by at most one query for all of them."""
    leaders = list(leaders)
    asking = [leader.pk for leader in leaders if Shown.COHORT in leader.visibility.values()]
    together = set()
    if asking:
        near = Leader.objects.filter(pk__in=asking).in_cohort_with(viewer)
        together = set(near.values_list("pk", flat=True))
    return [Profile(leader, fields_shown(leader, viewer, leader.pk in together)) for leader in leaders]


def photos(viewer: Leader, leaders: Iterable[Leader]) -> dict[int, str]:
    """The addresses of the pictures that the viewer may see, by leader id."""
    pictured = {leader.pk: leader for leader in leaders if leader is not None and leader.photo}
    return {
        profile.leader.pk: profile.photo for profile in seen_by(viewer, pictured.values()) if profile.photo
    }


def public_photo(leader) -> str:
    """The address of a leader's photo, if every leader may see it."""
    if leader is None or not leader.photo or leader.visibility.get("photo", Shown.LEADERS) != Shown.LEADERS:
        return ""
    return photo_address(leader)


def photo_address(leader) -> str:
    """Where the picture is served, with a version that changes when it does."""
    if not leader.photo:
        return ""
    version = str(leader.photo).rpartition("/")[2].partition(".")[0]
    return f"{_photo_page().format(leader.handle)}?v={version}"


@cache
def _photo_page() -> str:
    """The address of photos with a place for a handle, which nobody has to quote."""
    return reverse("leader_photo", args=["handle-here"]).replace("handle-here", "{}")


def cohorts_in_common(viewer: Leader, leader: Leader) -> list[Cohort]:
    """The cohorts that both belong to today."""
    return list(Cohort.objects.of(leader).filter(pk__in=Cohort.objects.of(viewer).values("pk")).distinct())


@transaction.atomic
def change(leader: Leader, *, by: Leader, visibility: dict, organisation: str, **told) -> Leader:
    """Change what a leader tells of themselves, and to whom."""
    require(may_change_profile(leader, by))
    leader = Leader.objects.select_for_update().get(pk=leader.pk)
    if leader.shows_presence != told["shows_presence"]:
        live.rights_changed(leader.pk)
    preferences.live_in(leader, told["time_zone"])
    for field in TOLD:
        setattr(leader, field, told[field])
    leader.sort_name = sort_key(leader.name)
    leader.visibility = {**leader.visibility, **visibility}
    work_at(leader, organisation)
    leader.save()
    return leader


@transaction.atomic
def change_photo(leader: Leader, photo: ContentFile | None, *, by: Leader) -> Leader:
    """Put a prepared picture in place of the old one, or take the old one away."""
    require(may_change_profile(leader, by))
    leader = Leader.objects.select_for_update().get(pk=leader.pk)
    storage, old = leader.photo.storage, leader.photo.name
    leader.photo = ""
    if photo is not None:
        leader.photo.save("photo.webp", photo, save=False)
    leader.save(update_fields=["photo"])
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    return leader


def work_at(leader: Leader, organisation: str) -> None:
    """Link the organisation that was typed if it is known, else keep the words; the caller saves."""
    leader.organisation = (
        Organisation.objects.filter(name__iexact=organisation).first() if organisation else None
    )
    leader.organisation_name = leader.organisation.name if leader.organisation else organisation
