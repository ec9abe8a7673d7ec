"""Compile fiches, link booklets: YAML proposals in, one checked PDF per electoral list out.

One folder for each step; `docs/architecture.md` draws them, bottom to top, and import-linter holds them to that order.
`pipeline.build` shows the steps on one screen.
"""

__version__ = "0.1.0"
