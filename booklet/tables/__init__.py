"""Amounts → the rows of every printed table, rounded once."""
