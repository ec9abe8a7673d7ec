"""The pages of a booklet, filled: costed content → HTML, with the page numbers that are known.

- `table`: the chapters of the body; `order`: the page each part starts at; `context`: what chapters are filled from
- `opening`: reading key, contents, essentials (`essentials`), the territory (`territory`)
- `domain_pages`, `fiche` (`fiche_tables`): the pages that open a domain, and those of one proposal
- `portfolio_pages` (`chart_page`, `ruler`, `certainty`): the portfolio in figures and charts
- `closing`: who decides (`competence`), method (`parameters`), equal treatment, colophon (`qr_code`), glossary
- `index`, `sources`: words and sources, with the pages where they stand
- `front_matter`: the two pages that differ from list to list; `register`: the lists served, a separate file
- `running_foot`: the page numbers, and the empty page before a part that opens on the left
- `page`: a filled template, and the document laid out from it

Cover, letter and register apart, these pages are the body, which is the same for every list.
"""
