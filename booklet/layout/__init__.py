"""HTML pages → PDF pages: WeasyPrint, the theme, the structure tags, what does not fit."""
