"""What somebody asked for on the command line."""

from dataclasses import dataclass


@dataclass
class Wish:
    """Sizes, how long, how often, and which rows."""

    sizes: list[int]
    seconds: float
    only: str
    requests: int = 0  # exactly so many for each row, to try the bench itself
    rounds: int = 5

    def some(self, crowd: list) -> list:
        """As many of a crowd as are needed."""
        return crowd[: 20 * self.requests] if self.requests else crowd

    def wants(self, name: str) -> bool:
        """Whether a row of this name is asked for."""
        return any(part in name for part in self.only.split(","))
