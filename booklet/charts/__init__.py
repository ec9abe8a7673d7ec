"""Amounts, phases and colours → the geometry that the chart macros draw.

A chart is inline SVG written by a macro of `templates/macros/`; everything that needs arithmetic is worked out here, as
frozen values in points rounded to a hundredth, so that the macro only writes and the same figures give the same bytes.
A length comes from a printed amount, the one that stands in the table beside the chart. An amount that nobody knows is
written `n.c.` and has no bar; what is 0 has none either, and says 0.
"""
