"""Tells channels what happened to production."""
