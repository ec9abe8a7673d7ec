"""The content-addressed store, digests, and files that are written whole or not at all."""
