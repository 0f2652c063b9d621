"""Write the next migration: `python -m engine.migrations "Sentence that says what it does"` (see `make migration`)."""

import subprocess
import sys
import tempfile
from pathlib import Path

from engine import db, migrations, settings


def main(sentence: str) -> None:
    """Compare the models with a scratch database at the newest version, and write the difference."""
    with tempfile.TemporaryDirectory() as directory:
        database = db.bind(settings.load({}, directory=Path(directory)))
        migrations.upgrade(database)
        path = migrations.revision(database, sentence)
        db.unbind()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("    # ###")))  # Alembic's own remarks
    for step in (["check", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, "--quiet", str(path)], check=True)  # noqa: S603 - ours
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1])
