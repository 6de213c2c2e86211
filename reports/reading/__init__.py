"""From the record to decisions: times arranged for comparing, what was found of safety, and which to pick."""
