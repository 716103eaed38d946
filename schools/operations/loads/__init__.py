"""A province that does not exist, as large as wanted, for measuring: people of this room, and parts of the rooms above."""
