"""The official roll from a table: what the file says, before anything is written."""
