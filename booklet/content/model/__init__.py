"""The models of the files under `proposals/` (the public contract, `docs/format.md`), one module for each file."""
