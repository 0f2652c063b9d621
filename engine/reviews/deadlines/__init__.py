"""When things are due: timing, reminders, escalations, extensions, and a company's own days off."""
