"""Who calls whom, for whom: names and organisation out of the words of a task."""

import re

from calls.agent.builtin.draft import Draft


def read_identity(d: Draft) -> None:
    p, flat = d.plan, re.sub(r"[ \t]+", " ", re.sub(r"\s*\n\s*", " ; ", d.raw))
    name = r"([A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    for pattern in (
        (
            rf"\b(?:[Yy]ou are|[Yy]ou're|[Aa]ct as|[Yy]our name is|[Nn]ame:|(?:agent|rep|assistant|named"
            rf"|ROLE:[^\"\n]{{0,40}}))\s+\"?{name}\"?(?=[,.;\n \"])"
        ),
    ):
        if (m := re.search(pattern, flat)) and not re.match(r"(?:An?|The|Calling)\b", m[1]):
            p.agent = re.split(r" (?:From|At|With)\b", m[1])[0]
    org = (
        r"((?:Dr\.? )?(?:[A-Z0-9][\w'’-]*(?:\.\w+)?)(?: (?:[A-Z0-9][\w'’-]*|&|of(?= [A-Z])"
        r"|and(?= [A-Z])))*(?:(?<=['’]s) (?:clinic|office|practice|surgery|studio|garage))?)"
    )
    for pattern in (
        (
            rf"(?:Company|Organi[sz]ation|Business|Clinic|Brand|School|Agency|Charity|Practice|Firm|Store"
            rf"|Shop):?\s+{org}"
        ),
        rf"[Ww]ork in [a-z ]+ (?:at|for) {org}",
        (
            rf"\b(?:on behalf of|work(?:ing)? for|calling for|call for"
            rf"|represent(?:ing)?)(?: the)?(?: [a-z]+){{0,2}}? {org}"
        ),
        (
            rf"\b(?:[Yy]ou are|[Yy]ou're|[Aa]ct as|an assistant)\b[^.\n]*?\b(?:from|at|with|for"
            rf"|of) (?!the homeowner){org}"
        ),
        (
            rf"(?:agent|rep|assistant|consultant|receptionist|recruiter)\b[^.\n]{{0,30}}? (?:of|for|at|from"
            rf"|with) {org}"
        ),
        rf"[Ww]e(?:'re| are)[^.\n]*?\({org}\)",
        rf"survey for {org}",
        (
            rf"(?:inspection|appointment|check|reminder|research|delivery|renewal|visit|maintenance)s? (?:for|by"
            rf"|from|with) {org}"
        ),
        rf"(?:service|appointment|visit|booking|book [^.]*?ready for collection|reservation) at {org}",
    ):
        for m in re.finditer(pattern, flat):
            found = re.sub(r"[.,]$", "", m[1]).strip()
            if (
                re.match(r"[A-Z]", found)
                and len(found) > 2
                and not p.organisation
                and found not in (p.agent, "Dr", "The", "They", "Your", "I")
                and found.lower() != "to"
            ):
                p.organisation = found
    for key, value in d.data.items():
        if (
            re.search(
                (
                    r"(?:^|_)(?:name|contact|candidate|speaker|customer|client|patient|parent|lead|guest|owner|recipient"
                    r"|donor|tenant)(?:_?name)?$"
                ),
                key,
                re.I,
            )
            and not re.search(r"child|pet|agent|company|org|doctor|product|event", key, re.I)
            and not p.callee
        ):
            p.callee = str(value)
    if (
        not p.callee
        and (
            m := re.search(
                (
                    r"\b(?:calling|call|phone|contact|speak (?:to|with)|speaking with) (?:my [a-z]+, )?((?:Mr|Mrs|Ms"
                    r"|Dr)\. [A-Z]\w+|[A-Z][a-z]+ [A-Z][a-z]+)\b|\b(?:Call|Calling|Phone|Ring|Contact|call|phone) "
                    r"(?:my [a-z]+, )?((?:Mr|Mrs|Ms|Dr)\.? [A-Z]\w+(?: [A-Z]\w+)?)"
                ),
                flat,
            )
        )
        and (m[1] or m[2]) not in (p.organisation, p.agent)
    ):
        p.callee = m[2] or m[1]
    if (
        re.search(r"\b(?:my|I|me)\b", re.sub(r"\"[^\"]*\"", "", flat))
        and not re.search(r"\b[Yy]ou(?:'re| are) (?:an? )?[\w ]*(?:for|from|at|of|with) [A-Z]", flat)
        and (m := re.search(rf"\b(?:I am|I'm|[Mm]y name is|[Tt]his is) {name}", flat))
    ):
        p.owner = m[1]
    if (
        not p.owner
        and not p.organisation
        and (m := re.search(r"(?<!who's )(?<!whose )\b(?:under the )?name (?:is |of )?([A-Z][a-z]+(?: [A-Z][a-z]+)?)", flat))
        and m[1] not in (p.callee, p.agent)
        and "Your name" not in flat
    ):
        p.owner = m[1]
    d.names = [p.callee, p.callee.split()[0] if re.match(r"[A-Z]\w+ ", p.callee) and not re.match(r"(?:Mr|Mrs|Ms|Dr)", p.callee) else ""]
    if p.owner and not p.organisation and p.callee in p.owner:
        p.callee = ""
    p.private = bool(
        re.search(
            (
                r"(?:never|do not|don't) (?:reveal|disclose|share|discuss|mention)[^.]*\b(?:anyone|anybody"
                r"|someone else|other than|except)"
            ),
            flat,
            re.I,
        )
    )
    p.survey = bool(re.search(r"\bsurvey|feedback|questionnaire", flat, re.I))
