"""Run every benchmark."""

from __future__ import annotations

from bench import feel, review, state

for benchmark in (feel, review, state):
    print(f"== {(benchmark.__doc__ or '').splitlines()[0]}")
    benchmark.main()
