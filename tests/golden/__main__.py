"""Write the golden files of the version that `setup.cfg` names; those of a released version are never written again.

python tests/golden
"""

from __future__ import annotations

import sys
import tempfile
from configparser import ConfigParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import golden
from databases import bound

from engine import migrations
from engine.settings import ROOT


def main() -> int:
    """Write the files; return 1 if this version has them."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    version = setup["metadata"]["version"]
    if (golden.FOLDER / version).exists():
        sys.stderr.write(f"Expected to write the golden files of {version}, but they are there\n")
        return 1
    for name, row in golden.chosen():
        with (
            tempfile.TemporaryDirectory() as directory,
            bound(f"sqlite:///{directory}/golden.sqlite", Path(directory), **golden.SECRET) as database,
        ):
            migrations.upgrade(database)
            golden.dump(golden.write(row), golden.FOLDER / version / f"{name}.json")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
