"""What is asked of ``patterns.hedging``."""
