"""What analysts write, by language: on taking an incident, on acting, on waiting, on closing.

Braces are filled from the incident's cast; "{admin}" is the customer's administrator.
"""

from tidegate.demo.scenarios.shape import (
    Ending,
)

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
    "en": (
        "Isolated {device} at the request of the customer.",
        "Session tokens of {account} revoked. Calling the duty manager now.",
        "Blocked {ip} at the edge together with {admin}.",
        "Collected an investigation package from {device}; hash searched on all machines, no other hit.",
        "Moved all copies of the mail to quarantine, {count} in total.",
    ),
    "nl": (
        "{device} op verzoek van de klant afgezonderd.",
        "Sessies van {account} ingetrokken. Ik bel nu de dienstdoende.",
        "{ip} samen met {admin} aan de rand geblokkeerd.",
        "Onderzoekspakket van {device} opgehaald; de hash komt op geen ander apparaat voor.",
        "Alle exemplaren van de mail in quarantaine gezet, {count} in totaal.",
    ),
}
WAITING = {
    "en": (
        "Asked {admin} whether {user} was travelling. Waiting for an answer.",
        "Waiting for the change number from the customer.",
        "{user} is on leave; the manager will call back.",
    ),
    "nl": (
        "Bij {admin} nagevraagd of {user} op reis was. Wacht op antwoord.",
        "Wacht op het wijzigingsnummer van de klant.",
        "{user} is met verlof; de leidinggevende belt terug.",
    ),
}
CLOSED = {
    "en": {
        Ending.ATTACK: "Contained. Way in, accounts and machines are in today's report; passwords reset.",
        Ending.ACCOUNT: "Account of {user} was taken over; password reset, sessions revoked.",
        Ending.PHISHING: "Phishing. Mail removed everywhere, link blocked, recipients told.",
        Ending.MALWARE: "Removed before it ran. No trace on other machines.",
        Ending.UNWANTED: "Not allowed but not hostile. Removed together with the service desk.",
        Ending.HARMLESS: "{user} confirmed by telephone. Nothing wrong.",
        Ending.INSIDER: "Handed over to {admin}; the person's manager is informed.",
    },
    "nl": {
        Ending.ATTACK: "Ingedamd. Weg naar binnen en accounts staan in het verslag; wachtwoorden vernieuwd.",
        Ending.ACCOUNT: "Account van {user} was overgenomen; wachtwoord vernieuwd, sessies ingetrokken.",
        Ending.PHISHING: "Phishing. Mail overal verwijderd, link geblokkeerd, ontvangers ingelicht.",
        Ending.MALWARE: "Verwijderd voordat het draaide. Geen sporen op andere apparaten.",
        Ending.UNWANTED: "Niet toegestaan, wel onschuldig. Samen met de servicedesk verwijderd.",
        Ending.HARMLESS: "{user} heeft het telefonisch bevestigd. Niets aan de hand.",
        Ending.INSIDER: "Overgedragen aan {admin}; de leidinggevende is ingelicht.",
    },
}
