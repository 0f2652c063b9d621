"""What happens in the middle of a cycle: seen beforehand, decided item by item, approved, applied at once (P8)."""
