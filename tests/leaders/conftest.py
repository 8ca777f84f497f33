import pytest
from django.core.cache import cache

from leaders.models import HouseRules, Organisation


@pytest.fixture(autouse=True)
def no_copies(settings):
    """Nobody has been counted yet: rate limits and copies begin anew with each story."""
    cache.clear()


@pytest.fixture
def rules(db):
    return HouseRules.objects.create(version=1, text="Be kind.\n\n* Never describe a *patient*.")


@pytest.fixture
def practice(db):
    return Organisation.objects.create(name="Elm Street Surgery", region="north_west")
