from datetime import timedelta

from django.utils.timezone import now

from calls.hooks import schedule

AT = now()


def test_the_wait_doubles_up_to_an_hour_and_any_part_of_it_is_drawn():
    assert [schedule.back_off(n, 2.0, lambda: 1.0) for n in (1, 2, 3, 6, 12, 13, 99)] == [2, 4, 8, 64, 3600, 3600, 3600]
    assert schedule.back_off(3, 2.0, lambda: 0.25) == 2
    assert len({schedule.back_off(5, 2.0) for _ in range(20)}) > 10


def test_an_event_is_given_up_after_an_hour_and_the_record_after_a_day():
    hour, day = timedelta(hours=1), timedelta(hours=24)
    assert schedule.again("event", AT - hour, 1, AT, 2.0) is None
    assert schedule.again("event", AT - hour + timedelta(seconds=1), 30, AT, 2.0) is not None
    assert schedule.again("call", AT - hour, 40, AT, 2.0) is not None
    assert schedule.again("call", AT - day, 40, AT, 2.0) is None
    assert schedule.again("citations", AT - day, 40, AT, 2.0) is None


def test_after_a_day_of_standstill_of_our_own_a_record_still_has_its_tries():
    old = AT - timedelta(days=3)
    assert schedule.again("call", old, 1, AT, 2.0) is not None
    assert schedule.again("call", old, 6, AT, 2.0) is None


def test_the_last_try_is_when_the_time_is_over():
    made = AT - timedelta(hours=23, minutes=59)
    assert schedule.again("call", made, 30, AT, 2.0, asked=3000) == made + timedelta(hours=24)


def test_what_the_receiver_asks_for_is_kept_to_within_bounds():
    assert schedule.again("call", AT, 1, AT, 2.0, asked=90) == AT + timedelta(seconds=90)
    assert schedule.again("call", AT, 1, AT, 2.0, asked=0) == AT + timedelta(seconds=1)
    assert schedule.again("call", AT, 1, AT, 2.0, asked=10**9) == AT + timedelta(hours=1)
