"""Stories that begin in the mail."""

from .clues import (
    CloudAppClue,
    DeviceClue,
    FileClue,
    IpClue,
    MailboxClue,
    MessageClue,
    ProcessClue,
    RegistryKeyClue,
    UrlClue,
    UserClue,
    Verdict,
    Where,
    Who,
)
from .sensors import (
    CLOUD,
    CORRELATION,
    ENDPOINT,
    MAIL,
    SIGN_IN,
    SMART_SCREEN,
)
from .shape import (
    Ending,
    Scenario,
    Severity,
    Stage,
)

# A table: each alert is one block, read downwards.
# fmt: off

PHISHING_TO_HANDS = Scenario(
    "phishing-to-hands",
    "Hands-on-keyboard after phishing sign-in",
    (
        Stage(
            "Mail with link delivered to {few} mailboxes",
            "A message whose link leads to a copy of the sign-in page was delivered before its link was "
            "known.",
            MAIL, Severity.INFORMATIONAL, "InitialAccess", ("T1566.002",), "mail",
            (MessageClue(url="https://{evil}/view"),
             MessageClue(who=Who.COLLEAGUE, url="https://{evil}/view"),
             MailboxClue(), UrlClue("https://{evil}/view")),
        ),
        Stage(
            "Sign-in from new address by {account}",
            "Minutes after the link was opened, the account signed in from a hosting provider's address "
            "with a token "
            "that carries no device claim.",
            SIGN_IN, Severity.MEDIUM, "InitialAccess", ("T1078.004", "T1557"), "sign-in",
            (UserClue(verdict=Verdict.UNKNOWN), IpClue(verdict=Verdict.MALICIOUS)),
            wait=(2, 6),
        ),
        Stage(
            "rundll32.exe loads unsigned vcfmt.dll",
            "A system program loaded a library without signature from the user's profile and opened a "
            "connection.",
            ENDPOINT, Severity.HIGH, "DefenseEvasion", ("T1218.011",), "endpoint",
            (DeviceClue(), UserClue(),
             ProcessClue("rundll32.exe", "rundll32.exe vcfmt.dll,Entry", "msedge.exe",
                         verdict=Verdict.MALICIOUS),
             FileClue("vcfmt.dll"), FileClue("inv_2291.html"),
             IpClue(verdict=Verdict.MALICIOUS, role="commandAndControl")),
            wait=(1, 4),
        ),
        Stage(
            "Remote service created on {fileserver}",
            "A service was installed over the network with an administrator's token and started at once.",
            ENDPOINT, Severity.HIGH, "LateralMovement", ("T1021.002", "T1569.002"), "endpoint",
            (DeviceClue(Where.FILES), UserClue(Who.SERVICE, Verdict.CLEAN, "contextual"),
             ProcessClue("services.exe", "C:\\Windows\\System32\\services.exe", "svchost.exe", Where.FILES,
                         None),
             RegistryKeyClue("HKEY_LOCAL_MACHINE", "SYSTEM\\CurrentControlSet\\Services\\vcfmt")),
            wait=(1, 5),
        ),
        Stage(
            "Volume shadow copies listed, not deleted",
            "The copies from which files could be restored were listed. That often precedes encryption.",
            ENDPOINT, Severity.HIGH, "Impact", ("T1490",), "ransomware",
            (DeviceClue(Where.FILES),
             ProcessClue("vssadmin.exe", "vssadmin list shadows", "cmd.exe", Where.FILES, Who.SERVICE)),
            wait=(3, 8),
        ),
        Stage(
            "Outbound connection to {ip2} blocked",
            "Network protection stopped a connection to an address that belongs to known command servers.",
            SMART_SCREEN, Severity.MEDIUM, "CommandAndControl", ("T1071.001",), "endpoint",
            (DeviceClue(Where.FILES), IpClue(second=True, role="commandAndControl")),
        ),
    ),
    (Ending.ATTACK, Ending.PHISHING),
    weight=5,
    tags=("Ransom watch",),
)

PHISHING_MAIL = Scenario(
    "phishing-mail",
    "Mail reported as phishing: {lure}",
    (
        Stage(
            "Mail reported by {user} as phishing",
            "The recipient pressed the report button. The sending domain was registered a few days ago.",
            MAIL, Severity.LOW, "InitialAccess", ("T1566.002",), "mail",
            (MessageClue(url="https://{evil}/sign-in"), MailboxClue(verdict=Verdict.UNKNOWN),
             UrlClue("https://{evil}/sign-in", Verdict.SUSPICIOUS)),
        ),
        Stage(
            "Messages with a malicious link removed after delivery",
            "The link was judged malicious later; all copies were moved to quarantine.",
            MAIL, Severity.INFORMATIONAL, "InitialAccess", ("T1566.002",), "mail",
            (MessageClue(who=Who.COLLEAGUE, delivered=False), UrlClue("https://{evil}/sign-in")),
            wait=(10, 120),
        ),
        Stage(
            "{colleague} opened a malicious link",
            "The link was opened before the message was removed.",
            MAIL, Severity.HIGH, "InitialAccess", ("T1566.002", "T1204.001"), "mail",
            (UserClue(Who.COLLEAGUE), UrlClue("https://{evil}/sign-in"), MailboxClue(Who.COLLEAGUE)),
            wait=(1, 20),
        ),
    ),
    (Ending.PHISHING, Ending.PHISHING, Ending.HARMLESS),
    weight=18,
)

INVOICE_RULE = Scenario(
    "invoice-rule",
    "Inbox rule forwards invoices to outside address",
    (
        Stage(
            "Inbox rule of {user} hides messages from the bank",
            "A rule moves mail with words such as invoice and payment to a folder that nobody reads.",
            CLOUD, Severity.MEDIUM, "DefenseEvasion", ("T1564.008",), "cloud",
            (UserClue(), MailboxClue(), IpClue(), CloudAppClue("Exchange Online", 20893)),
        ),
        Stage(
            "Mail of {user} forwarded outside",
            "Every message with an attachment goes to an address that is not one of the organization's.",
            MAIL, Severity.MEDIUM, "Collection", ("T1114.003",), "mail",
            (MailboxClue(verdict=Verdict.MALICIOUS), UserClue(), IpClue(verdict=Verdict.MALICIOUS)),
            wait=(2, 30),
        ),
        Stage(
            "Reply with changed bank details sent to a supplier",
            "An answer in an existing conversation names another account number than the messages before it.",
            CORRELATION, Severity.HIGH, "Impact", ("T1657", "T1534"), "mail",
            (MailboxClue(), MessageClue("Re: {lure}", "accounts@{evil}", threat="Fraud")),
            wait=(30, 180),
        ),
    ),
    (Ending.ACCOUNT,),
    weight=7,
)

MACRO_BLOCKED = Scenario(
    "macro-blocked",
    "Macro blocked in attachment {macro}",
    (
        Stage(
            "Suspicious macro blocked on open",
            "A document from the web tried to run a macro. The rule against child processes stopped it.",
            ENDPOINT, Severity.LOW, "Execution", ("T1204.002", "T1059.005"), "malware",
            (DeviceClue(verdict=Verdict.UNKNOWN, role="attacked"),
             UserClue(verdict=Verdict.UNKNOWN, role="attacked"),
             FileClue("{macro}", verdict=Verdict.SUSPICIOUS, stopped=True),
             ProcessClue("winword.exe", 'winword.exe /n "{macro}"', "outlook.exe", verdict=Verdict.CLEAN)),
        ),
        Stage(
            "Malware in attachment removed before delivery",
            "Further messages with the same attachment were stopped.",
            MAIL, Severity.INFORMATIONAL, "InitialAccess", ("T1566.001",), "mail",
            (MessageClue(threat="Malware", delivered=False, attachments=1),),
            wait=(5, 60),
        ),
    ),
    (Ending.MALWARE, Ending.HARMLESS),
    weight=13,
)

SCENARIOS = (PHISHING_TO_HANDS, PHISHING_MAIL, INVOICE_RULE, MACRO_BLOCKED)
