"""Where leaders work, and the collaborative or system that it belongs to."""

from django.db import models


class Region(models.TextChoices):
    EAST = "east", "East of England"
    LONDON = "london", "London"
    MIDLANDS = "midlands", "Midlands"
    NORTH_EAST_YORKSHIRE = "north_east_yorkshire", "North East and Yorkshire"
    NORTH_WEST = "north_west", "North West"
    SOUTH_EAST = "south_east", "South East"
    SOUTH_WEST = "south_west", "South West"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"
    ELSEWHERE = "elsewhere", "Elsewhere"


class Collaborative(models.Model):
    """A provider collaborative or system."""

    name = models.CharField(max_length=160, unique=True)
    region = models.CharField(max_length=30, choices=Region)
    is_vanguard = models.BooleanField("vanguard site", default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Organisation(models.Model):
    """A practice, network, trust or other place where leaders work."""

    name = models.CharField(max_length=160, unique=True)
    collaborative = models.ForeignKey(
        Collaborative, models.SET_NULL, null=True, blank=True, related_name="organisations"
    )
    region = models.CharField(max_length=30, choices=Region)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
