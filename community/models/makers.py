"""Objects out of rows, as Django makes them, with less ado."""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.query import RelatedPopulator, get_related_populators
from django.db.models.signals import post_init, pre_init
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import cached_property


class Maker:
    """Makes of rows what Django makes of them: objects, with what was joined and annotated."""

    def __init__(self, compiler: SQLCompiler):
        self._compiler = compiler

    @property
    def width(self) -> int:
        """How many columns a row has."""
        return len(self._compiler.select)

    @cached_property
    def _plan(self) -> tuple:
        select, info = self._compiler.select, self._compiler.klass_info
        fields = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column[0].target.attname for column in select[fields]]
        converters = self._compiler.get_converters([column[0] for column in select])
        joined = _quick(get_related_populators(info, select, connection.alias))
        return (
            Quick(info["model"]),
            fields,
            names,
            converters,
            joined,
            [*self._compiler.annotation_col_map.items()],
        )

    def objects(self, rows: Iterable[tuple]) -> Iterator[Model]:
        """The objects of these rows."""
        model, fields, names, converters, joined, annotations = self._plan
        for row in self._compiler.apply_converters(rows, converters) if converters else rows:
            found = model.from_db(connection.alias, names, row[fields])
            for other in joined:
                other.populate(row, found)
            for name, place in annotations:
                setattr(found, name, row[place])
            yield found


class Quick:
    """Makes objects as Model.from_db does, without looking at each of the columns that were not asked for.

    That is half of the time of a list. Whoever changes __init__ or from_db of a model, or listens to its
    signals from the start, gets what Django itself makes.
    """

    def __init__(self, model: type[Model]):
        self._model = model
        is_plain = model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__
        if not is_plain or pre_init.has_listeners(model) or post_init.has_listeners(model):
            self.from_db = model.from_db

    def from_db(self, alias: str, names: Iterable[str], values: Iterable) -> Model:
        found = self._model.__new__(self._model)
        found._state = ModelState()
        found._state.adding, found._state.db = False, alias
        found.__dict__.update(zip(names, values, strict=True))
        return found


def _quick(populators: list[RelatedPopulator]) -> list[RelatedPopulator]:
    for populator in populators:
        populator.model_cls = Quick(populator.model_cls)
        _quick(populator.related_populators)
    return populators
