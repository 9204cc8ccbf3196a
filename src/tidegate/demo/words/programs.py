"""Programs that stories name: where they stand, how big they are, whose they are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """A signed program; `size` in bytes."""

    folder: str
    size: int
    publisher: str


_SYSTEM = "C:\\Windows\\System32"
_OFFICE = "C:\\Program Files\\Microsoft Office\\root\\Office16"
_MICROSOFT = "Microsoft Corporation"

PROGRAMS = {
    "powershell.exe": Program(f"{_SYSTEM}\\WindowsPowerShell\\v1.0", 454_656, _MICROSOFT),
    "cmd.exe": Program(_SYSTEM, 331_776, _MICROSOFT),
    "rundll32.exe": Program(_SYSTEM, 77_824, _MICROSOFT),
    "regsvr32.exe": Program(_SYSTEM, 36_864, _MICROSOFT),
    "mshta.exe": Program(_SYSTEM, 45_056, _MICROSOFT),
    "wscript.exe": Program(_SYSTEM, 204_800, _MICROSOFT),
    "certutil.exe": Program(_SYSTEM, 1_703_936, _MICROSOFT),
    "schtasks.exe": Program(_SYSTEM, 245_760, _MICROSOFT),
    "vssadmin.exe": Program(_SYSTEM, 159_744, _MICROSOFT),
    "wevtutil.exe": Program(_SYSTEM, 278_528, _MICROSOFT),
    "net.exe": Program(_SYSTEM, 81_920, _MICROSOFT),
    "nltest.exe": Program(_SYSTEM, 544_768, _MICROSOFT),
    "reg.exe": Program(_SYSTEM, 90_112, _MICROSOFT),
    "services.exe": Program(_SYSTEM, 745_472, _MICROSOFT),
    "svchost.exe": Program(_SYSTEM, 79_920, _MICROSOFT),
    "lsass.exe": Program(_SYSTEM, 61_440, _MICROSOFT),
    "explorer.exe": Program("C:\\Windows", 5_611_520, _MICROSOFT),
    "w3wp.exe": Program(f"{_SYSTEM}\\inetsrv", 32_768, _MICROSOFT),
    "winword.exe": Program(_OFFICE, 1_622_016, _MICROSOFT),
    "outlook.exe": Program(_OFFICE, 44_154_880, _MICROSOFT),
    "msedge.exe": Program("C:\\Program Files (x86)\\Microsoft\\Edge\\Application", 4_243_456, _MICROSOFT),
    "ssh": Program("/usr/bin", 1_031_928, "Debian"),
    "bash": Program("/usr/bin", 1_265_648, "Debian"),
    "sshd": Program("/usr/sbin", 917_192, "Debian"),
}
