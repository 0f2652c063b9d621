"""Who rates whom, what they gave, and what nobody may learn of it."""
