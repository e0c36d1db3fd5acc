"""Invented people, and the data files they are in."""
