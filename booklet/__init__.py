"""Compile fiches, link booklets: YAML proposals in, one checked PDF per electoral list out.

The nine steps, with the modules of each. This is the reading order and the import order: a module imports only what
stands above it (`tests/test_project.py` reads this list). `pipeline` shows the steps on one screen.

1. read: files → text with positions
   `source`, and what every step speaks of: `language`, `euros`, `diagnostic`, `term`
2. parse: text → nodes with positions
   `scalars`, `model`, `nodes`, `yaml_rules`, `parse`
3. decode: nodes → what people write, every fault with its place
   `french_keys`, `suggestions`, `document`, `shape`, `commas`, `decode`, `ties`, `proposal_files`,
   `file_rules`, `workspace`
4. cost: proposal → yearly amounts
   `law`, `costing`, `financing`
5. portfolio: proposals → totals
   `portfolio`, `uncertainty`
6. check: everything above → diagnostics, which stop the build here
   `typography`, `prose`, `fitting`, `checks`, `report`
7. render: proposal → fiche
   `tables`, `charts`, `rounding`, `wording`, `theme`, `page`, `net_tables`, `key_figures`, `funding_plan`,
   `funding_bar`, `cover`, `store`, `boxes`, `typeset`, `structure`, `fiche`, `scorecard`, `overview`, `opener`,
   `matter`
8. link: fiches → body; body and a list's two pages → booklet
   `pdf_objects`, `trees`, `outline`, `metadata`, `archive`, `carry`, `link`, `series`, `blanks`, `unlinked`,
   `append`, `fronts`
9. release: booklets → `dist/` and its proof
   `stamps`, `manifest`, `staging`, `sections`, `proof`, `release`, `ledger`, `inputs`, `compilation`, `interruption`,
   `workers`, `preload`, `layout_faults`, `layout_queue`, `around`, `assembly`, `diff`, `workbook_rows`, `rewrite`,
   `roundtrip`, `export`, `pipeline`, `remote`, `cluster`, `press`

Beside the nine steps, what asks them for something else: `skeleton` and `schema` help to write, `revisions` and
`comparison` find the states to compare, `derivation` says where a figure comes from, `catalogue` keeps the
French messages; `commands` and `cli` take arguments in and give an exit status.
"""

__version__ = "0.1.0"
