"""What is contested or observed: appeals with their panels and votes, improvement plans."""
