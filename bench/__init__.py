"""Benchmarks: `python -m bench` runs them all; each prints ratios taken within one run."""
