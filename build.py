"""Run `python build.py …` in a checkout; all that it does stands in `booklet/__main__.py`."""

import sys

from booklet.__main__ import CHECKOUT, run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], CHECKOUT))
