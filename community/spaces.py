"""Spaces: who can read one, and how one comes in."""

import re

from django.db import transaction
from django.db.models import Q, QuerySet

from community import permissions
from community.models import JoinRequest, Space, TermsAcceptance, asking
from community.models.spaces import readable_ids
from community.permissions import require
from leaders.models import Leader
from leaders.models.account import sort_key

PEOPLE_AT_MOST = 8
KEY_AT_LEAST, KEY_AT_MOST = 2, 40  # letters
NAMES_AT_MOST = 20  # looked up at once; no form takes as many people


def readers(space: Space) -> QuerySet[Leader]:
    """Everybody who can read a space, by name."""
    return space.readers().order_by("sort_name", "pk")


def of(leader: Leader) -> list[Space]:
    """The spaces that a leader may read, in their order, for a list of their names."""
    return _OF.objects(reads=list(readable_ids(leader)))


def _of(leader: Leader) -> QuerySet[Space]:
    return Space.objects.visible_to(leader).only("name", "slug", "kind", "has_chat")


_OF = asking.Question(_of)


def mentionable(space: Space):
    """A function that finds, among handles, the leaders who can read the space."""
    return lambda handles: readers(space).filter(handle__in=handles)


def people_like(space: Space, words: str, *, by: Leader) -> list[Leader]:
    """Others who can read the space, whose name or handle has a part that begins so; the nearest first."""
    return called(readers(space).exclude(pk=by.pk), words)


def called(people: QuerySet[Leader], words: str) -> list[Leader]:
    """A few of these people whose name or handle has a part that begins so; the nearest first."""
    key = sort_key(words)[:KEY_AT_MOST]
    if len(key) < KEY_AT_LEAST:
        return []
    begins, inside = Q(handle__startswith=key), Q()
    for spelt in {key, key.replace("’", "'"), key.replace("'", "’")}:
        begins |= Q(sort_name__startswith=spelt)
        inside |= Q(sort_name__contains=f" {spelt}") | Q(sort_name__contains=f"-{spelt}")
    nearest = list(people.filter(begins)[:PEOPLE_AT_MOST])  # by an index; the rest looks at every name
    room = PEOPLE_AT_MOST - len(nearest)
    return nearest + list(people.filter(inside).exclude(begins)[:room]) if room else nearest


def meant(people: QuerySet[Leader], words: str) -> tuple[list[Leader], list[str]]:
    """Whom of these people whole names, or short ones after an @, mean; and what means nobody, or several."""
    found, unknown = [], []
    for word in list(dict.fromkeys(_names(words)))[:NAMES_AT_MOST]:
        match list(people.filter(Q(handle=word.casefold()) | Q(sort_name=sort_key(word)))[:2]):
            case [person]:
                found.append(person)
            case _:
                unknown.append(word)
    return list(dict.fromkeys(found)), unknown


def _names(words: str) -> list[str]:
    """Names are parted by commas or lines; a short name begins with an @ and ends with a space."""
    names = []
    for part in re.split(r"[,;\n]", words):
        names += [re.sub(r"@\S+", " ", part), *re.findall(r"@(\S+)", part)]
    return [" ".join(name.split()) for name in names if name.strip()]


@transaction.atomic
def ask_to_join(space: Space, *, by: Leader, words: str = "") -> JoinRequest:
    """Ask the moderators of a restricted space to be let in."""
    Leader.objects.select_for_update().get(pk=by.pk)
    require(permissions.may_ask_to_join(by, space))
    require(permissions.may_go_on_asking(by))
    return JoinRequest.objects.create(space=space, leader=by, words=words)


@transaction.atomic
def accept_terms(space: Space, *, by: Leader) -> TermsAcceptance:
    """Say yes to the rules of a sealed space, which opens it."""
    require(permissions.may_accept_terms(by, space))
    return TermsAcceptance.objects.get_or_create(space=space, leader=by)[0]
