"""Portfolio → JSON, CSV, Markdown, workbook, data package; and a changed workbook back into the YAML."""
