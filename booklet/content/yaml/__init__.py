"""YAML text → nodes with positions: the shape only; every scalar keeps its raw text."""
