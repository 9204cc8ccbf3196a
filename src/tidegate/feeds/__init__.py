"""What programs fetched: each consumer's place in each tenant's alerts, its lag, its gaps and its errors.

A surface tells what it delivered once the answer was sent whole; people read here whether a SIEM is
behind, and send it back to an instant. This room answers nobody's requests itself.
"""
