"""The style that pages get holds the parts of the design system that they name, and not the others."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHOLE = ROOT / "node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.css"
OURS = ROOT / "static/dist/nhsuk.css"
CLASS = re.compile(r"nhsuk-[a-z]+(?:[-_]+[a-z0-9]+)*")


def classes(*paths: Path) -> set[str]:
    return {name for path in paths for name in CLASS.findall(path.read_text())}


def styled(path: Path) -> set[str]:
    return {name[1:] for name in re.findall(rf"\.{CLASS.pattern}", path.read_text())}


def test_each_class_that_a_page_names_is_styled():
    named = classes(*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/js").glob("*.js"))
    assert "nhsuk-button--secondary" in named & styled(WHOLE)
    assert (named & styled(WHOLE)) - styled(OURS) == set()


def test_parts_that_no_page_names_are_left_out():
    assert not styled(OURS) & {"nhsuk-header", "nhsuk-card", "nhsuk-hero", "nhsuk-pagination"}
