"""What is contested: appeals with their panels and votes."""
