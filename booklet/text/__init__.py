"""Words: the two languages, typography, Markdown, the message catalogue, names for files, texts from outside."""
