"""The older shapes: the SIEM API's raw detections, and the Defender for Endpoint and Defender XDR APIs.

Programs written for those work here with only the base address changed. This surface holds no tables and
writes no rows: it reads tokens through `oauth`, opens the gate, and calls actions and queries.
"""
