from django.core.management.base import BaseCommand

from community import renewal


class Command(BaseCommand):
    help = "Render posts again that an older renderer made into HTML. It can be stopped and run again."

    def handle(self, **options):
        done, left = renewal.renew()
        self.stdout.write(f"Rendered again: {done}. Left as they are: {left}.")
