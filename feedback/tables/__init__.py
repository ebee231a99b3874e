"""One module a table: the row type and every SQL statement of that table."""
