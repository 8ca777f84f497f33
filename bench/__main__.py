"""The command line behind `make bench`: python -m bench [SIZE ...] [--rounds 5] [--only search]."""

import argparse
import sys

from bench import course, growth
from bench.wish import Wish
from collaborate.local import console
from collaborate.local.processes import Stopped

FEWEST, MOST = 200, 10_000_000
MOST_ROUNDS = 99


def main(arguments: list[str]) -> int:
    """Measure what is asked; whatever goes wrong is one sentence on stderr and an exit code that is not 0."""
    wish = parse(arguments)
    try:
        reports = course.run(wish)
    except console.Failure as failure:
        console.complain(str(failure))
    except OSError as error:
        console.complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
    except (Stopped, KeyboardInterrupt):
        console.complain("Stopped.")
        return 130
    else:
        show(reports)
        return 0
    return 1


def parse(arguments: list[str]) -> Wish:
    """What somebody asked for; argparse complains about the rest."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "sizes", nargs="*", type=_size, metavar="SIZE", help="how many posts; several: growth"
    )
    parser.add_argument("--seconds", type=float, default=2, help="how long each row is driven, about")
    parser.add_argument("--rounds", type=_rounds, default=5, help="how often each row of pages is driven")
    parser.add_argument(
        "--only", default="", help="only rows whose name holds this, or one of these: thread,reply"
    )
    parser.add_argument("--requests", type=int, default=0, help="exactly so many for each row instead")
    asked = parser.parse_args(arguments)
    sizes = list(dict.fromkeys(asked.sizes)) or [1_000_000]
    return Wish(sizes, asked.seconds, asked.only, asked.requests, asked.rounds)


def show(reports: list[course.Report]) -> None:
    """The tables of each size, then what grows."""
    for report in reports:
        console.say(f"\n{report.as_text() or 'No row has such a name.'}")
    if len(tables := {report.size: report.pages for report in reports if report.pages}) > 1:
        console.say(f"\nProcessor time, and in yardsticks, by number of posts\n\n{growth.compare(tables)}")


def _rounds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_ROUNDS:
        raise argparse.ArgumentTypeError(f"rounds are a number from 1 to {MOST_ROUNDS}, not {text!r}")
    return int(text)


def _size(text: str) -> int:
    if not text.isdecimal() or not FEWEST <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"a size is a number from {FEWEST} to {MOST}, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
