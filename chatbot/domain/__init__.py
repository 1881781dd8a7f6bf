"""Nouns and rules. Pure: no I/O and no clock; time and ids come in as arguments."""
