"""Administration in the browser: accounts, appointments that two people make, and the audit log."""
