"""The reference of the larger shape holds together. Read from the files: no Docker engine is asked."""

import re
import shlex

import pytest
import yaml

from collaborate.local.places import ROOT

OURS = ("web", "live", "worker", "beat", "inbound", "migrate")
COMPOSE_ONLY = {"SITE_HOST", "POSTGRES_PASSWORD"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def read_by_settings():
    """The names of all environment variables that the settings read."""
    source = (ROOT / "collaborate" / "settings.py").read_text()
    return set(re.findall(r"""(?:env(?:\.\w+)?|required)\(\s*"([A-Z_]+)\"""", source))


def test_parts_are_those_of_the_design(compose):
    assert set(compose["services"]) == {*OURS, "caddy", "postgres", "valkey"}


def test_only_caddy_can_be_reached_from_outside(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["caddy"]


def test_every_lasting_part_tells_whether_it_is_well(compose):
    without = [name for name, service in compose["services"].items() if "healthcheck" not in service]
    assert without == ["migrate"]


def test_images_name_their_major_version(compose):
    for name in ("caddy", "postgres", "valkey"):
        assert re.search(r":\d+$", compose["services"][name]["image"])


def test_data_lies_in_named_volumes(compose):
    mounted = [volume for service in compose["services"].values() for volume in service.get("volumes", [])]
    assert "postgres:/var/lib/postgresql" in mounted
    assert {volume.split(":")[0] for volume in mounted} == set(compose["volumes"])


def test_everything_waits_for_what_it_needs(compose):
    services = compose["services"]
    for name in OURS[:-1]:
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert services[name]["depends_on"]["valkey"]["condition"] == "service_healthy"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["migrate"]["restart"] == "no"


def test_sockets_go_to_live_and_pages_to_web(compose):
    caddyfile = compose["configs"]["caddyfile"]["content"]
    assert re.search(r"handle /ws/\* \{\s+reverse_proxy live:8000", caddyfile)
    assert re.search(r"handle \{\s+reverse_proxy web:8000", caddyfile)


def test_our_parts_run_without_development_and_cannot_write_their_code(compose):
    for name in OURS:
        assert compose["services"][name]["environment"]["DEVELOPMENT"] == "0"
        assert compose["services"][name]["read_only"] is True


def test_every_dollar_is_one_that_compose_understands():
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.search(r"\$(?!\{[A-Z]|\$)", text.replace("$$", "")) is None


def test_no_secret_stands_in_the_files(compose, example):
    assert not any(example[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL", "SENTRY_DSN"))
    assert compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${")


def test_every_required_variable_is_given(compose, example, read_by_settings):
    given = {**example, **compose["services"]["web"]["environment"]}
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "ALLOWED_HOSTS", "SITE_URL"} <= set(given)
    assert set(given) - COMPOSE_ONLY <= read_by_settings


def test_every_variable_of_the_settings_is_explained(read_by_settings):
    explained = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operating.md").read_text()))
    assert read_by_settings - explained == set()


def test_image_is_built_from_what_is_locked_and_is_not_run_by_root():
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    assert "RUN pip install --require-hashes -r requirements/base.txt" in lines
    assert "USER collaborate" in lines
    assert lines.index("USER collaborate") > max(i for i, line in enumerate(lines) if line[:3] == "RUN")


def test_image_copies_what_exists():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert all((ROOT / source).exists() for source in shlex.split(line)[1:-1]), line
