"""OAI-PMH 2.0: how libraries and portals of other agencies harvest what is published here.

http://www.openarchives.org/OAI/openarchivesprotocol.html; `asking` reads a request, `writing` draws a record, `answering`
puts both together.
"""
