"""The addresses of what administrators set."""

from dashboards.staff.settings_pages import calendar, keys, kiosks, parameters

ROUTES = [*keys.ROUTES, *parameters.ROUTES, *calendar.ROUTES, *kiosks.ROUTES]
