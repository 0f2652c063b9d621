"""What leaves as a figure, a sheet or a file, and what is kept back in it."""
