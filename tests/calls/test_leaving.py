from calls.carriers import leaving


async def test_everything_is_given_back_once_even_when_one_of_it_fails():
    given_back = []

    async def well() -> None:
        given_back.append("well")

    async def badly() -> None:
        given_back.append("badly")
        raise OSError("no")

    for leave in (well, badly, well):
        leaving.on_leaving(leave)
    await leaving.leave_all()
    await leaving.leave_all()
    assert given_back == ["badly", "well"]
