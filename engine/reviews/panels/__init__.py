"""Panels: drawn from a pool without whoever had a part; members declare, are challenged and replaced."""
