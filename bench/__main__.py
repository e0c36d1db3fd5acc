"""What the README quotes: how fast a load is, then a look-up."""

from bench import load, lookup

load.main()
lookup.main()
