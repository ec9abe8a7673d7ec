"""Compile fiches, link booklets: YAML proposals in, one checked PDF per electoral list out.

One folder for each step, bottom to top; a folder imports only what stands above it in this list (a contract of
import-linter, `pyproject.toml`). `pipeline.build` shows the steps on one screen.

- `text`, `money`, `diagnostics`, `cache`: what every step speaks of
- `content`: files → what people write, every fault with its place
- `law`, `costs`: proposal → amounts by year, portfolio
- `tables`, `layout`, `charts`: amounts → rows, pages and drawings
- `checks`: everything above → diagnostics, which stop the build here
- `chapters`: portfolio → the filled pages of every part of a booklet
- `pdf`: pages → one body, and the booklet of each list
- `why`, `export`: where a figure comes from; the same figures as files
- `pipeline`: all of it in order, in parallel, from a store; release to `dist/`
- `diff`, `press`: two states compared; the print edition
- `commands`, `cli`: arguments in, exit status out
"""

__version__ = "0.1.0"
