def test_home_has_the_shell(signed_in):
    page = signed_in("viewer").get("/").content.decode()
    assert "Rehearsal: no phone line is connected" in page
