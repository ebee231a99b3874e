"""Kills server and database under load, cuts replies after the commit, looks for lost or doubled ratings."""
