"""What is asked of ``patterns.inheritance``."""
