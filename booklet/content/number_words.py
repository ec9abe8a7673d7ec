"""Numbers that are written in words, French and English, at the start of a text → digits, for hints."""

from __future__ import annotations

import re

from booklet.text.slug import slugify

_WORDS = (
    *(["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"]),
    *(["onze", "douze", "treize", "quatorze", "quinze", "seize"]),
)
_ENGLISH = (
    *(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
        ]
    ),
    *(["fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]),
)
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ADDED = {
    **{word: number for words in (_WORDS, _ENGLISH) for number, word in enumerate(words, 1)},
    **_TENS,
    **{word: number for number, word in zip(range(20, 100, 10), _ENGLISH_TENS, strict=True)},
    "une": 1,
    "vingts": 20,
}
_TIMES = {
    **dict.fromkeys(("dizaine", "dizaines"), 10),
    **dict.fromkeys(("douzaine", "douzaines", "dozen"), 12),
    **dict.fromkeys(("cent", "cents", "centaine", "centaines", "hundred"), 100),
    **dict.fromkeys(("mille", "millier", "milliers", "thousand"), 1_000),
    **dict.fromkeys(("million", "millions"), 1_000_000),
}
_WORD = re.compile(r"[^\W\d_]+")
#: letters of the longest number
_LONGEST = 100
#: what stands between a number and what is counted
_OF = re.compile(r"\s*(?:d['’]|de\s)?\s*")


def in_digits(text: str) -> str:
    """Write the number with which a text begins in digits; the text itself where it begins with none."""
    total, current, last, end = 0, 0, 0, 0
    for match in _WORD.finditer(text if len(text) <= _LONGEST else ""):
        word, between = slugify(match[0]), text[end : match.start()].strip()
        if word in ("et", "and"):
            continue
        if between not in ("", "-", *(("et", "and") if last else ())):
            break
        if word in _ADDED:
            # `quatre-vingt`
            current += 76 if word.startswith("vingt") and last == 4 else _ADDED[word]
            last = _ADDED[word]
        elif word in _TIMES and _TIMES[word] < 1_000:
            current = max(1, current) * _TIMES[word]
            last = _TIMES[word]
        elif word in _TIMES:
            total, current, last = total + max(1, current) * _TIMES[word], 0, _TIMES[word]
        else:
            break
        end = match.end()
    if not end:
        return text
    rest = _OF.sub("", text[end:], count=1)
    number = f"{total + current:,}".replace(",", " ")
    return f"{number} {rest}".strip()
