"""Backups: a whole store kept elsewhere, put back, or moved to the other engine."""
