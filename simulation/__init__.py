"""A simulated company lives a period on the real product: through its HTTP API, with real identities, by its clock.

`python -m simulation` plays it; it stands beside the product, as a customer would, and nothing of it is installed.
"""
