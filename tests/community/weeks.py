"""Weeks of a community: people who write, read, leave and come back, and what their letters tell."""

import random
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import errands, levels, moderation, posts, reading
from community.mail import digest
from community.models import (
    Digest,
    Level,
    Post,
    Reading,
    Space,
    SpaceKind,
    SpaceLevel,
    SpaceMembership,
    SpaceRole,
    Thread,
)
from leaders import preferences
from leaders.models import Cohort, CohortMembership, Leader, MailPreferences
from tests.cast import make_leader
from tests.making import make_reply, make_thread

NAMES = (
    "Ada Bea Cal Dot Eve Fay Gus Hal Ida Jed Kit Lou Mae Ned Oda Pia Rex Sal Ted Una"  # one name, one leader
)
CANARY = re.compile(r"zq[0-9a-f]{8}")
LINK = re.compile(r"/posts/(\d+)/")
ITEM = re.compile(r"^\* (?P<title>.+) \((?P<facts>[^()]*)\)$")
MORE = re.compile(r"^\* and (\d+) more: .*/spaces/([^/]+)/$")
COUNTED = re.compile(r"^\* (\d+) (?:more )?new in .*: .*/spaces/([^/]+)/$")
QUIET = re.compile(r"^\* Something new(?: in .*)?: .*?(?:/spaces/([^/]+))?/$")


@dataclass
class Told:
    """What one letter told, read from its plain text as its reader would."""

    posts: list[int] = field(default_factory=list)
    numbers: Counter = field(default_factory=Counter)
    quiet: set[str] = field(default_factory=set)
    canaries: set[str] = field(default_factory=set)


def read_letter(letter) -> Told:
    """The posts it shows, how many it counts in each space, and where it only says that there is news."""
    told, news, is_personal = Told(), 0, False
    told.canaries = set(CANARY.findall(letter.subject + letter.body + letter.alternatives[0].content))
    for line in letter.body.splitlines():
        if line.isupper() and not line.startswith(("*", " ")):
            is_personal = line == "FOR YOU"
        elif found := MORE.match(line) or COUNTED.match(line):
            told.numbers[found[2]] += int(found[1])
        elif found := QUIET.match(line):
            told.quiet.add(found[1] or "")
        elif (found := ITEM.match(line)) and not is_personal:
            news = _news(found["facts"])
        elif (found := LINK.search(line)) and not is_personal:
            told.posts.append(int(found[1]))
            told.numbers[Post.objects.get(pk=found[1]).space.slug] += news
    return told


def _news(facts: str) -> int:
    """As in: 3 new, from Ada Crowd; or: new, with 2 replies, from Ada Crowd; or a place alone."""
    if found := re.match(r"new, with (\d+) repl", facts):
        return 1 + int(found[1])
    found = re.match(r"(\d+) new", facts)
    return int(found[1]) if found else 1


class Community:
    """Twenty leaders in two cohorts, five spaces of all kinds, and chance."""

    def __init__(self, seed: int, start: datetime):
        self.chance, self.start = random.Random(seed), start
        self.told: dict[int, set[int]] = {}
        self.before: dict[int, set[int]] = {}
        # All have joined before the first word: what was said before one joined is no news.
        joined = start - timedelta(days=1)
        self.leaders = [make_leader(f"{name} Crowd", joined_at=joined) for name in NAMES.split()]
        self.cohorts = [self._cohort(number) for number in range(2)]
        self.spaces = self._spaces()
        self.moderator = self._moderator()
        for leader in self.leaders:
            preferences.choose_digest(leader, "weekly", source="joining", digest_weekday=3, digest_hour=7)

    def _cohort(self, number: int) -> Cohort:
        day = self.start.date()
        cohort = Cohort.objects.create(name=f"Cohort {number}", slug=f"cohort-{number}", starts_on=day)
        for leader in self.leaders[number::2]:
            CohortMembership.objects.create(cohort=cohort, leader=leader, starts_on=day)
        return cohort

    def _spaces(self) -> list[Space]:
        told = {"open": "everything", "first": "everything", "second": "title", "asked": "nothing"}
        kinds = {"open": "open", "first": "private", "second": "private", "asked": "restricted"}
        spaces = [
            Space.objects.create(name=f"Place {slug}", slug=slug, kind=kinds[slug], mail_rule=rule)
            for slug, rule in told.items()
        ]
        sealed = Space.objects.create(name="After a knock", slug="sealed", kind="sealed", mail_rule="nothing")
        for number, cohort in enumerate(self.cohorts):
            spaces[1 + number].cohorts.add(cohort)
        for leader in self.leaders[:8]:
            SpaceMembership.objects.create(space=spaces[3], leader=leader)
            SpaceMembership.objects.create(space=sealed, leader=leader)
            sealed.terms_accepted.create(leader=leader)
        return [*spaces, sealed]

    def _moderator(self) -> Leader:
        dara = make_leader("Dara Elling", is_faculty=True, joined_at=self.start)
        for space in self.spaces:
            SpaceMembership.objects.create(space=space, leader=dara, role=SpaceRole.MODERATOR)
            if space.kind == SpaceKind.SEALED:
                space.terms_accepted.create(leader=dara)
        return dara

    # --- What people do ---------------------------------------------------------------------------------

    def act(self) -> None:
        """Somebody does something; what is not possible, or not allowed, is left."""
        talk = [self.write, self.answer] * 6 + [self.visit] * 4
        rare = [self.mute, self.unmute, self.mute_space, self.hide, self.show, self.hide_thread, self.move]
        rare += [
            self.split,
            self.merge,
            self.leave_cohort,
            self.come_back,
            self.go_away,
            self.thank,
            self.tag,
        ]
        with suppress(PermissionDenied, IndexError):
            self.chance.choice(talk + rare)()

    def somebody(self) -> Leader:
        return self.chance.choice(self.leaders)

    def thread(self, **which) -> Thread:
        which = {"hidden_at": None, "merged_into": None, **which}
        return self.chance.choice(list(Thread.objects.filter(**which).order_by("pk")))

    def canary(self) -> str:
        """A word that stands nowhere else."""
        return f"zq{self.chance.getrandbits(32):08x}"

    def write(self) -> None:
        make_thread(
            self.chance.choice(self.spaces), self.somebody(), self.canary(), f"A beginning {self.canary()}."
        )

    def answer(self) -> None:
        make_reply(self.thread(), self.somebody(), f"A reply {self.canary()}.")

    def tag(self) -> None:
        make_reply(self.thread(), self.somebody(), f"@{self.somebody().handle}, see {self.canary()}.")

    def thank(self) -> None:
        posts.thank(self.chance.choice(list(Post.objects.filter(hidden_at=None))), by=self.somebody())

    def visit(self) -> None:
        somebody = self.somebody()
        for thread in self.chance.choices(list(Thread.objects.visible_to(somebody).shown()), k=2):
            first, last = sorted(self.chance.choices(range(1, thread.last_number + 1), k=2))
            reading.mark_read(
                thread, by=somebody, first=1 if self.chance.random() < 0.7 else first, last=last
            )

    def mute(self) -> None:
        levels.follow(self.thread(), by=self.somebody(), level=Level.MUTED)

    def unmute(self) -> None:
        muted = self.chance.choice(list(Reading.objects.filter(level=Level.MUTED).order_by("pk")))
        levels.follow(muted.thread, by=muted.leader, level=self.chance.choice([None, Level.WATCHING]))

    def mute_space(self) -> None:
        level = self.chance.choice([Level.MUTED, Level.NORMAL, Level.NORMAL])
        levels.follow_space(self.chance.choice(self.spaces), by=self.somebody(), level=level)

    def hide(self) -> None:
        shown = list(Post.objects.filter(hidden_at=None, number__gt=1))
        moderation.hide(self.chance.choice(shown), by=self.moderator, reason="It names a patient.")

    def show(self) -> None:
        hidden = list(Post.objects.filter(hidden_at__isnull=False))
        moderation.restore(self.chance.choice(hidden), by=self.moderator, reason="It does not.")

    def hide_thread(self) -> None:
        moderation.hide(self.thread(), by=self.moderator, reason="For now.")

    def move(self) -> None:
        space = self.chance.choice(self.spaces)
        moderation.move(self.thread(), to=space, by=self.moderator, reason="It belongs there.")

    def split(self) -> None:
        thread = self.thread(last_number__gt=2)
        start = self.chance.randrange(2, thread.last_number + 1)
        words = {"title": self.canary(), "start": start, "reason": "Two subjects."}
        moderation.split(thread, by=self.moderator, **words)

    def merge(self) -> None:
        thread = self.thread()
        moderation.merge(thread, into=self.thread(space=thread.space), by=self.moderator, reason="One.")

    def leave_cohort(self) -> None:
        mine = self.chance.choice(list(CohortMembership.objects.current()))
        mine.ends_on = max(mine.starts_on, timezone.localdate())
        mine.save()

    def come_back(self) -> None:
        past = list(CohortMembership.objects.exclude(pk__in=CohortMembership.objects.current().values("pk")))
        mine = self.chance.choice(past)
        if not CohortMembership.objects.filter(cohort=mine.cohort, leader=mine.leader, ends_on=None).exists():
            CohortMembership.objects.create(
                cohort=mine.cohort, leader=mine.leader, starts_on=timezone.localdate()
            )

    def go_away(self) -> None:
        until = timezone.localdate() + timedelta(days=self.chance.randrange(3, 18))
        MailPreferences.objects.filter(leader=self.somebody()).update(away_until=until)

    # --- What is due to whom ----------------------------------------------------------------------------

    def send(self, mailoutbox) -> dict[int, tuple[Digest, Told | None]]:
        """Open and send what is due; each new row, and what its letter told."""
        known = set(Digest.objects.values_list("pk", flat=True))
        errands.run()
        digest.open_due()
        digest.deliver()
        letters = {letter.to[0]: letter for letter in mailoutbox}
        mailoutbox.clear()
        rows = Digest.objects.exclude(pk__in=known).select_related("leader")
        sent = {row.leader_id: letters.pop(f"{row.leader.name} <{row.leader.email}>", None) for row in rows}
        assert not letters, "a letter without a row"
        return {row.leader_id: (row, (found := sent[row.leader_id]) and read_letter(found)) for row in rows}

    def owed(self, leader: Leader) -> set[int]:
        """What one may read now, has not read or muted, did not write, and was not told of."""
        read = dict(Reading.objects.filter(leader=leader).values_list("thread", "read_up_to"))
        chosen = dict(Reading.objects.filter(leader=leader).values_list("thread", "level"))
        places = dict(SpaceLevel.objects.filter(leader=leader).values_list("space", "level"))
        seen = Post.objects.visible_to(leader).shown().exclude(author=leader)
        return {
            pk
            for pk, thread, number, space in seen.values_list("pk", "thread", "number", "space")
            if number > read.get(thread, 0) and (chosen.get(thread) or places.get(space)) != Level.MUTED
        } - self.told.get(leader.pk, set())

    def owed_for_sure(self, leader: Leader, owed: set[int]) -> set[int]:
        """But for what stood there when the last digest left and might not be told then."""
        return owed - self.before.get(leader.pk, set())

    def note(self, leader: Leader, owed: set[int]) -> None:
        """A digest left: what it owed is told."""
        self.told.setdefault(leader.pk, set()).update(owed)
        self.before[leader.pk] = set(Post.objects.values_list("pk", flat=True))

    def may_leave(self, leader: Leader) -> set[str]:
        """The canaries that a letter may show now: words where all may leave, titles elsewhere."""
        shown = Post.objects.visible_to(leader).shown().exclude(space__mail_rule="nothing")
        allowed = set()
        for title, rule, body in shown.values_list("thread__title", "space__mail_rule", "body"):
            allowed.add(title)
            if rule == "everything":
                allowed.update(CANARY.findall(body))
        return allowed


def by_space(ids: set[int]) -> Counter:
    """How many of these posts stand in which space."""
    return Counter(Post.objects.filter(pk__in=ids).values_list("space__slug", flat=True))
