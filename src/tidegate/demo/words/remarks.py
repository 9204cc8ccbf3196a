"""What analysts write, by language: on taking an incident, on acting, on waiting, on closing.

Braces are filled from the incident's cast; "{admin}" is the customer's administrator. Acting goes
by the playbook of the first alert, closing by Graph's determination.
"""

TAKEN = {
    "en": (
        "Looking at this now.",
        "Taken. First the sign-ins of {user}, then {device}.",
        "Mine. No change was announced for today.",
        "Seen before at another customer this month; checking whether the address is the same.",
    ),
    "nl": (
        "Ik kijk hiernaar.",
        "Opgepakt. Eerst de aanmeldingen van {user}, dan {device}.",
        "Van mij. Er was voor vandaag geen wijziging aangekondigd.",
        "Eerder deze maand ook elders gezien; ik ga na of het adres hetzelfde is.",
    ),
}
ACTED = {
    "en": {
        "sign-in": ("Session tokens of {account} revoked. Calling {user} now.", "Blocked {ip} with {admin}."),
        "mail": (
            "Moved all copies of the mail to quarantine, {count} in total.",
            "Blocked {evil} for everybody.",
        ),
        "endpoint": (
            "Isolated {device} at the request of the customer.",
            "Collected an investigation package from {device}; no other machine has the hash.",
        ),
        "credentials": ("Password of {service} changed with {admin}; watching for its use.",),
        "ransomware": (
            "Share {share} is offline, {admin} is on the line.",
            "Isolated {device} and {second}.",
        ),
        "malware": ("Full scan of {device} runs.", "The file is in quarantine; searching for how it came."),
        "cloud": ("Sessions revoked and the consent taken back for the whole tenant.",),
        "data": ("Asked {admin} whether {document} holds personal data.",),
        "plant": ("Control room called: nothing unusual on the screens. {jump} stays as it is.",),
        "upkeep": ("Ticket with the customer's IT: {device} needs its updates.",),
    },
    "nl": {
        "sign-in": (
            "Sessies van {account} ingetrokken. Ik bel {user} nu.",
            "{ip} samen met {admin} geblokkeerd.",
        ),
        "mail": (
            "Alle exemplaren in quarantaine gezet, {count} in totaal.",
            "{evil} voor iedereen geblokkeerd.",
        ),
        "endpoint": (
            "{device} op verzoek van de klant afgezonderd.",
            "Onderzoekspakket van {device} opgehaald; de hash komt op geen ander apparaat voor.",
        ),
        "credentials": ("Wachtwoord van {service} met {admin} gewijzigd; ik let op gebruik ervan.",),
        "ransomware": (
            "Map {share} is offline, {admin} hangt aan de lijn.",
            "{device} en {second} afgezonderd.",
        ),
        "malware": (
            "Volledige scan van {device} loopt.",
            "Bestand staat in quarantaine; ik zoek hoe het kwam.",
        ),
        "cloud": ("Sessies ingetrokken en toestemming voor de hele tenant teruggenomen.",),
        "data": ("Bij {admin} nagevraagd of {document} persoonsgegevens bevat.",),
        "plant": ("Regelkamer gebeld: niets bijzonders op de schermen. {jump} blijft zoals het is.",),
        "upkeep": ("Melding bij de IT van de klant: {device} mist updates.",),
    },
}
WAITING = {
    "en": (
        "Asked {admin} whether this was planned. Waiting for an answer.",
        "Waiting for the change number from the customer.",
        "{user} is on leave; the manager will call back.",
    ),
    "nl": (
        "Bij {admin} nagevraagd of dit gepland was. Wacht op antwoord.",
        "Wacht op het wijzigingsnummer van de klant.",
        "{user} is met verlof; de leidinggevende belt terug.",
    ),
}
CLOSED = {
    "en": {
        "multiStagedAttack": "Contained. Way in and accounts are in today's report; passwords reset.",
        "maliciousUserActivity": "Handed over to {admin}; machines are clean, accounts reset.",
        "compromisedAccount": "Account of {user} was taken over; password reset, sessions revoked.",
        "phishing": "Phishing. Mail removed everywhere, link blocked, recipients told.",
        "malware": "Removed before it ran. No trace on other machines.",
        "unwantedSoftware": "Not allowed but not hostile. Removed together with the service desk.",
        "securityTesting": "Part of the test that {admin} announced. Dates and addresses match.",
        "confirmedActivity": "{user} confirmed by telephone. Nothing wrong.",
        "lineOfBusinessApplication": "That is how {application} works. Added to the list of known behaviour.",
        "notMalicious": "False alarm. Rule reported for tuning.",
        "notEnoughDataToValidate": "Nothing more to find. Closed; to be opened again if it comes back.",
        "other": "Against the rules, not against the law. {admin} takes it up with {user}.",
    },
    "nl": {
        "multiStagedAttack": "Ingedamd. Weg naar binnen en accounts staan in het verslag.",
        "maliciousUserActivity": "Overgedragen aan {admin}; apparaten schoon, accounts hersteld.",
        "compromisedAccount": "Account van {user} was overgenomen; wachtwoord vernieuwd.",
        "phishing": "Phishing. Mail overal verwijderd, link geblokkeerd, ontvangers ingelicht.",
        "malware": "Verwijderd voordat het draaide. Geen sporen op andere apparaten.",
        "unwantedSoftware": "Niet toegestaan, wel onschuldig. Samen met de servicedesk verwijderd.",
        "securityTesting": "Hoort bij de test die {admin} had aangekondigd. Data en adressen kloppen.",
        "confirmedActivity": "{user} heeft het telefonisch bevestigd. Niets aan de hand.",
        "lineOfBusinessApplication": "Zo hoort {application} te werken. Op de lijst van bekend gedrag gezet.",
        "notMalicious": "Vals alarm. Regel gemeld om bij te stellen.",
        "notEnoughDataToValidate": "Meer is er niet te vinden. Gesloten tot het terugkomt.",
        "other": "Tegen de regels, niet tegen de wet. {admin} bespreekt het met {user}.",
    },
}
