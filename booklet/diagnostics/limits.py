"""How much of anything is read: every limit on what a contributor sends, in one table (`docs/format.md`, "Limits").

Each is well above what honest files hold, and low enough that the slowest file within it stops nobody else's build.
"""

from __future__ import annotations

# --- a file of YAML
FILE_BYTES = 1_000_000
#: keys, items and texts in all
FILE_VALUES = 50_000
#: of any list or group of keys
ENTRIES = 1_000
LEVELS = 12

# --- a table, `lists.yaml` or `sources.yaml`, which grows with the territory: 21 000 lists are 4 MB
TABLE_BYTES = 16_000_000
TABLE_VALUES = 400_000
LISTS = 30_000
SOURCES = 5_000

#: of all files of a revision that `diff` reads from git
REVISION_BYTES = 500_000_000
#: of a list of its files
REVISION_NAMES = 32_000_000

# --- a value
#: of Markdown
PROSE_CHARACTERS = 20_000
TEXT_CHARACTERS = 4_000
ID_CHARACTERS = 200
#: of an amount, a date, a percentage
NUMBER_CHARACTERS = 100
#: of an address that is printed as a QR code an inch wide: more would be too fine for a telephone
CODE_BYTES = 300
#: brackets, stars, backquotes and other signs of Markdown in a text, each of which may pair with any later one
MARKS = 500

# --- a report
#: findings in a file
FINDINGS = 200

# --- the layout of a fiche
#: processor time; the largest honest one takes two
FICHE_SECONDS = 20
FICHE_MEGABYTES = 1_000

# --- an image
IMAGE_BYTES = 5_000_000
IMAGE_PIXELS = 40_000_000
#: of width or height, as JPEG has it: a row of one pixel costs as much as one of hundreds
IMAGE_SIDE = 65_535
#: passes over the picture in which a JPEG is written; ten are usual
JPEG_SCANS = 32

# --- an SVG
SVG_ELEMENTS = 20_000
#: elements inside one another, copies by `<use>` included
SVG_DEPTH = 100
#: elements, letters, and one for each 60 characters of attributes and styles that apply, all copies included
SVG_DRAWN = 20_000
SVG_ATTRIBUTES = 400
#: of `<style>`, and of attributes `style` with quotes, comments or functions of words
SVG_STYLE_CHARACTERS = 150_000
SVG_RULES = 2_000
#: as in `#map .road path`; more would be followed up the tree again and again
SVG_SELECTOR_NAMES = 3
#: brackets in brackets, as `calc()` may have some
SVG_BRACKETS = 20
SVG_PATH_CHARACTERS = 200_000
SVG_VALUE_CHARACTERS = 4_000
#: of a coordinate or a length; those relative to something else (`%`, `em`) are bound by `SVG_RELATIVE`
SVG_NUMBER = 1_000_000
SVG_RELATIVE = 1_000
#: way along one path, over all its numbers: what a PDF can count (2 to the power of 31)
SVG_WAY = 2_000_000_000
SVG_SMALLEST_VIEW = 0.001

# --- all images of a proposal, each as often as it is shown
IMAGES_BYTES = 20_000_000
IMAGES_PIXELS = 80_000_000

# --- a workbook for `costs import`; one of 600 proposals unpacks to 8 MB and has 200 000 cells
WORKBOOK_BYTES = 20_000_000
WORKBOOK_UNPACKED = 60_000_000
WORKBOOK_PARTS = 500
WORKBOOK_CELLS = 200_000
WORKBOOK_ROWS = 50_000
#: of all parts, texts and formulas too: some three elements and attributes a cell
WORKBOOK_ELEMENTS = 800_000
WORKBOOK_ATTRIBUTES = 800_000
#: elements of one part that are neither rows, cells nor texts: styles, names, columns
WORKBOOK_SETTINGS = 10_000
#: of a sheet of lines, which has some sixty
WORKBOOK_COLUMNS = 200

# --- a state saved by `costs --format json`, for `diff`; one of 1 500 proposals has some 20 MB
SAVED_BYTES = 30_000_000
SAVED_PROPOSALS = 5_000
#: of costs, of revenues and of funding, in one proposal
SAVED_LINES = 1_000
SAVED_TEXT = 20_000
SAVED_YEARS = 60
