"""Words as people use them: a few everywhere, most of them hardly ever (Zipf's law)."""

import random
from itertools import accumulate

SMALL = (  # noqa: SIM905
    "the and of to a in is we it for that with on as are this our at be have from was by they an or not but "
    "what if there when all which do their can will one how so would about them had been has its into out"
).split()
OFTEN = (  # noqa: SIM905
    "practice patients team leader meeting clinic network nurse pharmacist appointment surgery system staff "
    "plan change people partner region support question trust board service funding week time training"
).split()
BEGINNINGS = "ba ce di fo gu ha ke li mo nu pa re si to vu wa zo bri cla dro fre gli pla sto tra whe".split()  # noqa: SIM905
MIDDLES = "a ba de fi lo mu na pe ri so tu va xi lan den fil mor nas ter pol ras ven tur gal min".split()  # noqa: SIM905
ENDINGS = "n r l s t m d x nd rt lk st mp nt ck sh rm lt".split()  # noqa: SIM905
SIZE = 30_000
SMALL_SHARE = 0.45

# What the bench searches for, by rank: in about a third and a hundredth of the posts, or in a hundred posts.
COMMON, PAIR, MEDIUM, RARE_IN_A_MILLION = 0, (2, 9), 350, 27_000


class Vocabulary:
    """The words of one community, always the same ones, and texts made of them."""

    def __init__(self, seed: int = 2016):
        self.chance = random.Random(seed)
        self.words = [*OFTEN, *_invented(SIZE - len(OFTEN))]
        self._large = list(accumulate(1 / (rank + 3) for rank in range(SIZE)))
        self._small = list(accumulate(1 / (rank + 2) for rank in range(len(SMALL))))

    def sentence(self, words: int) -> str:
        """So many words, small ones among them, with a capital and a full stop."""
        small = int(words * SMALL_SHARE)
        chosen = self.chance.choices(self.words, cum_weights=self._large, k=words - small)
        chosen += self.chance.choices(SMALL, cum_weights=self._small, k=small)
        self.chance.shuffle(chosen)
        return f"{' '.join(chosen).capitalize()}."

    def paragraphs(self) -> list[str]:
        """The words of one post: most are short, some are long."""
        length = min(int(self.chance.lognormvariate(3.6, 0.7)) + 4, 400)
        return [self.sentence(min(70, length - begun)) for begun in range(0, length, 70)]

    def title(self) -> str:
        """A few words without a full stop."""
        return self.sentence(self.chance.randint(4, 9))[:-1]


def rare(posts: int) -> int:
    """The rank of a word that stands in about a hundred posts of so many: few or many, as much is found."""
    return min(RARE_IN_A_MILLION * posts // 1_000_000, SIZE - 1)


def _invented(count: int) -> list[str]:
    chance, words = random.Random(1), {}
    while len(words) < count:
        middle = "".join(chance.choices(MIDDLES, k=chance.randint(1, 2)))
        words[chance.choice(BEGINNINGS) + middle + chance.choice(ENDINGS)] = None
    return list(words)
