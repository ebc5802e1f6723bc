"""Walking a pathway: which way on, what to remember, what to say. The agent itself is calls.agent.walker.

choosing    which way the person's words lead            extracting  typed values out of their words
speaking    what a step says                             standing    what is answered by rule on every step
hearing     one turn of the person, as a decision        entering    what each kind of step does
looking_up  web addresses that a step calls              comparing   rules on variables
"""
