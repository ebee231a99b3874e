"""The catalogue in the browser: what there is, import and export, posters, surveys, and the desks a unit keeps."""
