"""A table says of itself whether it can be believed; and whose processor time is counted."""

import subprocess
import sys

import psutil

from bench import cpu, quiet

PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
BUSY = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"


def test_a_quiet_machine_is_called_so():
    taken = quiet.share(every=200, busy=104, stolen=1, ours=100)
    assert not taken.is_loud
    assert taken.as_text() == "Other programs took 2% of the processors, the host 0%."


def test_other_programs_are_told_of():
    assert "other programs took 25%" in quiet.share(200, 150, 0, 100).as_text().lower()
    assert "was not quiet" in quiet.share(200, 150, 0, 100).as_text()


def test_a_host_that_serves_others_is_told_of():
    assert quiet.share(200, 100, 20, 100).is_loud


def test_what_the_bench_does_itself_is_not_others():
    watch = quiet.Watch()
    assert 0 <= watch.taken().others <= 1


def test_the_time_of_a_process_counts_while_it_lives_and_once_it_ended():
    before = cpu.of_tree(psutil.Process())
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        living = cpu.of_tree(psutil.Process()) - before
        child.communicate(b"\n")
    assert min(living, cpu.of_tree(psutil.Process()) - before) >= 0.2


def test_what_postgresql_does_by_the_clock_is_no_rows_cost():
    command = [sys.executable, "-c", f"{BUSY}  # postgres: checkpointer"]
    with subprocess.Popen(command, **PIPES) as child:
        child.stdout.readline()
        me = psutil.Process()
        spent = cpu.Meter(database=me.pid).read()["database"]
        assert cpu.of_tree(me) - spent >= 0.2
        child.communicate(b"\n")
