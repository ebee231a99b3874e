"""From raw mean to band: how one released score came about."""
