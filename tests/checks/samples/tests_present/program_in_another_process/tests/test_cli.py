#! measure tests = 2
import subprocess
import sys


def test_add():
    done = subprocess.run(
        [sys.executable, "-m", "shop", "add", "milk"], capture_output=True, text=True
    )
    assert done.stdout == "milk\n"


def test_count():
    out = subprocess.check_output([sys.executable, "-m", "shop.cli", "count"])
    assert b"1" in out


def test_python():  #! test-not-counted
    done = subprocess.run([sys.executable, "-m", "pip", "clear"], capture_output=True)
    assert done.stdout == ""
