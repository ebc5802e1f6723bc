"""Pathways tried without a phone: rehearsals with a pretend callee, test chats, old calls led again. Nobody is called or texted."""
