"""The rules of the house, held by a machine: who may knock at which door, and how the rooms hang together."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, get_resolver

ROOT = Path(settings.BASE_DIR)


def every_door(patterns=None, prefix="", namespace=""):
    """(name, address as a pattern) of every URL."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", address
        else:
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from every_door(pattern.url_patterns, address, namespace + space)


def test_the_layers_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_fragment_asks_for_the_request():
    fragments = [path for path in (ROOT / "templates").rglob("_*.html") if "django" not in path.parts]
    assert len(fragments) > 10
    asking = [path.name for path in fragments if re.search(r"{[{%][^}]*\brequest\b", path.read_text())]
    assert asking == []


def test_no_template_has_inline_code_or_style():
    """The Content-Security-Policy would silently break it."""
    inline = re.compile(
        r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.IGNORECASE
    )
    pages = [path for path in (ROOT / "templates").rglob("*.html") if not {"mail", "email"} & set(path.parts)]
    assert [str(path) for path in pages if inline.search(path.read_text())] == []


def test_no_test_sleeps():
    """A test waits for a condition; a fixed pause is a guess."""
    sleeping = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called.endswith(("sleep", "wait_for_timeout")):
                sleeping.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert sleeping == []
