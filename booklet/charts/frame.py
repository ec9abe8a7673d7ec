"""What charts share: the width of the page that they are drawn for."""

#: points between the margins of an A4 page, 174 mm (`@page` in `templates/css/page.css`)
TEXT_WIDTH = 493.2
