"""The client of /api/v1: typed, streaming, and loud: whatever is no answer is raised, as the house's own exceptions.

``with Client("https://breaches.example.org", key) as client: client.lookup("name@example.com")``
"""

from breachcheck.client.connection import Client
from breachcheck.client.values import Account, Answer, Breach, Change, Entry, Event, Exposure, Kept, Line

__all__ = ["Account", "Answer", "Breach", "Change", "Client", "Entry", "Event", "Exposure", "Kept", "Line"]
