from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from faculty import directory


class Command(BaseCommand):
    help = "Add the people of a CSV file (name,title,post,organisation,order) to the faculty directory."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            imported = directory.import_csv(file)
        except directory.BrokenFile as error:
            raise CommandError(f"{error} Nothing was written.") from error
        self.stdout.write(f"{imported.added} added, {imported.known} there already and left as they are.")
