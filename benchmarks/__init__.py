"""How the alternatives are measured: the plan, the turn-taking engine, the workloads and the command line."""
