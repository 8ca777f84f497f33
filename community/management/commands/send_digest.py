import time

from django.core.management.base import BaseCommand, CommandError

from community.mail import digest
from community.models import LetterState
from leaders.models import Leader


class Command(BaseCommand):
    help = "Send a leader a digest of what is unread, and mark it as mailed: send_digest EMAIL --now"

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--now", action="store_true", help="Send it in this process, at once.")

    def handle(self, *, email, now, **options):
        leader = Leader.objects.filter(email=email.strip().lower()).first()
        if leader is None:
            raise CommandError(f"Nobody here has the address {email}.")
        if not now:
            raise CommandError("Digests go out by themselves, at the hour that each leader chose. Add --now.")
        if pause := digest.pause_until_told(leader):
            self.stdout.write(f"Posts of the last minute can still be taken back. Waiting {pause:.0f} s.")
            self.stdout.flush()
            time.sleep(pause)
        row = digest.send_by_hand(leader)
        if row.state == LetterState.SENT:
            self.stdout.write(f"Sent to {leader.email}: {row.item_count} new ({row.period}).")
        elif row.state == LetterState.SKIPPED:
            self.stdout.write(f"Not sent to {leader.email}: {row.note}")
        else:
            raise CommandError(f"Not delivered to {leader.email}. {row.get_state_display()}: {row.note}")
