"""Incidents, from the command to the timeline.

desk      opened, resolved and found: one transaction each (records: between values and rows)
meeting   where operations meet them: they hold promotions back, and their timelines tell
tending   a tick claims those that are due, and keeps their cards true (sight: one look at everything)
closing   the end, told: timeline, file, pin
"""
