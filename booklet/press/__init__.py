"""The print edition: body and each list's two pages → press files, sheets to fold, and what they weigh.

`paper` holds the arithmetic of paper, `signatures` which page stands where on which sheet, `ink` the colours of the
press, `boxes` the page with its bleed and marks, `sheets` the imposed file, `folding` its proof, `resolution` what is
too coarse to print, `order` the table for the printer, `copies` one list's files; `edition` makes them all.
"""
