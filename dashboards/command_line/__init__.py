"""What the command line offers of releases, alerts, reviews and explanations."""
