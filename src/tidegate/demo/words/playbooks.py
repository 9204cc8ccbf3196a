"""What to do about an alert, by kind; lines that begin with a dash are steps."""

PLAYBOOKS = {
    "sign-in": (
        "Find out whether it was the person.\n"
        "- Call {user} on a number you already have, not on one from the mail.\n"
        "- Compare address, device and application with the sign-ins of the last 30 days.\n"
        "If it was not:\n"
        "- Revoke sessions and refresh tokens, then reset the password.\n"
        "- Look for new authentication methods, inbox rules and consented applications."
    ),
    "mail": (
        "Find everybody who received it.\n"
        "- Search by sender, subject and link; move every copy to quarantine.\n"
        "- List who clicked, and treat those accounts as exposed.\n"
        "- Block the sender's domain and the link for the whole tenant."
    ),
    "endpoint": (
        "Look at the machine before changing it.\n"
        "- Read the process tree from an hour before the alert until now.\n"
        "- Collect an investigation package.\n"
        "- Isolate {device} if the process is not explained within 15 minutes.\n"
        "- Search the other machines for the same hash and the same address."
    ),
    "credentials": (
        "Assume that every account used on the machine is known to somebody else.\n"
        "- Isolate the machine.\n"
        "- Reset the accounts that were signed in, service accounts included.\n"
        "- Look for sign-ins by these accounts elsewhere since the first activity."
    ),
    "ransomware": (
        "Minutes count. Contain first, explain later.\n"
        "- Isolate every machine in the incident; disable the account that is used.\n"
        "- Take the file shares offline; check that the backups cannot be reached from here.\n"
        "- Call the customer's duty officer and open the crisis line.\n"
        "- Keep memory and disk of the first machine."
    ),
    "malware": (
        "Most of these are stopped; make sure that this one is.\n"
        "- Check that the file is in quarantine and that nothing ran before.\n"
        "- Find out how it came: mail, web or removable storage.\n"
        "- Run a full scan and look for the hash on other machines."
    ),
    "cloud": (
        "Find out what was reached.\n"
        "- List the files and mail the session touched.\n"
        "- Ask the owner whether this was meant.\n"
        "- Take back the consent or sharing link, and revoke the session."
    ),
    "data": (
        "Decide whether data left.\n"
        "- Look at the files named in the evidence and their labels.\n"
        "- Ask the person and, where policy says so, the privacy officer.\n"
        "- Note the number of persons concerned; a report to the authority has a time limit of 72 hours."
    ),
    "plant": (
        "Never isolate or restart anything in the process network without the plant's consent.\n"
        "- Call the control room and ask whether work was planned.\n"
        "- Compare the command with the change calendar.\n"
        "- If it was not planned: close the remote access path, not the controller."
    ),
    "upkeep": (
        "Not an attack; it becomes one when left alone.\n"
        "- Ask the customer's IT to restore updates or the sensor.\n"
        "- Check again after two days."
    ),
}
