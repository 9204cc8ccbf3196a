"""Evidence about what is outside: addresses, web pages, cloud applications."""

from tidegate.connectors.records import Json
from tidegate.demo.chance import guid
from tidegate.demo.scenarios.clues import (
    CloudAppClue,
    IpClue,
    OAuthClue,
    UrlClue,
    Verdict,
)

from .scene import Scene, base


def ip_evidence(clue: IpClue, scene: Scene) -> dict[str, Json]:
    """Graph's ipEvidence, with the place the address is said to be in."""
    address = scene.cast.addresses[1 if clue.second else 0]
    return {
        **base(scene, "ipEvidence", clue.verdict, clue.role),
        "ipAddress": address.ip,
        "countryLetterCode": address.place.country,
        "location": {
            "city": address.place.city,
            "countryName": address.place.country_name,
            "state": None,
            "latitude": address.place.latitude,
            "longitude": address.place.longitude,
        },
    }


def url_evidence(clue: UrlClue, scene: Scene) -> dict[str, Json]:
    """Graph's urlEvidence."""
    return {**base(scene, "urlEvidence", clue.verdict, None), "url": scene.cast.say(clue.url)}


def cloud_app_evidence(clue: CloudAppClue, scene: Scene) -> dict[str, Json]:
    """Graph's cloudApplicationEvidence."""
    return {
        **base(scene, "cloudApplicationEvidence", Verdict.UNKNOWN, "contextual"),
        "appId": clue.number,
        "saasAppId": clue.number,
        "displayName": clue.name,
        "instanceId": 0,
        "instanceName": clue.name,
    }


def oauth_evidence(clue: OAuthClue, scene: Scene) -> dict[str, Json]:
    """Graph's oauthApplicationEvidence."""
    return {
        **base(scene, "oauthApplicationEvidence", clue.verdict, "suspicious"),
        "appId": str(guid("application", clue.name)),
        "objectId": str(guid("application", clue.name, scene.cast.tenant.tenant_id)),
        "displayName": clue.name,
        "publisher": clue.publisher,
    }
