"""From totals to results: calibration, distributions, and the one moment of release."""
