"""What is asked, as staff write it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from analytics.questions import reading
from analytics.questions.reading import Question

LONGEST_GOAL = 2000
EXAMPLE = "Did they agree to the new time?\nWhich day suits them?\nHow did they sound? = pleased, neutral or annoyed"


class QuestionsForm(forms.Form):
    questions = forms.CharField(
        label="Questions",
        max_length=reading.MOST * (reading.LONGEST + 200),
        widget=forms.Textarea({"rows": 5, "placeholder": EXAMPLE}),
        help_text="One on each line. After “=” may stand the kind of answer: number, boolean (yes or no), array, or the possible ones.",
    )
    goal = forms.CharField(
        label="What these calls were for",
        required=False,
        max_length=LONGEST_GOAL,
        widget=forms.Textarea({"rows": 2}),
        help_text="A language model reads it, when one is connected. The built-in reading does not need it.",
    )

    def clean_questions(self) -> list[Question]:
        try:
            return reading.from_lines(self.cleaned_data["questions"])
        except reading.Bad as bad:
            raise ValidationError(str(bad)) from bad

    @property
    def asked(self) -> list[Question]:
        """Of a valid form."""
        found: list[Question] = self.cleaned_data["questions"]
        return found

    @property
    def goal_text(self) -> str:
        return str(self.cleaned_data["goal"])


def filled(run_questions: list[Any], goal: str) -> dict[str, str]:
    """What the form holds to ask the questions of a run again."""
    return {"questions": reading.to_lines(reading.read(run_questions)), "goal": goal}
