"""How fast Collaborate is: a large community, a load generator, a yardstick (docs/measuring.md)."""

VERSION = 1  # of what is loaded: raise it when that changes
