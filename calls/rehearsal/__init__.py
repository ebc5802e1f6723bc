"""Pathways tried without a phone: rehearsals with a pretend callee, test chats, old calls led again by a draft. Nobody is called or texted."""
