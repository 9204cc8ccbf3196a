"""The detections of an alert, as rows of the SIEM API (Microsoft, "Pull detections").

Made of an alert's own wire form and of what its source wrote. Detections that the source told are what they
are, with the alert's id and this portal's links (`told`). An alert that its source told whole has one for
each device that it names, and one that names none has one (`described`); detections may come on top.
"""
