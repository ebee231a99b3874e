"""Bad slips by the hundred thousand and honest ones from two phones at once, posted to two running servers."""
