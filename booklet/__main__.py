"""`booklet …` and `python -m booklet …`: the command of an installation."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the tool with the arguments of the process; the exit status."""
    from booklet import cli

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
