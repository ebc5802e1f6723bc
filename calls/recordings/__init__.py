"""Recordings: their rows, their files, the way out to pages and programs, and how the player draws them (docs/adr/0011)."""
