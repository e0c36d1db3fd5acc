"""The web site and both APIs: the only package that knows Flask."""
