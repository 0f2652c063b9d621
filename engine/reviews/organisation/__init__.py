"""The organisation: who is there, in which place and line, as of any day."""
