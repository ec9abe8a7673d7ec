"""The pages around the fiches, filled: what opens the body, what closes it, and each list's own cover and letter.

- `order`: the parts of the body, the side each opens on, the pages they start at
- `opening`: reading key, contents, the essentials, the territory; `essentials` and `territory` give them their figures
- `closing`: who decides (`competence`), method (`parameters`), equal treatment, colophon (`address`), glossary
- `index`, `bibliography`: words and sources, with the pages where they stand
- `front`: one list's cover and letter; `register`: the lists served, a file of its own

Everything but the last two is part of the body, which is the same for every list.
"""
