"""Rules P1 to P10: the one gate through which every number about a person, a desk or a small group leaves."""
