"""The command line behind the Makefile: python -m collaborate.local COMMAND."""

import sys
from pathlib import Path

from collaborate.local import assets, browser, console, rehearsal, run, upkeep
from collaborate.local.processes import Stopped, Supervisor


def main(arguments: list[str]) -> int:
    """Do what is asked; whatever goes wrong is one sentence on stderr and an exit code that is not 0."""
    try:
        return perform(arguments) or 0
    except console.Failure as failure:
        console.complain(str(failure))
    except OSError as error:
        console.complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
    except (Stopped, KeyboardInterrupt):
        console.complain("Stopped.")
        return 130
    return 1


def perform(arguments: list[str]) -> int | None:
    """Find the command and run it; what follows the name belongs to the command."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    match command, rest:
        case "run", []:
            return run.run()
        case "exec", [*words] if words and words != ["--"]:
            return rehearsal.execute(words[1:] if words[0] == "--" else words)
        case "test", _:
            return rehearsal.test(rest)
        case "check", []:
            return rehearsal.check()
        case "assets", []:
            return build_assets()
        case "browser", []:
            return show_browser()
        case "manage", _:
            return upkeep.manage(rest)
        case "demo", []:
            return upkeep.demo()
        case "backup" | "restore", [path]:
            return getattr(upkeep, command)(Path(path))
    return explain()


def build_assets() -> None:
    """Build the assets now, whatever the stamp says."""
    with Supervisor() as supervisor:
        assets.build(supervisor, again=True)


def show_browser() -> None:
    """Print the browser of the tests, installed first if need be."""
    with Supervisor() as supervisor:
        console.say(browser.ensure(supervisor))


def explain() -> int:
    """Show what can be asked."""
    print("Usage: python -m collaborate.local COMMAND", file=sys.stderr)
    print("run, exec -- ..., test, check, assets, browser,", file=sys.stderr)
    print("manage ..., demo, backup FILE, restore FILE", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
