"""``python -m breachcheck.cli``."""

from breachcheck.cli import main

main()
