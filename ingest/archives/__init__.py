"""Archives: a file that holds others, opened as streams within limits, nothing in clear on disk."""
