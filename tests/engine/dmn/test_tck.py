from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KIT = ROOT / ".." / "shared" / "tck"
FLOOR = 1427


def test_as_many_cases_of_the_compatibility_kit_pass_as_ever():
    if not KIT.is_dir():
        pytest.skip("The DMN compatibility kit is not beside this repository, in ../shared/tck.")

    ran = subprocess.run(
        [sys.executable, "tests/tck.py", str(KIT)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    last = ran.stdout.splitlines()[-1]
    assert int(last.split()[1]) >= FLOOR, ran.stdout[-4000:]
