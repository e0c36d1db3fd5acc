"""Webhooks: programs are told of what is new, each message signed and delivered at least once."""
