"""What people tell one another outside of ratings: check-ins and anonymous suggestions."""
