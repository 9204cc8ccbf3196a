"""Stories of encryption, attempted and done."""

from .clues import (
    DeviceClue,
    FileClue,
    IpClue,
    ProcessClue,
    RegistryValueClue,
    UserClue,
    Verdict,
    Where,
    Who,
)
from .sensors import (
    CORRELATION,
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

MASS_RENAME = Scenario(
    "mass-rename",
    "Mass file rename on file share {fileserver}",
    (
        Stage(
            "Security tools switched off on {device}",
            "Real-time protection was turned off by a change of the registry.",
            ENDPOINT, Severity.MEDIUM, "DefenseEvasion", ("T1562.001",), "ransomware",
            (DeviceClue(), UserClue(),
             ProcessClue("reg.exe", "reg add HKLM\\SOFTWARE\\Policies\\Defence /v Off /t REG_DWORD /d 1 /f",
                         "cmd.exe"),
             RegistryValueClue("HKEY_LOCAL_MACHINE", "SOFTWARE\\Policies\\Defence", "Off", "1")),
        ),
        Stage(
            "{thousands} files renamed on {fileserver} in {few} minutes",
            "Files of the share {share} were read, written and renamed one after another with the same new "
            "ending.",
            CORRELATION, Severity.HIGH, "Impact", ("T1486",), "ransomware",
            (DeviceClue(Where.FILES, Verdict.SUSPICIOUS, "attacked"), DeviceClue(verdict=Verdict.MALICIOUS),
             UserClue(verdict=Verdict.MALICIOUS),
             FileClue("{document}.tideless", "D:\\Shares\\{share}", Where.FILES),
             FileClue("READ_TO_RESTORE.txt", "D:\\Shares\\{share}", Where.FILES)),
            wait=(4, 20),
            threat="Nachtlamp",
        ),
        Stage(
            "Shadow copies deleted on {fileserver}",
            "The copies from which files could be restored were deleted.",
            ENDPOINT, Severity.HIGH, "Impact", ("T1490",), "ransomware",
            (DeviceClue(Where.FILES, Verdict.MALICIOUS),
             ProcessClue("vssadmin.exe", "vssadmin delete shadows /all /quiet", "cmd.exe", Where.FILES,
                         Who.SERVICE,
                         Verdict.MALICIOUS)),
            wait=(0.5, 3),
        ),
        Stage(
            "Event log cleared on {fileserver}",
            "The security log was cleared by the account that deleted the copies.",
            ENDPOINT, Severity.MEDIUM, "DefenseEvasion", ("T1070.001",), "ransomware",
            (DeviceClue(Where.FILES),
             ProcessClue("wevtutil.exe", "wevtutil cl Security", "cmd.exe", Where.FILES, Who.SERVICE)),
            wait=(0.5, 3),
        ),
    ),
    (Ending.ATTACK,),
    weight=3,
    tags=("Ransom watch", "Crown jewel"),
)

RANSOMWARE_BLOCKED = Scenario(
    "ransomware-blocked",
    "Ransomware blocked, {few} hosts isolated",
    (
        Stage(
            "'Nachtlamp' ransomware was prevented on {device}",
            "A program that behaves as a known family was stopped after it had changed a handful of decoy "
            "files.",
            ENDPOINT, Severity.HIGH, "Ransomware", ("T1486",), "ransomware",
            (DeviceClue(), UserClue(), FileClue("lamp64.exe", "C:\\Users\\Public", stopped=True),
             ProcessClue("lamp64.exe", "lamp64.exe -path \\\\{fileserver}\\{share}", "powershell.exe",
                         folder="C:\\Users\\Public", verdict=Verdict.MALICIOUS)),
            threat="Nachtlamp",
        ),
        Stage(
            "'Nachtlamp' ransomware was prevented on {second}",
            "The same program was stopped on a second machine; both were isolated by rule.",
            ENDPOINT, Severity.HIGH, "Ransomware", ("T1486", "T1570"), "ransomware",
            (DeviceClue(Where.SECOND),
             FileClue("lamp64.exe", "C:\\Users\\Public", Where.SECOND, stopped=True),
             IpClue(verdict=Verdict.MALICIOUS, role="commandAndControl")),
            wait=(0.5, 5),
            threat="Nachtlamp",
        ),
    ),
    (Ending.MALWARE, Ending.ATTACK),
    weight=4,
    tags=("Ransom watch",),
)

SCENARIOS = (MASS_RENAME, RANSOMWARE_BLOCKED)
