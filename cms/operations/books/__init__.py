"""Handbooks to take along: as an e-book, on paper and for the loudspeaker."""
