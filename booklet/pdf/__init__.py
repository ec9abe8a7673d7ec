"""PDF pages → one body for all lists, and the booklet of each list as an incremental update of it."""
