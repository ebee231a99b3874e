"""Visit slips: one for each finished or refused dossier, printed or sent, spent by one rating of proof class A."""
