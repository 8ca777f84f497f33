"""A group for admins who look after people and places without being superusers."""

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError

from leaders.models import Leader

NAME = "Programme team"
LOOKED_AFTER = ("leader", "cohort", "organisation", "collaborative", "space", "facultymember", "signpost")
CHANGED = ("cohortmembership", "spacemembership", "houserules", "space_cohorts")
READ = ("stagerecord", "joinrequest", "digest", "mail", "inboundmail", "mailpreferences", "consent")


class Command(BaseCommand):
    help = "Create or renew the group “Programme team”, and make the given people admins in it."

    def add_arguments(self, parser):
        parser.add_argument("emails", nargs="*", help="accounts to put into the group")

    def handle(self, *args, emails, **options):
        people = Leader.objects.filter(email__in=[email.lower() for email in emails])
        if missing := {email.lower() for email in emails} - {leader.email for leader in people}:
            raise CommandError(f"Nobody is here as {', '.join(sorted(missing))}.")
        group, _ = Group.objects.get_or_create(name=NAME)
        group.permissions.set(permissions())
        group.user_set.add(*people)
        people.update(is_staff=True)
        self.stdout.write(f"The group “{NAME}” is ready. Added: {len(people)}.")


def permissions():
    """What the group may do; superusers alone make admins."""
    wanted = {f"{deed}_{name}" for name in (*LOOKED_AFTER, *CHANGED) for deed in ("view", "add", "change")}
    wanted |= {f"delete_{name}" for name in (*LOOKED_AFTER, "space_cohorts")}
    wanted |= {f"view_{name}" for name in READ} | {"add_stagerecord", "change_mail"}
    ours = Permission.objects.filter(content_type__app_label__in=("leaders", "community", "faculty"))
    return ours.filter(codename__in=wanted)
