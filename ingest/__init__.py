"""The pipeline: from a breach's manifest and data files to an index of keyed digests."""
