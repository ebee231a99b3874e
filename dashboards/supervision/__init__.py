"""The Front's channel: figures of an area under disclosure control, alerts, and what is sent of them."""
