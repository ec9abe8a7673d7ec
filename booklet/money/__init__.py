"""Amounts in euros, months and the six budget years of a term."""
