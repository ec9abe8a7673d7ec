"""How a printed figure was derived, down to the lines that were typed."""
