"""The parts of `make bench-storm`: pupils who take a quiz at once, the servers that are killed meanwhile, and the audit."""
