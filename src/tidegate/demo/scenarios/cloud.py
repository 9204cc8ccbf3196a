"""Stories about cloud applications, consent and data that leaves."""

from tidegate.demo.specs import Trade

from .clues import (
    CloudAppClue,
    DeviceClue,
    FileClue,
    IpClue,
    MailboxClue,
    OAuthClue,
    UrlClue,
    UserClue,
    Verdict,
    Where,
    Who,
)
from .sensors import (
    APPS,
    CLOUD,
    DATA_LOSS,
    SIGN_IN,
)
from .shape import (
    Ending,
    Scenario,
    Severity,
    Stage,
)

# A table: each alert is one block, read downwards.
# fmt: off

OAUTH_CONSENT = Scenario(
    "oauth-consent",
    "OAuth application granted Mail.ReadWrite",
    (
        Stage(
            "{user} consented to an application of an unverified publisher",
            "The application may read and write the person's mail and stay signed in. It was registered "
            "yesterday.",
            APPS, Severity.MEDIUM, "Persistence", ("T1528", "T1098.003"), "cloud",
            (OAuthClue("PDF Compass Pro", "Unverified"), UserClue(), IpClue(verdict=Verdict.UNKNOWN)),
        ),
        Stage(
            "Application reads mail it was not used for before",
            "PDF Compass Pro searched mailboxes for the words invoice and password.",
            APPS, Severity.HIGH, "Collection", ("T1114.002",), "cloud",
            (OAuthClue("PDF Compass Pro", "Unverified", Verdict.MALICIOUS), MailboxClue(),
             MailboxClue(Who.COLLEAGUE)),
            wait=(20, 200),
        ),
    ),
    (Ending.PHISHING, Ending.HARMLESS),
    weight=8,
)

MASS_DOWNLOAD = Scenario(
    "mass-download",
    "Mass download by {user}",
    (
        Stage(
            "{thousands} files downloaded by {user} in one hour",
            "The person downloaded far more than on any day of the last month, from a machine that is not "
            "managed.",
            CLOUD, Severity.MEDIUM, "Exfiltration", ("T1530", "T1567.002"), "data",
            (UserClue(role="policyViolator"), IpClue(verdict=Verdict.UNKNOWN, role="source"),
             CloudAppClue("SharePoint Online", 20892), FileClue("{document}", "/sites/{share}", Where.DEVICE,
                                                                  Verdict.UNKNOWN)),
        ),
        Stage(
            "Label removed from {document}",
            "The confidentiality label was taken off and the file shared by an open link shortly after.",
            DATA_LOSS, Severity.MEDIUM, "Exfiltration", ("T1567",), "data",
            (UserClue(role="policyViolator"),
             FileClue("{document}", "/sites/{share}", Where.DEVICE, Verdict.UNKNOWN),
             UrlClue("https://share.{evil}/s/{number}", Verdict.UNKNOWN)),
            wait=(10, 90),
        ),
    ),
    (Ending.INSIDER, Ending.HARMLESS, Ending.HARMLESS),
    weight=8,
)

SERVICE_EXPORT = Scenario(
    "service-export",
    "Record export by a service account from {application}",
    (
        Stage(
            "{service} signed in interactively on {device}",
            "A service account that only runs jobs was used by a person.",
            SIGN_IN, Severity.MEDIUM, "DefenseEvasion", ("T1078.002",), "credentials",
            (UserClue(Who.SERVICE), DeviceClue(verdict=Verdict.UNKNOWN, role="source")),
        ),
        Stage(
            "Unusual export from {application}",
            "{thousands} records were exported in one run. The nightly job takes a tenth of that.",
            CLOUD, Severity.HIGH, "Exfiltration", ("T1213", "T1048"), "data",
            (UserClue(Who.SERVICE, Verdict.MALICIOUS), DeviceClue(Where.SERVER, Verdict.SUSPICIOUS, "source"),
             FileClue("export_{number}.csv", "D:\\Jobs\\out", Where.SERVER, Verdict.SUSPICIOUS)),
            wait=(2, 14),
        ),
    ),
    (Ending.INSIDER, Ending.HARMLESS, Ending.ACCOUNT),
    weight=6,
    tags=("Crown jewel",),
)

CHECKOUT_SKIMMER = Scenario(
    "checkout-skimmer",
    "Skimmer script on checkout page",
    (
        Stage(
            "Unknown script in the checkout page of {org}",
            "The page loads a script from a domain that was registered this week; it reads the card fields.",
            CLOUD, Severity.HIGH, "Collection", ("T1056.003", "T1195.002"), "data",
            (UrlClue("https://{evil}/c.js"), DeviceClue(Where.SERVER, Verdict.SUSPICIOUS, "edited"),
             FileClue("checkout.bundle.js", "/srv/shop/static", Where.SERVER, Verdict.SUSPICIOUS)),
        ),
        Stage(
            "Publishing account of the web shop used from {city}",
            "The account that publishes to the shop signed in from a country where nobody works.",
            SIGN_IN, Severity.MEDIUM, "InitialAccess", ("T1078.004",), "sign-in",
            (UserClue(Who.SERVICE), IpClue(verdict=Verdict.MALICIOUS)),
        ),
    ),
    (Ending.ATTACK,),
    weight=4,
    trades=frozenset({Trade.RETAIL, Trade.POTTERY, Trade.PUBLISHER}),
    tags=("Crown jewel",),
)

GIFT_CARDS = Scenario(
    "gift-cards",
    "Gift-card API called {thousands} times",
    (
        Stage(
            "Balance of gift cards guessed through the API",
            "One client asked for the balance of card numbers in order, faster than any till.",
            CLOUD, Severity.MEDIUM, "CredentialAccess", ("T1110", "T1657"), "cloud",
            (IpClue(), IpClue(second=True), CloudAppClue("Gift-card API", 40117)),
        ),
    ),
    (Ending.ATTACK, Ending.HARMLESS),
    weight=7,
    trades=frozenset({Trade.RETAIL}),
)

SCENARIOS = (OAUTH_CONSENT, MASS_DOWNLOAD, SERVICE_EXPORT, CHECKOUT_SKIMMER, GIFT_CARDS)
