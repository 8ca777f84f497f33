import asyncio
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from community.inbound import mail_door


class Command(BaseCommand):
    help = "Take in replies by e-mail at INBOUND_DOOR, such as lmtp://127.0.0.1:8024, until it is ended."

    def add_arguments(self, parser):
        parser.add_argument("--at", default=settings.INBOUND_DOOR, help="in place of INBOUND_DOOR")

    def handle(self, *, at, **options):
        place = urlsplit(at)
        if place.scheme not in mail_door.DOORS or not place.hostname or not place.port:
            raise CommandError("Set INBOUND_DOOR to something like lmtp://127.0.0.1:8024.")
        if not settings.INBOUND_ADDRESS:
            raise CommandError("Set INBOUND_ADDRESS to something like reply@inbound.example.org.")
        asyncio.run(mail_door.serve(at))
