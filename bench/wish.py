"""What somebody asked for on the command line."""

from dataclasses import dataclass


@dataclass
class Wish:
    """Sizes, how long, and which rows."""

    sizes: list[int]
    seconds: float
    only: str
    requests: int = 0  # exactly so many for each row, to try the bench itself

    def wants(self, name: str) -> bool:
        """Whether a row of this name is asked for."""
        return self.only in name
