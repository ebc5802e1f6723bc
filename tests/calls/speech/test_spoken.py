import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.speech.numbers import cardinal, ordinal, year
from calls.speech.spoken import spoken

TABLE = [
    # Telephone numbers
    ("Call us back at 415-555-0192.", "Call us back at four one five, five five five, zero one nine two."),
    ("Call (415) 555-0192 now.", "Call four one five, five five five, zero one nine two now."),
    ("It's +1 415 555 0192.", "It's plus one, four one five, five five five, zero one nine two."),
    ("Dial +442079460958", "Dial plus four four two, zero seven nine, four six zero, nine five eight"),
    ("My number is 4155550192.", "My number is four one five, five five five, zero one nine two."),
    ("Just 555-0192.", "Just five five five, zero one nine two."),
    ("Ring 1-800-555-0199!", "Ring one, eight zero zero, five five five, zero one nine nine!"),
    # Codes
    ("Order #A7-3021 ships today.", "Order A seven, three zero two one ships today."),
    ("The confirmation code is 73902.", "The confirmation code is seven three nine zero two."),
    ("Your PIN: 0042", "Your PIN: zero zero four two"),
    ("Invoice 10482 is open.", "Invoice one zero four eight two is open."),
    ("Flight UA1234 leaves.", "Flight U A one two three four leaves."),
    ("We do B2B and 5G in Q3.", "We do B two B and five G in Q three."),
    ("You are #3 in line.", "You are number three in line."),
    ("After COVID-19 we moved.", "After COVID nineteen we moved."),
    ("Springfield, IL 62704", "Springfield, IL six two seven zero four"),
    ("The account ending in 4421 is closed.", "The account ending in four four two one is closed."),
    # Addresses of the net
    ("Email support@acme.com please.", "Email support at acme dot com please."),
    ("jo.smith99@mail.example.co.uk", "jo dot smith nine nine at mail dot example dot co dot U K"),
    ("Visit www.acme.com.", "Visit W W W dot acme dot com."),
    ("See https://acme.com/pay-now?id=7 today", "See acme dot com slash pay dash now today"),
    ("Go to acme.io/help.", "Go to acme dot I O slash help."),
    # Dates
    ("It is due on 12/05/2026.", "It is due on December fifth, twenty twenty-six."),
    ("On 2026-11-25 we meet.", "On November twenty-fifth, twenty twenty-six we meet."),
    ("Wed, Nov 25th at 9:15 a.m. works.", "Wednesday, November twenty-fifth at nine fifteen AM works."),
    ("Nov. 3, 2005", "November third, two thousand five"),
    ("Born on 21 March 1984.", "Born on March twenty-first, nineteen eighty-four."),
    ("Born 4th of July.", "Born July fourth."),
    ("Mon-Fri, 9am-5pm", "Monday to Friday, nine AM to five PM"),
    ("Sat 10am or Sun, 11am", "Saturday ten AM or Sunday, eleven AM"),
    ("She sat down in the sun.", "She sat down in the sun."),
    ("By 12/5 at the latest", "By December fifth at the latest"),
    ("In March 2024 and May 5.", "In March twenty twenty-four and May fifth."),
    ("I may 3 times.", "I may three times."),
    # Times
    ("before 3:30 PM.", "before three thirty PM."),
    ("We open at 9 a.m. Bring your card.", "We open at nine AM. Bring your card."),
    ("At 10am", "At ten AM"),
    ("At 9:05 or 9:00", "At nine oh five or nine o'clock"),
    ("At 15:30", "At three thirty PM"),
    ("From 9:00-17:00", "From nine o'clock to five PM"),
    ("12:00 pm", "twelve PM"),
    # Money
    ("Your total is $49.99.", "Your total is forty-nine dollars and ninety-nine cents."),
    ("$1", "one dollar"),
    ("$0.50", "fifty cents"),
    ("$1.01", "one dollar and one cent"),
    ("$1,250.00 in all", "one thousand two hundred fifty dollars in all"),
    ("about $1.5 million", "about one point five million dollars"),
    ("$20k", "twenty thousand dollars"),
    ("$5/month", "five dollars per month"),
    ("20 € or £3.02", "twenty euros or three pounds and two pence"),
    ("USD 50", "fifty dollars"),
    # Percent, units, ranges
    ("It's 15% off.", "It's fifteen percent off."),
    ("2.5 %", "two point five percent"),
    ("10-15%", "ten to fifteen percent"),
    ("ships in 2-3 days;", "ships in two to three days;"),
    ("5 kg, 1 km, 6 ft", "five kilograms, one kilometer, six feet"),
    ("65mph and 500 GB", "sixty-five miles per hour and five hundred gigabytes"),
    ("-5°C", "minus five degrees Celsius"),
    ("72 °F", "seventy-two degrees Fahrenheit"),
    ("It takes 30 min.", "It takes thirty minutes."),
    ("We are open 24/7.", "We are open twenty-four seven."),
    # Short forms
    ("Dr. Nguyen is at 123 Main St., Suite 4B.", "Doctor Nguyen is at one hundred twenty-three Main Street, Suite four B."),
    ("St. Louis", "Saint Louis"),
    ("12 Main St. Call us.", "twelve Main Street. Call us."),
    (
        "We have 10000 or 12500 or 12,345 of 84213.",
        "We have ten thousand or twelve thousand five hundred or twelve thousand three hundred forty-five of eight four two one three.",
    ),
    ("Dr. Oak lives on Oak St", "Doctor Oak lives on Oak Street"),
    ("4 Oak Dr, Reno", "four Oak Drive, Reno"),
    ("Mr. and Mrs. O'Brien on 5th Ave.", "Mister and Missus O'Brien on fifth Avenue."),
    ("Smith & Sons Inc.", "Smith and Sons Incorporated."),
    ("e.g. a cat, i.e. a pet", "for example a cat, that is a pet"),
    # Numbers that are left
    ("the 1st, 2nd, 3rd, 12th and 20th", "the first, second, third, twelfth and twentieth"),
    ("since 1999", "since nineteen ninety-nine"),
    ("in 2005", "in two thousand five"),
    ("2,000 people", "two thousand people"),
    ("version 3.5", "version three point five"),
    ("the 1990s", "the nineteen nineties"),
    ("I have 1 cat and 12 dogs.", "I have one cat and twelve dogs."),
    # Marks nobody says
    ("**Hello** `there` 🙂", "Hello there"),
    ("See [our page](https://acme.com/x).", "See our page."),
    ("", ""),
    ("Nothing to do here, really.", "Nothing to do here, really."),
]


@pytest.mark.parametrize(("text", "said"), TABLE)
def test_for_the_ear(text, said):
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("language", "said"), [("en-US", "June fifth"), ("en-GB", "May sixth"), ("babel-en", "June fifth"), ("en_AU", "May sixth")]
)
def test_who_writes_the_day_first(language, said):
    assert spoken("It is on 6/5/2026.", language) == f"It is on {said}, twenty twenty-six."


def test_other_languages_keep_their_numbers():
    assert spoken("Son **12,50 €** el 5/6/2026.", "es") == "Son 12,50 € el 5/6/2026."


def test_said_twice_is_said_the_same():
    for text, said in TABLE:
        assert spoken(said) == said, text


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_never_raises_and_leaves_no_digit(text):
    said = spoken(text)
    assert not any(c in "0123456789" for c in said)


@given(st.text(alphabet="0123456789 -+./:,$%#@aAxXpPmM()", max_size=120))
@settings(max_examples=500, deadline=None)
def test_nothing_made_of_numbers_breaks_it(text):
    assert not any(c in "0123456789" for c in spoken(text))


@pytest.mark.parametrize(
    "text", ["1" * 20_000, "a." * 10_000, "1-" * 10_000, "A1-" * 7_000, "[" * 20_000, "1,000," * 4_000, "x@" * 10_000, "- 1" * 7_000]
)
def test_long_text_takes_no_time(text):
    began = time.process_time()
    spoken(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (21, "twenty-one"),
        (100, "one hundred"),
        (1_000_005, "one million five"),
        (-3, "minus three"),
        (10**15, "one" + " zero" * 15),
    ],
)
def test_cardinals(number, said):
    assert cardinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "first"), (40, "fortieth"), (22, "twenty-second"), (100, "one hundredth"), (109, "one hundred ninth")]
)
def test_ordinals(number, said):
    assert ordinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1900, "nineteen hundred"), (2000, "two thousand"), (1905, "nineteen oh five"), (2019, "twenty nineteen")]
)
def test_years(number, said):
    assert year(number) == said
