"""Threads and posts as a community writes them over three years, with figures and marks that are true."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate

from bench.copying import Table
from bench.people import BEGAN, FIVE, HUNDRED, LOADED_AT, READ, WRITERS, Place
from bench.words import Vocabulary
from community.models import Notice, Post, Quote, Reading, Thanks, Thread

DEEP = 400
LONG_SHARE = 10  # one thread holds a tenth of all posts: 100,000 of a million
NOTICES = 120  # of each reader, a fifth of them unread


@dataclass
class Conversation:
    """A thread while it is being written."""

    pk: int
    place: Place
    target: int
    began: object
    title: str
    author: int
    number: int = 0
    shown: int = 0
    last_pk: int | None = None
    last_at: object = None
    last_number: int = 0
    writers: dict[int, int] = field(default_factory=dict)
    quotable: tuple[int, str] | None = None


class Talk:
    """Everything that is said: `load` sends it to the database in the order of its times."""

    def __init__(self, places: list[Place], size: int):
        self.places, self.size = places, size
        self.chance, self.words = random.Random(size), Vocabulary()
        self.popular = list(accumulate(1 / (n + 1) for n in range(len(places))))
        self.threads: list[Conversation] = []
        self.open: list[Conversation] = []
        self.authors = {p.pk: [pk for pk in p.members if pk not in p.readers] for p in places}
        self.quotes: list[tuple[int, int]] = []
        self.thanked: list[tuple[int, int, object]] = []

    def load(self) -> None:
        """Posts first, as they tell the figures of their threads."""
        self.posts = Table(Post)
        self.posts.copy(self._posts())
        self.threads = [talk for talk in self.threads if talk.number]
        Table(Thread).fill(self._thread(talk) for talk in self.threads)
        Table(Quote).fill(
            {"id": n, "post_id": post, "quoted_id": quoted} for n, (post, quoted) in enumerate(self.quotes, 1)
        )
        Table(Thanks).fill(
            {"id": n, "post_id": post, "by_id": by, "at": at, "words": "That helped." if n % 3 else ""}
            for n, (post, by, at) in enumerate(self.thanked, 1)
        )
        Table(Reading).fill(self._numbered(self._readings()))
        Table(Notice).fill(self._numbered(self._notices()))

    def _posts(self) -> Iterator[str]:
        """The conversations go on side by side, so that the posts of one are spread over the table."""
        step = (LOADED_AT - BEGAN) / self.size
        read = self.places[READ]
        long = self._begin(BEGAN, read, target=self.size)
        deep = [self._begin(BEGAN, read, target=length) for length in self._depths()]
        share = 1.2 * sum(self._depths()) / self.size
        kept = min(400, max(10, self.size // 100))
        for pk in range(1, self.size + 1):
            at = BEGAN + step * pk
            if long.number < self.size // LONG_SHARE and self.chance.random() < 1.2 / LONG_SHARE:
                talk = long
            elif deep and self.chance.random() < share:
                talk = self._of(deep)
            else:
                while len(self.open) < kept:
                    self.open.append(self._begin(at, self._somewhere()))
                talk = self._of(self.open)
            yield self._post(talk, pk, at)

    def _depths(self) -> list[int]:
        """A deep thread in the space that is read, and threads of three pages to open one after the other."""
        return [min(DEEP, self.size // 20), *[60] * min(30, self.size // 300)]

    def _of(self, talks: list[Conversation]) -> Conversation:
        """One of these; when it has all that it will get, it is no longer among them."""
        place = self.chance.randrange(len(talks))
        talk = talks[place]
        if talk.number + 1 >= talk.target:
            talks[place] = talks[-1]
            talks.pop()
        return talk

    def _somewhere(self) -> Place:
        return self.chance.choices(self.places, cum_weights=self.popular)[0]

    def _begin(self, at, place: Place, target: int = 0) -> Conversation:
        target = target or min(DEEP, int(self.chance.lognormvariate(2.0, 1.0)) + 1)
        author = self.chance.choice(self.authors[place.pk])
        talk = Conversation(len(self.threads) + 1, place, target, at, self.words.title(), author)
        self.threads.append(talk)
        return talk

    def _post(self, talk: Conversation, pk: int, at) -> str:
        talk.number += 1
        author = talk.author if talk.number == 1 else self.chance.choice(self.authors[talk.place.pk])
        hidden = talk.number > 1 and self.chance.random() < 0.004
        body, html = self._words(talk, pk)
        if not hidden:
            talk.shown += 1
            talk.last_pk, talk.last_at, talk.last_number = pk, at, talk.number
            talk.writers[author] = talk.number
            if self.chance.random() < 0.04:
                self.thanked.append((pk, self.chance.choice(talk.place.members), at))
        return self.posts.line(
            id=pk,
            space_id=talk.place.pk,
            thread_id=talk.pk,
            number=talk.number,
            author_id=author,
            body=body,
            body_html=html,
            created_at=at,
            announced_at=at,
            hidden_at=at if hidden else None,
            client_uuid=f"{pk:032x}",
        )

    def _words(self, talk: Conversation, pk: int) -> tuple[str, str]:
        """Markdown and the HTML that `markdown.render` makes of it."""
        paragraphs = self.words.paragraphs()
        body, html = "\n\n".join(paragraphs), "".join(f"<p>{text}</p>\n" for text in paragraphs)
        if talk.quotable and self.chance.random() < 0.03:
            quoted, text = talk.quotable
            self.quotes.append((pk, quoted))
            body = f"> /posts/{quoted}/\n> {text}\n\n{body}"
            html = f'<blockquote data-quote="{quoted}">\n<p>{text}</p>\n</blockquote>\n{html}'
        talk.quotable = pk, paragraphs[0]
        return body, html

    def _thread(self, talk: Conversation) -> dict:
        rare = self.chance.random()
        return {
            "id": talk.pk,
            "space_id": talk.place.pk,
            "kind": "question" if talk.pk % 5 == 0 else "discussion",
            "title": talk.title,
            "author_id": talk.author,
            "created_at": talk.began,
            "last_number": talk.number,
            "shown_count": talk.shown,
            "last_post_id": talk.last_pk,
            "last_post_at": talk.last_at or talk.began,
            "is_pinned": rare < 0.0005,
            "closed_at": talk.last_at if 0.1 < rare < 0.12 and talk.place.pk != READ + 1 else None,
            "hidden_at": talk.last_at if 0.5 < rare < 0.502 and talk.place.pk != READ + 1 else None,
        }

    def _readings(self) -> Iterator[dict]:
        """Who wrote in a thread has read it to somewhere; the bench's readers have read two thirds."""
        for talk in self.threads:
            told = {"thread_id": talk.pk, "read_at": talk.last_at or talk.began}
            for reader in talk.place.readers:
                if self.chance.random() < 0.66:
                    yield {**told, "leader_id": reader, "read_up_to": self._mark(talk, 1), "level": "normal"}
            for writer, number in talk.writers.items():
                mark = self._mark(talk, number)
                yield {**told, "leader_id": writer, "read_up_to": mark, "level": "watching"}

    def _mark(self, talk: Conversation, least: int) -> int:
        return (
            talk.number if self.chance.random() < 0.5 else self.chance.randint(least, max(least, talk.number))
        )

    def _notices(self) -> Iterator[dict]:
        """Somebody replied where one had written: a third of those lines is still unread."""
        talks = [talk for talk in self.threads if talk.last_number > 1]
        for reader in (FIVE, HUNDRED, *WRITERS):
            mine = [talk for talk in talks if reader in talk.place.readers]
            for number, talk in enumerate(self.chance.sample(mine, k=min(NOTICES, len(mine)))):
                yield self._notice(talk, reader, unread=number % 5 == 0)
        for talk in talks:
            for writer, number in list(talk.writers.items())[:50]:
                if number < talk.last_number and self.chance.random() < 0.2:
                    yield self._notice(talk, writer, unread=self.chance.random() < 0.3)

    @staticmethod
    def _notice(talk: Conversation, leader: int, *, unread: bool) -> dict:
        return {
            "leader_id": leader,
            "kind": "reply",
            "space_id": talk.place.pk,
            "thread_id": talk.pk,
            "post_id": talk.last_pk,
            "actor_id": talk.author,
            "at": talk.last_at,
            "read_at": None if unread else talk.last_at + timedelta(hours=5),
        }

    @staticmethod
    def _numbered(rows: Iterator[dict]) -> Iterator[dict]:
        return ({"id": number, **row} for number, row in enumerate(rows, 1))
