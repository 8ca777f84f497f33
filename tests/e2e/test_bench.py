"""The bench itself, at its smallest: every row, whatever its times."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCH = [sys.executable, "-m", "bench", "200", "--requests", "2", "--rounds", "2"]
GIVEN = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_DIR", "MEDIA_ROOT", "SECRET_KEY", "SITE_URL"}


@pytest.fixture
def env(tmp_path):
    kept = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return {**kept, "VAR_DIR": str(tmp_path)}


def test_every_row_is_measured_and_the_data_stay(env, tmp_path):
    first = subprocess.run(BENCH, env=env, cwd=ROOT, capture_output=True, text=True)
    assert first.returncode == 0, first.stdout + first.stderr
    report = json.loads((tmp_path / "bench" / "200" / "table.json").read_text())
    names = [line["name"] for part in ("pages", "chat", "mail") for line in report[part]["lines"]]
    assert report["pages"]["yardstick"]["name"] == "yardstick"
    assert {len(line["drives"]) for line in report["pages"]["lines"]} == {2}
    for wanted in (
        "thread, first page",
        "long thread, last page",
        "search, rare, 100 spaces",
        "reply",
        "floor, 500 sockets in one room",
        "chat, 500 sockets, handed out only",
        "chat, 2,000 sockets in 200 rooms",
        "chat, highest rate",
        "mail, bare loop",
        "mail, digests, 2 workers",
    ):
        assert wanted in names
    told = " ".join(report["chat"]["notes"] + report["mail"]["notes"])
    for wanted in ("all back after", "500 missed messages", "From a reply to its notice on another screen"):
        assert wanted in told
    assert (tmp_path / "bench" / "200" / "loaded").exists()


def test_ctrl_c_ends_it_in_the_middle_of_loading(env, tmp_path):
    with subprocess.Popen(BENCH, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        next(line for line in process.stdout if "Starting PostgreSQL" in line)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130
    assert not (tmp_path / "bench" / "200" / "postgres" / "postmaster.pid").exists()
    assert not (tmp_path / "bench" / "200" / "loaded").exists()
