"""Untrusted PNG, JPEG and SVG → what they cost to print, or why they are refused; without a renderer."""
