"""One module for each format of a report; `diagnostics.report` chooses among them."""
