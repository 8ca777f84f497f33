"""Compile every template of both engines: a typo in a page nobody opened is found here."""

import sys
from pathlib import Path

import django
from django.conf import settings
from django.template import TemplateSyntaxError, engines
from jinja2 import TemplateError

SUFFIXES = (".html", ".txt", ".xml")


def main() -> int:
    """Print each template that does not compile; 1 if there is any."""
    django.setup()
    root = Path(settings.BASE_DIR) / "templates"
    names = [path.relative_to(root) for path in sorted(root.rglob("*")) if path.suffix in SUFFIXES]
    broken = [line for line in (_complaint(name) for name in names) if line]
    print("\n".join([*broken, f"{len(names)} templates, {len(broken)} of them broken"]))
    return 1 if broken else 0


def _complaint(name: Path) -> str | None:
    django_own = name.parts[0] == "django"
    engine = engines["django" if django_own else "jinja2"]
    try:
        engine.get_template(str(name.relative_to("django") if django_own else name))
    except (TemplateSyntaxError, TemplateError, LookupError, UnicodeDecodeError) as error:
        return f"templates/{name}: {error}"
    return None


if __name__ == "__main__":
    sys.exit(main())
