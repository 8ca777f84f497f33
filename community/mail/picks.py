"""Which of many new posts a digest tells, and which it only counts. The same news give the same choice.

First come posts of people one listens to (whom one thanked, or to whom one said well done) and of threads
that one watches; then questions without a reply that fit what one can be asked about; then the rest. Among
equals the spaces of one's cohorts come first, then posts neither very short nor very long, then the latest.
Nobody speaks twice before everybody else has spoken once.

There may be hundreds of threads for each reader, of which a dozen is told: they are looked at in this order,
and no further than needed.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from community.mail.boards import Said, Talk, words_of
from community.mail.unmailed import Reader
from community.models import Level


class Pick(NamedTuple):
    """A thread with something new in it, and the post that stands for it."""

    talk: Talk
    said: Said


def choose(reader: Reader, size: int, spaces: Iterable[int], knows: frozenset[str]) -> list[Pick]:
    """So many of what is new in these spaces, what matters most first."""
    chosen, again, spoke = [], [], Counter()
    for pick in _by_weight(reader, set(spaces), knows):
        # Whoever is not named is another voice in each thread.
        voice = pick.said.author or -pick.talk.pk
        if spoke[voice]:
            again.append((spoke[voice], len(again), pick))
        else:
            chosen.append(pick)
        if len(chosen) == size:
            return chosen
        spoke[voice] += 1
    return (chosen + [pick for *_, pick in sorted(again)])[:size]


def what_they_know(leaders: list[int]) -> dict[int, frozenset[str]]:
    """The words of what each can be asked about, in the form in which titles are searched."""
    statement = """
        SELECT id, tsvector_to_array(to_tsvector('english', ask_me_about))
          FROM leaders_leader WHERE id = ANY(%s)
    """
    return words_of(statement, leaders)


def _by_weight(reader: Reader, spaces: set[int], knows: frozenset[str]) -> Iterator[Pick]:
    followed = dict(_followed(reader, spaces))
    yield from _in_order(reader, followed)
    fitting = dict(_fitting(reader, spaces, knows))
    yield from _in_order(reader, {talk: fitting[talk] for talk in fitting.keys() - followed.keys()})
    told = followed.keys() | fitting.keys()
    for mine in (spaces & reader.cohort, spaces - reader.cohort):
        yield from _others(reader, mine, told)


def _in_order(reader: Reader, found: dict[Talk, Said]) -> list[Pick]:
    picks = [Pick(talk, said) for talk, said in found.items()]
    return sorted(picks, key=lambda pick: _place(reader, pick))


def _place(reader: Reader, pick: Pick) -> tuple[bool, bool, int]:
    return pick.talk.space not in reader.cohort, not pick.said.is_sensible, pick.talk.rank


def _followed(reader: Reader, spaces: set[int]) -> Iterator[tuple[Talk, Said]]:
    """What is new by those one listens to, and in threads that one watches."""
    board, marks = reader.board, reader.marks.items()
    watched = {board.of_thread[thread] for thread, (_, level) in marks if level == Level.WATCHING}
    theirs = {talk for author in reader.heard for talk, _ in board.by_author.get(author, ())}
    for talk in watched | theirs:
        new = list(reader.unread(talk)) if talk.space in spaces else []
        heard = (said for said in new if said.author in reader.heard)
        if said := next(heard, new[0] if new and talk in watched else None):
            yield talk, said


def _fitting(reader: Reader, spaces: set[int], knows: frozenset[str]) -> Iterator[tuple[Talk, Said]]:
    """Questions without a reply that fit what one can be asked about."""
    for talk in {talk for word in knows for talk in reader.board.by_word.get(word, ())}:
        said = next(reader.unread(talk), None) if talk.space in spaces else None
        if said and said.number == 1:
            yield talk, said


def _others(reader: Reader, spaces: Iterable[int], told: set[Talk]) -> Iterator[Pick]:
    """The rest, the latest first; very short and very long posts after the others."""
    board, later = reader.board, []
    for rank in heapq.merge(*(board.shelves[space].ranks for space in spaces)):
        talk = board.talks[rank]
        if talk in told or not (said := next(reader.unread(talk), None)):
            continue
        if said.is_sensible:
            yield Pick(talk, said)
        else:
            later.append(Pick(talk, said))
    yield from later
