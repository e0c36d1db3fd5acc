"""A self-hosted check: was I in a data breach, and which of my fields leaked?"""

__version__ = "0.1.0"
