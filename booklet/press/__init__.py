"""The print edition: body and each list's two pages → press files, sheets to fold, and what they weigh.

`paper` computes sheets, spine and weight, `signatures` the position of each page on the sheets, `ink` the colours of
the press, `page_boxes` trim, bleed and marks, `sheets` the imposed file, `folding` its proof, `resolution` that of the
images, `print_order` the table for the printer, `copies` one list's files; `edition` makes them all.
"""
