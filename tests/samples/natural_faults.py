"""A sound proposal, and what people type in the place of its lines who do not program: each means the same."""

from __future__ import annotations

SOUND = """\
# une proposition, et un commentaire
title: "Fontaines : des capteurs de qualité"
status: ready
promise: "Fontaine #12 ou fontaine #3, un panneau dit si l'eau est bonne."
problem: |
  Personne ne sait si l'eau est bonne : on ne la mesure pas.
  – 12 fontaines sur 30 sont fermées.
solution: |
  Un capteur dans chaque fontaine.
scope:
  included:
    - douze fontaines
    - leur entretien
  excluded:
    - les piscines
owner: ville
decision: 2020-10
timeline:
  - id: pose
    label: "Pose : deux campagnes"
    kind: works
    start: 2021-03
    end: 2022-12
costs:
  - label: Capteur
    section: investissement
    nature: equipment  # posé
    quantity: 12
    unit: capteur
    unit_cost: {low: 9 000 €, central: 12 000 €, high: "15 000,50 €"}
    spread: pose
    vat: 20 %
    vat_regime: fctva
    evidence: benchmark
    source: bilan-2018
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 12
    unit: capteur
    unit_cost: 800 €
    recurs: {from: 2023-01}
    vat: 20 %
    evidence: assumption
    assumption: Un passage par mois.
funding: []
uncertainty: |
  Le prix des capteurs.
authors: [{name: Groupe d'essai}]
reviewers: [{name: Une voisine, when: 2020-03-15}]
"""

#: line as it should be → as it is typed; what `check --fix` mends
MENDED = (
    ('title: "Fontaines : des capteurs de qualité"', "title: Fontaines : des capteurs de qualité"),
    ('title: "Fontaines : des capteurs de qualité"', "title: “Fontaines : des capteurs de qualité”"),
    ("title: ", "titre: "),
    ("status: ready", "status: prête"),
    ("status: ready", "status:\u00a0ready"),
    ("problem: |", "problem:\u00a0|"),
    ("owner: ville", "owner\u00a0: ville"),
    ("owner: ville", "porteur: ville"),
    ("owner: ville", "owner:ville"),
    ("decision: 2020-10", "decision: octobre 2020"),
    ("decision: 2020-10", "decision: 10/2020"),
    ("  - id: pose", "  – id: pose"),
    ('    label: "Pose : deux campagnes"', "    label: Pose : deux campagnes"),
    ('    label: "Pose : deux campagnes"', "\tlabel: « Pose : deux campagnes »"),
    ("    kind: works", "    kind: travaux"),
    ("    start: 2021-03", "    start: 15/03/2021"),
    ("    start: 2021-03", "    début: mars 2021"),
    ("    end: 2022-12", "    fin: déc. 2022"),
    ("    section: investissement", "\u00a0\u00a0\u00a0\u00a0section: investissement"),
    ("    nature: equipment", "    nature: équipement"),
    ("    nature: equipment", "\tnature: equipment"),
    ("    evidence: benchmark", "    evidence: comparaison"),
    ("  - label: Entretien", "  • label: Entretien"),
    ("    evidence: assumption", "    evidence: hypothèse"),
    ("    assumption: Un passage", "    hypothèse: Un passage"),
    ("funding: []", "funding: aucun"),
    ("funding: []", "financement: néant"),
    ("authors: [", "auteurs: ["),
    ("    - douze fontaines\n    - leur entretien", "    – douze fontaines\n    – leur entretien"),
    ("scope:", "périmètre:"),
    ("    - douze fontaines\n    - leur", "    -\u00a0douze fontaines\n    - leur"),
    ("    - douze fontaines\n    - leur", "    -douze fontaines\n    -leur"),
    ("    - les piscines", "    • les piscines"),
    ("status: ready", "Statut: « Prête »"),
    ("owner: ville", "owner: ville\u00a0"),
    ("decision: 2020-10", "decision: 2020–10"),
    ("quantity: 12", "quantity: 1\uff12\u200b"),
    ("low: 9 000 €", "low: 9\u2003000 €"),
    ("unit_cost: 800 €", "unit_cost: “800 €”"),
    ('high: "15 000,50 €"', "high: 15 000,50 €"),
    ("vat: 20 %", "vat: « 20 % »"),
    ("vat: 20 %", "TVA: 20 %"),
    ("reviewers:", "relecteurs:"),
    ("  - id: pose", "    id: pose"),
    ("owner: ville\ndecision: 2020-10", "owner：ville\ndecision\u00a0：2020-10"),
    ("    kind: works\n    start: 2021-03", "    kind: travaux\n    start：mars 2021"),
    ("  - label: Capteur", "    label: Capteur"),
    ("  - label: Entretien", "    label: Entretien"),
    ("authors: [{name: Groupe d'essai}]", "authors: {name: Groupe d'essai}"),
    ("recurs: {from: 2023-01}", "recurs: [{from: 2023-01}]"),
    ("when: 2020-03-15", "when: 15 mars 2020"),
)
#: as above, with two readings, or with a loss: told, and left to its author
LEFT = (
    ('high: "15 000,50 €"', "high: 15,000,500 €"),
    ("start: 2021-03", "start: 03/04/2021"),
    (
        "quantity: 12\n    unit: capteur\n    unit_cost: 800 €",
        "quantity: douze\n    unit: capteur\n    unit_cost: 800 €",
    ),
    ("unit_cost: 800 €", "unit_cost: 10.000 €"),
    ("unit_cost: 800 €", "unit_cost: environ 800 €"),
    ("scope:\n", "scope\n"),
    ("owner: ville", 'owner: "ville'),
)

#: a first draft: what a reviewer typed who does not program, all in one file, `capteurs.yml`
DRAFT = """\
titre: “Fontaines : des capteurs de qualité”
status: prête
promise: Fontaine #12, un panneau dit si l'eau est bonne.
problem: |
  Personne ne sait si l'eau est bonne [@bilan-2018].
solution: Deux choses : un capteur dans chaque fontaine, et un panneau.
scope:
  inclus:
    – douze fontaines
    – leur entretien
  exclus: les piscines
owner\u00a0: Une ville
decision: octobre 2020
calendrier:
  - id: pose
    label: Pose des capteurs
    kind: travaux
    début: 15/03/2021
    fin: 12/2022
costs:
  - label: Capteur
\tsection: investissement
    nature: équipement
    quantity: 12
    unit: capteur
    unit_cost: entre 9 000 et 15 000 €
    spread: pose
    vat: 0,2
    vat_regime: fctva
    evidence: devis
    source: bilan-2018
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 12
    unit: capteur
    unit_cost: environ 800 €
    recurs: {from: 2023-01}
    vat: 20 %
    evidence: hypothèse
    assumption: Un passage par mois.
funding: aucun
uncertainty: |
  Le prix des capteurs.
authors: Jeanne Martin
"""
#: what the hints say to type where `check --fix` left it, and then the last warning
HINTS = (
    ("les piscines", "[les piscines]"),
    ("entre 9 000 et 15 000 €", "{low: 9 000 €, central: 12 000 €, high: 15 000 €}"),
    ("vat: 0,2", "vat: 20 %"),
    ("environ 800 €", "800 €"),
    ("Jeanne Martin", "[{name: Jeanne Martin}]"),
)
LAST_HINT = ("cost: 800 €", "cost: {low: 600 €, central: 800 €, high: 1 000 €}")
