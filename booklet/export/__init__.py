"""Portfolio → files that others read: JSON, CSV, Markdown, and a table for the terminal."""
