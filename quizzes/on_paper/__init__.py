"""A quiz taken with a pen: which of its questions paper can ask, and what a teacher types from a sheet. Pure."""
