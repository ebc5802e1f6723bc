"""Walking a pathway: which way on, what to remember, what to say. The agent itself is calls.agent.walker.

hearing     one turn of the person, as a decision        entering    what each kind of step does
choosing    which way the person's words lead            ways        what is known of the ways on before anybody speaks
extracting  typed values out of their words (dates)      speaking    what a step says
standing    what is answered by rule on every step       condition   what must be met before a step is left
looking_up  web addresses that a step calls              acting      steps that do something without a word
model       the configured model's part                  comparing   rules on values
state       where a walk stands, as plain data           walk        what every part asks of call, graph and state
"""
