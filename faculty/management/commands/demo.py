from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.models import Space
from faculty import demo
from leaders.models import Leader


class Command(BaseCommand):
    help = "Put invented people and their conversations into an empty database, for development."

    def handle(self, **options):
        if not settings.DEVELOPMENT:
            raise CommandError("The demonstration is for development only: DEVELOPMENT is off.")
        if Leader.objects.exists() or Space.objects.exists():
            raise CommandError("The database is not empty, so the demonstration stays out of it.")
        demo.load(timezone.now(), tell=self.stdout.write)
