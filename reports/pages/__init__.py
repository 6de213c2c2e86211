"""From what a page shows to files: templates, charts, highlighted code."""
