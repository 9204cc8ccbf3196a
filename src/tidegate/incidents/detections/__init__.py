"""The detections of an alert, as rows of the SIEM API (Microsoft, "Pull detections").

Made of an alert's own wire form and of what its source wrote. Where the source told detections, those are
what they are, with the alert's id and this portal's links (`told`); any other alert has one for each device
that it names, and one that names none has one (`described`).
"""
