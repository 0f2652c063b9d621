"""The process engine and the review rules that stand on it; knows no web framework."""
