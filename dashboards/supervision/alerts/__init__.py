"""Alerts of the Front's channel: what raises one, its frozen evidence and weight, what people do with it, its pages."""
