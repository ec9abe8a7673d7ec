"""Figures of money, each declared once as a formula over the budget years, whatever it is read for."""
