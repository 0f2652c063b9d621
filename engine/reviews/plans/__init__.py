"""Improvement plans: what opens one, its observation, training or transfer, its end, the exit review."""
