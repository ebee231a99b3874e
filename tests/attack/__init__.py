"""The attacker: small worlds, their releases, and whatever can be worked out of them. `make attack`."""
