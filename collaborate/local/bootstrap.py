"""Make .venv hold exactly what requirements/local.txt locks.

Standard library only, as nothing is installed yet; in words that an old Python understands, to tell it so.
"""

# ruff: noqa: RUF005, UP031, UP032, UP036

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "requirements.stamp")
REQUIREMENTS = ("base.txt", "local.txt")
ROOM = 1200 * 1024 * 1024


def main():
    use_new_enough_python()
    stamp = describe()
    if read(STAMP) == stamp:
        return
    began = time.monotonic()
    say("Installing what Python needs into .venv (the first time takes a minute or two)")
    check_venv_module()
    check_room()
    create(stamp)
    say("Installed: %.1f s" % (time.monotonic() - began))


def use_new_enough_python():
    if sys.version_info >= (3, 11):
        return
    for name in ("python3.11", "python3.12", "python3.13", "python3.14"):
        found = shutil.which(name)
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found] + sys.argv)
    fail("Collaborate needs Python 3.11 or newer; %s is %s." % (sys.executable, sys.version.split()[0]))


def describe():
    digest = hashlib.sha256("{0.major}.{0.minor}".format(sys.version_info).encode())
    for name in REQUIREMENTS:
        with open(os.path.join(ROOT, "requirements", name), "rb") as file:
            digest.update(file.read())
    digest.update(VENV.encode())
    return digest.hexdigest()


def check_venv_module():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail("Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv")


def check_room():
    if shutil.disk_usage(ROOT).free < ROOM:
        fail("The disk is full: installing needs about 1.2 GB below %s." % ROOT)


def create(stamp):
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not has_pip():
        work([sys.executable, "-m", "venv", "--clear", VENV], "Creating .venv failed")
    local = os.path.join(ROOT, "requirements", "local.txt")
    arguments = ["install", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", local]
    work([PYTHON, "-m", "pip"] + arguments, "Installing the packages failed")
    with open(STAMP, "w") as file:
        file.write(stamp)


def has_pip():
    if not os.path.exists(PYTHON):
        return False
    return subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0


def work(command, failure):
    """Run the command; show on a terminal which package it is at, keep the rest for the failure."""
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            lines.append(line.strip())
            show(line)
    show("")
    if process.returncode:
        errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["no message"]
        fail("%s: %s" % (failure, errors[-1]))


def show(line):
    words = line.split()
    if sys.stdout.isatty():
        text = words[1] if words and words[0] in ("Collecting", "Downloading", "Installing") else ""
        if text or not line:
            sys.stdout.write("\r\033[K" + ("  " + text[:100] if text else ""))
            sys.stdout.flush()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


def say(text):
    print(text, flush=True)


def fail(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("Stopped.")
    except OSError as error:
        fail("The environment could not be made: %s" % error)
