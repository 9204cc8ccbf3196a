"""Stories about accounts: stolen tokens, guessed passwords, abused directory rights."""

from .clues import (
    CloudAppClue,
    DeviceClue,
    IpClue,
    MailboxClue,
    ProcessClue,
    UserClue,
    Verdict,
    Where,
    Who,
)
from .sensors import (
    CLOUD,
    ENDPOINT,
    IDENTITY,
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

IMPOSSIBLE_TRAVEL = Scenario(
    "impossible-travel",
    "Impossible travel: {home} and {city} in {minutes} minutes",
    (
        Stage(
            "Sign-ins by {user} from {home} and {city} within {minutes} minutes",
            "The account signed in from two places that no journey connects in the time between. The "
            "second sign-in "
            "used an address that nobody in the organization has used before.",
            CLOUD, Severity.MEDIUM, "InitialAccess", ("T1078", "T1078.004"), "sign-in",
            (UserClue(), IpClue(), IpClue(second=True, verdict=Verdict.UNKNOWN, role="source"),
             CloudAppClue("Microsoft 365", 11161)),
        ),
        Stage(
            "Unfamiliar sign-in properties for {user}",
            "Address, browser and network of this sign-in differ from everything seen for the account.",
            SIGN_IN, Severity.LOW, "InitialAccess", ("T1078.004",), "sign-in",
            (UserClue(), IpClue()),
        ),
    ),
    (Ending.HARMLESS, Ending.HARMLESS, Ending.ACCOUNT),
    weight=14,
)

PASSWORD_SPRAY = Scenario(
    "password-spray",
    "Password spray against {count} accounts",
    (
        Stage(
            "One address tried {count} accounts with few passwords",
            "Many accounts failed to sign in from the same address in a short time, each only once or twice. "
            "That keeps below the lock-out limit of a single account.",
            SIGN_IN, Severity.MEDIUM, "CredentialAccess", ("T1110.003",), "sign-in",
            (IpClue(), UserClue(role="attacked"), UserClue(Who.COLLEAGUE, Verdict.UNKNOWN, "attacked")),
        ),
        Stage(
            "Successful sign-in by {user} after a password spray",
            "One of the sprayed accounts signed in from the address that did the spraying.",
            SIGN_IN, Severity.HIGH, "InitialAccess", ("T1110.003", "T1078.004"), "sign-in",
            (UserClue(verdict=Verdict.MALICIOUS), IpClue(verdict=Verdict.MALICIOUS)),
            wait=(8, 40),
        ),
        Stage(
            "New authentication method added for {user}",
            "An authenticator was registered minutes after a risky sign-in, from the same address.",
            CLOUD, Severity.HIGH, "Persistence", ("T1098.005", "T1556.006"), "sign-in",
            (UserClue(), IpClue(verdict=Verdict.MALICIOUS), CloudAppClue("Microsoft Entra ID", 28375)),
        ),
    ),
    (Ending.ACCOUNT, Ending.HARMLESS),
    weight=9,
)

TOKEN_REPLAY = Scenario(
    "token-replay",
    "Token replay from residential proxy",
    (
        Stage(
            "Session token of {user} used from a second device",
            "A session token issued to {device} was presented from an address of a residential proxy "
            "network, "
            "without the device claim it was issued with.",
            SIGN_IN, Severity.MEDIUM, "CredentialAccess", ("T1539", "T1550.004"), "sign-in",
            (UserClue(), IpClue(), DeviceClue(verdict=Verdict.UNKNOWN, role="contextual")),
        ),
        Stage(
            "Mailbox of {user} read in bulk",
            "More messages were opened in ten minutes than in the four weeks before.",
            CLOUD, Severity.MEDIUM, "Collection", ("T1114.002",), "cloud",
            (UserClue(), MailboxClue(), IpClue(verdict=Verdict.MALICIOUS),
             CloudAppClue("Exchange Online", 20893)),
            wait=(5, 25),
        ),
    ),
    (Ending.ACCOUNT,),
    weight=7,
)

SHARED_ACCOUNT = Scenario(
    "shared-account",
    "Shared account signs in from two sites",
    (
        Stage(
            "Account {user} active on {station} and elsewhere at once",
            "The account is signed in on two machines of different sites. Shared accounts hide who did what.",
            IDENTITY, Severity.MEDIUM, "LateralMovement", ("T1078.002",), "sign-in",
            (UserClue(role="policyViolator"), DeviceClue(Where.STATION, Verdict.UNKNOWN, "source"),
             DeviceClue(verdict=Verdict.UNKNOWN, role="destination")),
        ),
    ),
    (Ending.HARMLESS, Ending.INSIDER),
    weight=8,
)

FAILED_SIGN_INS = Scenario(
    "failed-sign-ins",
    "Repeated failed sign-ins on {stations}",
    (
        Stage(
            "{count} failed sign-ins on {station}",
            "Somebody, or a forgotten saved password, tried to sign in again and again.",
            IDENTITY, Severity.LOW, "CredentialAccess", ("T1110.001",), "sign-in",
            (DeviceClue(Where.STATION, Verdict.UNKNOWN, "attacked"), UserClue(role="attacked")),
        ),
    ),
    (Ending.HARMLESS,),
    weight=12,
)

DIRECTORY_REPLICATION = Scenario(
    "directory-replication",
    "Directory replication by workstation",
    (
        Stage(
            "Domain trusts and administrators listed on {device}",
            "Commands that map out a domain were run one after another by an account that never did so "
            "before.",
            ENDPOINT, Severity.LOW, "Discovery", ("T1482", "T1069.002"), "endpoint",
            (DeviceClue(), UserClue(),
             ProcessClue("nltest.exe", "nltest /domain_trusts /all_trusts", "cmd.exe"),
             ProcessClue("net.exe", 'net group "Domain Admins" /domain', "cmd.exe")),
        ),
        Stage(
            "{device} asked {dc} to replicate secrets",
            "A machine that is not a domain controller requested password data by directory replication.",
            IDENTITY, Severity.HIGH, "CredentialAccess", ("T1003.006",), "credentials",
            (DeviceClue(verdict=Verdict.MALICIOUS, role="source"), UserClue(verdict=Verdict.MALICIOUS),
             DeviceClue(Where.DOMAIN, Verdict.UNKNOWN, "attacked")),
            wait=(6, 35),
        ),
        Stage(
            "Forged ticket used by {service}",
            "A Kerberos ticket with a lifetime that no domain controller grants was presented to {server}.",
            IDENTITY, Severity.HIGH, "CredentialAccess", ("T1558.001",), "credentials",
            (UserClue(Who.SERVICE, Verdict.MALICIOUS),
             DeviceClue(Where.SERVER, Verdict.SUSPICIOUS, "attacked")),
            wait=(12, 50),
        ),
    ),
    (Ending.ATTACK, Ending.TEST),
    weight=4,
    tags=("Crown jewel",),
)

CERTIFICATE_ABUSE = Scenario(
    "certificate-request",
    "Certificate request for another user's name",
    (
        Stage(
            "{user} requested a certificate in the name of {colleague}",
            "A certificate template let the requester choose the subject, and the subject was somebody else.",
            IDENTITY, Severity.LOW, "PrivilegeEscalation", ("T1649",), "credentials",
            (UserClue(), UserClue(Who.COLLEAGUE, Verdict.UNKNOWN, "attacked"),
             DeviceClue(Where.SERVER, Verdict.UNKNOWN, "destination")),
        ),
        Stage(
            "Certificate of {colleague} used to sign in from {device}",
            "The certificate was used within the hour, from the requester's machine.",
            IDENTITY, Severity.HIGH, "LateralMovement", ("T1550", "T1649"), "credentials",
            (UserClue(Who.COLLEAGUE, Verdict.MALICIOUS), DeviceClue(verdict=Verdict.MALICIOUS)),
            wait=(10, 55),
        ),
    ),
    (Ending.HARMLESS, Ending.ATTACK),
    weight=4,
)

SCENARIOS = (
    IMPOSSIBLE_TRAVEL,
    PASSWORD_SPRAY,
    TOKEN_REPLAY,
    SHARED_ACCOUNT,
    FAILED_SIGN_INS,
    DIRECTORY_REPLICATION,
    CERTIFICATE_ABUSE,
)
