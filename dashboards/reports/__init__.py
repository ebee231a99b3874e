"""Monthly and quarterly reports for the Front: asked for in the browser, made beside it, the same bytes again."""
