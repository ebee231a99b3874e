"""Assisted entry: paper forms of one day and unit in numbered batches, entered by volunteers, some of them twice."""
