"""Proposals → amounts by year: costing, financing, the portfolio, uncertainty."""
