"""Questions about calls that are over: asked by a program or on a page, answered with the words that prove the answer."""
