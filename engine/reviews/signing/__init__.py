"""What people sign and are handed: targets, letters, interviews, deliveries, administrative closings."""
