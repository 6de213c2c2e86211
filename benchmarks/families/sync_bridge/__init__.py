"""What is asked of ``patterns.sync_bridge``."""
