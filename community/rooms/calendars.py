"""A session as a calendar file: as much of it as its space lets leave."""

from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from community.models import MailRule, Session, SpaceKind


def written(session: Session) -> bytes:
    """The file, in UTC; the same session keeps its UID, and each change counts its SEQUENCE up."""
    calendar = Calendar()
    calendar.add("prodid", "-//Collaborate//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if session.is_cancelled else "PUBLISH")
    calendar.add_component(_event(session))
    return calendar.to_ical()


def _event(session: Session) -> Event:
    address = settings.SITE_URL + session.get_absolute_url()
    event = Event()
    event.add("uid", f"{session.uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", session.changed_at.astimezone(UTC))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("summary", _summary(session))
    event.add("location", address)
    event.add("url", address)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    return event


def _summary(session: Session) -> str:
    """A calendar is often kept by a third party: no title where nothing may leave by mail."""
    space = session.room.space
    if space.kind == SpaceKind.SEALED or space.mail_rule == MailRule.NOTHING:
        return "A session on Collaborate"
    return f"{session.title} ({space})"
