"""Case files: everything of a review, an appeal or an improvement plan in order, verifiable against the history."""
