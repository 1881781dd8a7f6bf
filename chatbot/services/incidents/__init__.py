"""Incidents: opened, kept up to date, resolved."""
