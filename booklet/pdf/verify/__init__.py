"""Proof that a booklet is its body plus two pages, by code that did not write it."""
