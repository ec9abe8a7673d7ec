"""Pages laid out by the workers of a Dask scheduler."""
