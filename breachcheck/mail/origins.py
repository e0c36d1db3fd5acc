"""Origins: one sentence about where a breach's file came from, as far as that is known."""

from breachcheck.catalog import Breach
from breachcheck.wording import ENGLISH, Language


def where_from(breach: Breach, title: str, language: Language = ENGLISH) -> str:
    """Of *breach*, which the reader knows by *title*. Nobody copied a file that is a list, or is likely made up."""
    facts, texts, say = breach.facts, breach.texts_in(language.tag), language.gettext
    if facts.is_stealer_log or facts.is_malware:
        return say("A harmful program took this data from people's own devices.")
    if facts.is_spam_list:
        return say("This is a list of addresses for sending ads. Nobody needs an account to be on it.")
    if facts.is_fabricated:
        told = say("A file is passed around under the name %(title)s. It is likely not from there.")
        return told % {"title": title}
    if texts.holder and texts.client:
        told = say("Someone copied a file from %(holder)s, a company that %(company)s used.")
        return told % {"holder": texts.holder, "company": texts.client}
    return say("Someone copied a file from %(holder)s.") % {"holder": texts.holder or texts.client or title}
