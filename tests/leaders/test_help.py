"""Where somebody in need finds help, and the pages that are always open."""

from datetime import timedelta

from django.utils import timezone

from leaders.models import HouseRules, Signpost


def test_signposts_stand_in_order_with_a_way_to_call(client, db):
    Signpost.objects.create(name="Second", who_for="Everybody", order=2, phone="116 123")
    Signpost.objects.create(name="First", who_for="Doctors", order=1, link="https://example.org/help")
    page = client.get("/help/").content.decode()
    assert page.index("First") < page.index("Second")
    assert 'href="tel:116123"' in page
    assert "not an emergency service" in page


def test_signpost_past_its_review_says_so(client, db):
    yesterday = timezone.localdate() - timedelta(days=1)
    Signpost.objects.create(name="Old line", who_for="Everybody", review_by=yesterday)
    assert "Being checked" in client.get("/help/").content.decode()


def test_help_needs_no_signposts_to_help(client, db):
    page = client.get("/help/").content.decode()
    assert 'href="tel:999"' in page


def test_house_rules_in_force_are_shown_with_their_version(client, db):
    HouseRules.objects.create(version=1, text="Old.")
    HouseRules.objects.create(version=2, text="**Be kind.**")
    HouseRules.objects.create(version=3, text="Later.", in_force_from=timezone.now() + timedelta(days=1))
    page = client.get("/house-rules/").content.decode()
    assert "<strong>Be kind.</strong>" in page
    assert "Version 2" in page
