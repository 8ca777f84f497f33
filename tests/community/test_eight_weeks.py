"""Eight weeks of weekly digests for twenty leaders who write, read, mute, leave and come back in between.

No post is told twice, none is lost, and nothing leaks: each post that a leader should have got was read by
then, or was told or counted in a digest, or was not theirs to be told of at the time.
"""

from datetime import UTC, datetime, timedelta

import pytest

from community.models import LetterState
from tests.community.weeks import Community, by_space

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)  # the clocks change on 29 March
WEEKS, A_DAY = 8, 6
QUIET = {"asked", "sealed"}


def check(community, leader, row, told) -> None:
    """One leader's digest tells what it owes, and nothing else."""
    owed = community.owed(leader)
    sure = community.owed_for_sure(leader, owed)
    if told is None:
        assert row.state == LetterState.SKIPPED, row.note
        assert row.note == "The leader is away." or not sure, f"{leader} lost {sure}"
        return
    assert len(told.posts) == len(set(told.posts)) <= 12
    assert set(told.posts) <= owed, "told twice, read, muted or not to be seen"
    assert told.canaries <= community.may_leave(leader), "leaked"
    most, least = by_space(owed), by_space(sure)
    for place in {*most, *told.numbers} - QUIET:
        assert least[place] <= told.numbers[place] <= most[place], f"{leader} in {place}"
    for place in QUIET:
        is_told = ("" if place == "sealed" else place) in told.quiet
        assert bool(least[place]) <= is_told, f"{leader} in {place}"
    community.note(leader, owed)


@pytest.mark.parametrize("seed", [2026])
def test_eight_weeks_of_digests_tell_every_post_once(seed, time_machine, mailoutbox):
    time_machine.move_to(MONDAY, tick=False)
    community = Community(seed, MONDAY)
    sent = skipped = 0
    for day in range(WEEKS * 7):
        for step in range(A_DAY):
            # Some of it is said within the hour before the digests leave.
            time_machine.move_to(MONDAY + timedelta(days=day, minutes=step * 17 - 90), tick=False)
            community.act()
        time_machine.move_to(MONDAY + timedelta(days=day), tick=False)
        for pk, (row, told) in community.send(mailoutbox).items():
            check(community, next(each for each in community.leaders if each.pk == pk), row, told)
            sent, skipped = sent + (told is not None), skipped + (told is None)
    assert sent > 100
    assert skipped
    assert len({len(each) for each in community.told.values()}) > 5  # their weeks differed
