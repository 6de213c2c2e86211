"""Whether promises are kept: trials, the processes in which alternatives are examined, and what was found."""
