"""All addresses of the evaluation API and of its documentation, for the program that wires them."""

from dashboards.evaluation import document_routes, download_routes, release_routes, score_routes

ROUTES = [*release_routes.ROUTES, *score_routes.ROUTES, *download_routes.ROUTES, *document_routes.ROUTES]
