"""How ArcSight reads the SIEM API: each field of an alert, and the event field that it becomes.

The mapping is Microsoft's (its table of Defender for Endpoint detections and ArcSight fields), so that rules
and reports written for it work on.
"""

from typing import Final

_STRING: Final = "String"
_NUMBER: Final = "Integer"
_TIME: Final = "TimeStamp"
_ADDRESS: Final = "IPAddress"

# field of the alert, its type, field of the event
_FIELDS: Final = (
    ("AlertTitle", _STRING, "name"),
    ("Severity", _STRING, "deviceSeverity"),
    ("Category", _STRING, "deviceEventCategory"),
    ("Source", _STRING, "sourceServiceName"),
    ("MachineName", _STRING, "sourceHostName"),
    ("FileName", _STRING, "fileName"),
    ("FilePath", _STRING, "filePath"),
    ("UserDomain", _STRING, "sourceNtDomain"),
    ("UserName", _STRING, "sourceUserName"),
    ("Sha1", _STRING, "fileHash"),
    ("Sha256", _STRING, "deviceCustomString6"),
    ("Md5", _STRING, "deviceCustomString5"),
    ("ThreatName", _STRING, "deviceCustomString1"),
    ("IpAddress", _ADDRESS, "sourceAddress"),
    ("Url", _STRING, "requestUrl"),
    ("RemediationIsSuccess", _NUMBER, "deviceCustomNumber2"),
    ("WasExecutingWhileDetected", _NUMBER, "deviceCustomNumber1"),
    ("AlertId", _STRING, "externalId"),
    ("LinkToWDATP", _STRING, "flexString1"),
    ("AlertTime", _TIME, "deviceReceiptTime"),
    ("MachineDomain", _STRING, "sourceDnsDomain"),
    ("Actor", _STRING, "deviceCustomString4"),
    ("LogOnUsers", _STRING, "sourceUserId"),
)
_CONSTANTS: Final = (
    ("deviceVendor", "Microsoft"),
    ("deviceProduct", "Microsoft Defender ATP"),
    ("deviceVersion", "2.0"),
)
# Java takes the digits of a fraction for milliseconds, however many: ours are left out.
_TIME_FORMAT: Final = "yyyy-MM-dd'T'HH:mm:ss"
_SEVERITIES: Final = (
    ("veryhigh", ()),
    ("high", ("High",)),
    ("medium", ("Medium",)),
    ("low", ("Low", "Informational")),
)


def write_parser() -> str:
    """`WDATP-connector.jsonparser.properties`: the answer is an array, and each of its objects one event."""
    lines = ["# Times are in UTC.", "trigger.node.location=/", f"token.count={len(_FIELDS)}"]
    for number, (field, kind, _event) in enumerate(_FIELDS):
        lines += [f"token[{number}].name={field}", f"token[{number}].type={kind}"]
        lines += [f"token[{number}].location={field}"]
        lines += [f"token[{number}].format={_TIME_FORMAT}"] if kind == _TIME else []
    lines += [f"event.{event}={field}" for field, _kind, event in _FIELDS]
    lines += [f'event.{event}=__stringConstant("{value}")' for event, value in _CONSTANTS]
    lines += [
        f"severity.map.{level}.if.deviceSeverity={','.join(words)}" for level, words in _SEVERITIES if words
    ]
    return "\n".join(lines) + "\n"
