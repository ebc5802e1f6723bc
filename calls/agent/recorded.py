"""The closer look of voicemail.sensitive: greetings that no rule knows, told from a person by their meaning."""

import asyncio

from calls.agent.encoder import encoder

NEAR, AHEAD = 0.5, 0.15  # cosine to a recorded greeting, and how much nearer than to a person's first words
SHORTEST = 5  # words; "Hello?" is nobody's recording
RECORDED = (
    "Sorry I missed your call, leave your name and number and I'll get back to you.",
    "I'm away from my phone right now, I will call you back as soon as I can.",
    "There is nobody here at the moment to speak with you, try again later.",
    "You know what to do, talk to you soon.",
    "Our office is closed now. Our hours are nine to five, Monday to Friday.",
    "I'm on vacation until Monday and will answer when I return.",
    "The number you have dialed is not in service.",
    "This is an answering machine, say who you are and what you want.",
)
PERSON = (
    "Hello, who is calling please?",
    "Hi, this is Jo, what can I do for you?",
    "Good morning, Acme Dental, how can I help you?",
    "Yes, speaking, what is this about?",
    "Hello? I can't hear you very well.",
    "Sorry, I'm busy right now, can you call me later?",
    "No, she is not here, can I take a message?",
    "I'm not interested, stop calling me.",
)


def sounds_recorded(text: str) -> bool:
    """Whether these first words are rather a machine's than a person's. CPU-bound."""
    if len(text.split()) < SHORTEST or text.strip().endswith("?"):
        return False
    recorded, person = (float(max(encoder().similar(text, examples))) for examples in (RECORDED, PERSON))
    return recorded >= NEAR and recorded >= person + AHEAD


async def listen_closely(text: str) -> bool:
    """The same, off the event loop."""
    return await asyncio.to_thread(sounds_recorded, text)
