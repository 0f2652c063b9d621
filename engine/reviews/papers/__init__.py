"""Papers: what a company prints, signs and files, as PDF."""
