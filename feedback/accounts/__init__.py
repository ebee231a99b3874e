"""People who sign in: accounts, ways to prove who one is, sessions, appointments and what they allow."""
