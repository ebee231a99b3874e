"""The addresses of the catalogue, of the desks that a unit keeps itself, and of surveys."""

from dashboards.staff.catalogue import file_pages, import_pages, keep_desks, list_pages, poster_pages, survey_pages

ROUTES = [
    *list_pages.ROUTES,
    *file_pages.ROUTES,
    *import_pages.ROUTES,
    *poster_pages.ROUTES,
    *keep_desks.ROUTES,
    *survey_pages.ROUTES,
]
