"""The migrations, in their order: `NNNN_sentence.py`."""
