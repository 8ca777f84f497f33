"""The directory of leaders: what one can look for, never by a field that one may not see."""

import django_filters
from django import forms
from django.db.models import QuerySet

from leaders.forms import LineField
from leaders.models import Collaborative, Leader, Profession, Region, Stage

PER_PAGE = 30


class LineFilter(django_filters.Filter):
    field_class = LineField


def collaboratives() -> list[tuple[int, str]]:
    """All that one can choose from, without making objects of them."""
    return list(Collaborative.objects.values_list("pk", "name"))


class Directory(django_filters.FilterSet):
    """Filters over the leaders whom `viewer` may see."""

    name = LineFilter(
        label="Name", method="by_name", max_length=120, widget=forms.TextInput({"type": "search"})
    )
    stage = django_filters.ChoiceFilter(label="Stage", choices=Stage, empty_label="Any", method="by_stage")
    profession = django_filters.ChoiceFilter(
        label="Profession", choices=Profession, empty_label="Any", method="by_profession"
    )
    region = django_filters.ChoiceFilter(
        label="Region", choices=Region, empty_label="Any", method="by_region"
    )
    collaborative = django_filters.ChoiceFilter(
        label="Collaborative", choices=collaboratives, empty_label="Any", method="by_collaborative"
    )

    class Meta:
        model = Leader
        fields = []

    def __init__(self, data, viewer: Leader):
        self.viewer = viewer
        people = Leader.objects.visible_to(viewer).select_related("organisation")
        super().__init__(data, queryset=people.order_by("sort_name", "pk"))

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters if name != "name")

    def by_name(self, people: QuerySet, _name: str, words: str) -> QuerySet:
        return people.named_like(words)

    def by_stage(self, people: QuerySet, _name: str, stage: str) -> QuerySet:
        return people.showing("stage", to=self.viewer).filter(stage=stage)

    def by_profession(self, people: QuerySet, _name: str, profession: str) -> QuerySet:
        return people.showing("profession", to=self.viewer).filter(profession=profession)

    def by_region(self, people: QuerySet, _name: str, region: str) -> QuerySet:
        return people.showing("organisation", to=self.viewer).in_region(region)

    def by_collaborative(self, people: QuerySet, _name: str, collaborative: str) -> QuerySet:
        return people.showing("organisation", to=self.viewer).filter(
            organisation__collaborative=collaborative
        )
