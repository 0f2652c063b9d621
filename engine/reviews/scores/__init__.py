"""The arithmetic: from actual values and ratings to a total that anybody can recompute."""
