"""The catalogue of places, units, desks, officials and procedures: read, checked, imported, exported."""
