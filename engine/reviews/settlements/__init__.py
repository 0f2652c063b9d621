"""Settlements: what a released result is worth in money and standing, as data for payroll."""
