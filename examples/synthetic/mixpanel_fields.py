"""What Mixpanel keeps of a person, by data class: on a profile, in a row of its table, in an event."""

from .dice import Dice
from .fields import Group, Values
from .files import compact
from .people import Person

PLACES = (
    ("Berlin", "Land Berlin", "DE"),
    ("Lyon", "Auvergne-Rhône-Alpes", "FR"),
    ("Nairobi", "Nairobi County", "KE"),
    ("Osaka", "Ōsaka", "JP"),
    ("Portland", "Oregon", "US"),
    ("São Paulo", "São Paulo", "BR"),
)
REFERRERS = ("search.example", "news.example", "forum.example", "blog.example")


def _name(dice: Dice, who: Person) -> Values:
    if dice.chance(0.3):
        return {"$first_name": who.first_name, "$last_name": who.last_name}
    return {"$name": who.name}


def _whole_name(_dice: Dice, who: Person) -> Values:
    return {"$name": who.name}


def _place(dice: Dice, _who: Person) -> Values:
    return dict(zip(("$city", "$region", "$country_code"), dice.pick(PLACES), strict=True))


def _event_place(dice: Dice, _who: Person) -> Values:
    return dict(zip(("$city", "$region", "mp_country_code"), dice.pick(PLACES), strict=True))


def _system(dice: Dice, _who: Person) -> Values:
    return {"$os": dice.pick(("Windows", "Mac OS X", "Linux", "Android", "iOS"))}


def _browser(dice: Dice, _who: Person) -> Values:
    return {"$browser": dice.pick(("Chrome", "Firefox", "Safari", "Microsoft Edge"))}


def _event_browser(dice: Dice, who: Person) -> Values:
    return {**_browser(dice, who), "$browser_version": 100 + dice.below(45)}


def _first_referrer(dice: Dice, _who: Person) -> Values:
    domain = dice.pick(REFERRERS)
    return {"$initial_referrer": f"https://{domain}/", "$initial_referring_domain": domain}


def _first_referring_domain(dice: Dice, _who: Person) -> Values:
    return {"$initial_referring_domain": dice.pick(REFERRERS)}


def _referrer(dice: Dice, _who: Person) -> Values:
    return {"$referrer": f"https://{dice.pick(REFERRERS)}/"}


def _organisations(dice: Dice, who: Person) -> Values:
    """A group key, which Mixpanel gives as a list or alone."""
    first = f"org-demo{who.number % 400:04}"
    return {"organization_id": dice.pick((first, [first], [first, "org-demo9999"]))}


def _organisation_list(dice: Dice, who: Person) -> Values:
    value = _organisations(dice, who)["organization_id"]
    return {"organization_id": compact(value) if isinstance(value, list) else value}


NO_REFERRER = ("$direct", "$direct", "", None)
NO_PLACE = ("", "", None, "N/A", "undefined", "0")
PROFILE = (
    Group("Names", 0.86, _name),
    Group("Geographic locations", 0.8, _place, NO_PLACE),
    Group("Device information", 0.6, _system),
    Group("Browser user agent details", 0.6, _browser),
    Group("Referring websites", 0.4, _first_referrer, NO_REFERRER),
    Group("Organisation identifiers", 0.6, _organisations, ("", None, [])),
)
ROW = (
    Group("Names", 0.86, _whole_name),
    Group("Geographic locations", 0.8, _place, NO_PLACE),
    Group("Device information", 0.6, _system),
    Group("Browser user agent details", 0.6, _browser),
    Group("Referring websites", 0.4, _first_referring_domain, NO_REFERRER),
    Group("Organisation identifiers", 0.6, _organisation_list, ("",)),
)
EVENT = (
    Group("Geographic locations", 0.5, _event_place, NO_PLACE),
    Group("Device information", 0.5, _system),
    Group("Browser user agent details", 0.5, _event_browser),
    Group("Referring websites", 0.2, _referrer, NO_REFERRER),
)
