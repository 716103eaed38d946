"""How what is published here leaves the house: short links, posters, embeds, OAI-PMH. Feeds stand in cms.feeds."""
