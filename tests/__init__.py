"""Everything that is asked of the program. A package of its own name, as libraries bring one called tests too."""
