"""The words of feeds: what can be fetched, and which requests are counted together."""

from enum import StrEnum


class Feed(StrEnum):
    """A list that programs fetch again and again, and that must not have holes."""

    GRAPH_ALERTS = "graph_alerts"
    GRAPH_INCIDENTS = "graph_incidents"
    SIEM = "siem"
    DEFENDER_ALERTS = "defender_alerts"
    XDR_INCIDENTS = "xdr_incidents"


class Family(StrEnum):
    """Requests that share one allowance of an application in a tenant."""

    GRAPH_SECURITY = "graph_security"
    GRAPH_DIRECTORY = "graph_directory"
    DEFENDER_ALERTS = "defender_alerts"
    DEFENDER_CHANGES = "defender_changes"
    DEFENDER_BATCH = "defender_batch"
    DEFENDER_CREATE = "defender_create"
    DEFENDER_MACHINES = "defender_machines"
    DEFENDER_XDR = "defender_xdr"
    SIEM = "siem"
    FEEDS = "feeds"
