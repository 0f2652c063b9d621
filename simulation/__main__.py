"""Let a simulated company live a quarter, hold it against the invariants, and write the report."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine import db
from simulation import company, product, report, rulebook
from simulation.invariants import check
from simulation.life import Life
from simulation.quarter import Quarter
from simulation.terms import Term

VAR = Path(__file__).resolve().parent.parent / "var"


@click.command()
@click.option("--people", default=300, show_default=True, help="How many people the company has.")
@click.option("--seed", default=2025, show_default=True, help="What all chance hangs on.")
@click.option("--quarter", default="2025 Q3", show_default=True, help="The quarter: one whose notices are printed.")
@click.option("--database", default="", help="The URL of an empty database; a new SQLite file where it is left out.")
@click.option("--to", default=VAR / "quarter", type=click.Path(path_type=Path), help="Where the report is written.")
def main(people: int, seed: int, quarter: str, database: str, to: Path) -> None:
    """Play a quarter of a simulated company; status 1 where an invariant is violated, each named on standard error."""
    with TemporaryDirectory() as directory:
        url = database or f"sqlite:///{Path(directory) / 'company.sqlite'}"
        with product.running(url, Path(directory)) as running:
            facts = play(running, people, seed, Term.read(quarter))
    click.echo(f"The report is in {report.write(facts, to)}")
    broken = [sentence for one in facts["invariants"] for sentence in one["violations"]]
    for sentence in broken:
        click.echo(f"violated: {sentence}", err=True)
    sys.exit(1 if broken else 0)


def play(running: product.Product, people: int, seed: int, term: Term) -> report.Facts:
    """Let a company live a quarter on the running product; return the facts of its report."""
    begun = time.perf_counter(), time.process_time()
    life = Life(company.found(seed, people), running, rulebook.load())
    lived = Quarter(life, term)
    for day in lived.live():
        if day.day == 1 or life.diary.days[-1].completed > people:
            click.echo(f"{day}: {life.diary.days[-1].open} tasks are open")
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    with db.reading() as session:
        evidence = lived.evidence()
        return report.gather(session, lived, evidence, check(session, evidence), took)


if __name__ == "__main__":
    main()
