"""Let a simulated company live a quarter, hold it against the invariants, and write the report."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine import db
from simulation import company, product, report
from simulation.invariants import check
from simulation.life import Life
from simulation.quarter import Quarter
from simulation.terms import Term
from simulation.year import Year

VAR = Path(__file__).resolve().parent.parent / "var"


@click.command()
@click.option("--people", default=300, show_default=True, help="How many people the company has.")
@click.option("--seed", default=2025, show_default=True, help="What all chance hangs on.")
@click.option("--period", default="2025 Q3", show_default=True, help="A quarter, or a year such as 2025.")
@click.option("--database", default="", help="The URL of an empty database; a new SQLite file where it is left out.")
@click.option("--to", default=VAR / "quarter", type=click.Path(path_type=Path), help="Where the report is written.")
def main(people: int, seed: int, period: str, database: str, to: Path) -> None:
    """Play a simulated company's life; status 1 where an invariant is violated, each named on standard error."""
    with TemporaryDirectory() as directory:
        url = database or f"sqlite:///{Path(directory) / 'company.sqlite'}"
        with product.running(url, Path(directory)) as running:
            life = Life(company.found(seed, people), running)
            facts = play(Year(life, int(period)) if period.isdigit() else Quarter(life, Term.read(period)))
    click.echo(f"The report is in {report.write(facts, to)}")
    broken = [sentence for one in facts["invariants"] for sentence in one["violations"]]
    for sentence in broken:
        click.echo(f"violated: {sentence}", err=True)
    sys.exit(1 if broken else 0)


def play(lived: Quarter | Year) -> report.Facts:
    """Let a company live on the running product; return the facts of its report."""
    begun = time.perf_counter(), time.process_time()
    life = lived.life
    for day in lived.live():
        if day.day == 1 or life.diary.days[-1].completed > len(life.staff):
            click.echo(f"{day}: {life.diary.days[-1].open} tasks are open")
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    with db.reading() as session:
        evidence = lived.evidence()
        return report.gather(session, lived, evidence, check(session, evidence), took)


if __name__ == "__main__":
    main()
