"""The commands, one module each: `add_parser` declares its arguments, `run_…` does its work.

What a command needs is imported when it runs, so that `--help` is quick and a command works where another cannot:
neither Pango nor `fcntl` is needed to check.
"""
