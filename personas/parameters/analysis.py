"""Analysis parameters: what is read out of the call afterwards."""

from personas.parameters.base import Parameter, mapping, strings

CITATIONS = Parameter(
    name="citation_schema_ids",
    heading="analysis",
    kind="array",
    check=strings("citation_schema_ids must be an array of strings."),
    label="Facts to find",
    notice="Looks for the facts {value}",
    help="Each fact comes with the words that prove it; without a quote it stays open.",
    default=[],
    group="after",
    widget="schemas-picker",
    schema={"items": {"type": "string"}},
)
# Not in the reference's list of parameters, but in its list of errors: stands last.
ANALYSIS = Parameter(
    name="analysis_schema",
    heading="analysis",
    kind="object",
    check=mapping("analysis_schema must be an object."),
    label="Questions about the call",
    notice="Finds out {key}: {value}",
    help="One on each line: name = what to find out.",
    default={},
    group="developer",
    widget="json",
)
PARAMETERS = (CITATIONS,)
