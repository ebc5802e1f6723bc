import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.speech.pronunciation import apply


def entry(word, pronunciation, **flags):
    return {"word": word, "pronunciation": pronunciation, **flags}


@pytest.mark.parametrize(
    ("text", "guide", "said"),
    [
        ("Our API is an api.", [entry("API", "A P I")], "Our A P I is an A P I."),
        ("Our API is an api.", [entry("API", "A P I", case_sensitive=True)], "Our A P I is an api."),
        ("Our API is an api.", [entry("API", "A P I", case_sensitive="true")], "Our A P I is an api."),
        ("Our API is an api.", [entry("API", "A P I", case_sensitive="false")], "Our A P I is an A P I."),
        ("rapid apis", [entry("api", "A P I")], "rapid apis"),
        ("rapid apis", [entry("api", "A P I", spaced=False)], "rA P Id A P Is"),
        ("rapid apis", [entry("api", "A P I", spaced="false")], "rA P Id A P Is"),
        ("Hans from Hansa", [entry("Hans", "Hahns"), entry("Hansa", "Hahn-za")], "Hahns from Hahn-za"),
        ("New  York style", [entry("York", "Yawk"), entry("New York", "Noo Yawk")], "Noo Yawk style"),
        ("a b", [entry("a", "b"), entry("b", "a")], "b a"),
        ("C++ (really)", [entry("C++", "see plus plus")], "see plus plus (really)"),
        (r"back\1slash", [entry("back", r"\g<0>")], r"back\1slash".replace("back", r"\g<0>")),
        ("Müller's", [entry("müller", "Miller")], "Miller's"),
        ("nothing", [], "nothing"),
        ("nothing", [{}, {"word": ""}, {"word": "nothing"}, {"word": 3, "pronunciation": "x"}], "nothing"),
        ("gone", [entry("gone", "")], ""),
    ],
)
def test_guide(text, guide, said):
    assert apply(text, guide) == said


@given(
    st.text(max_size=80), st.lists(st.fixed_dictionaries({"word": st.text(max_size=8), "pronunciation": st.text(max_size=8)}), max_size=5)
)
def test_never_raises(text, guide):
    assert isinstance(apply(text, guide), str)
