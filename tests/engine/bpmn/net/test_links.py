def test_a_link_goes_on_where_it_is_caught(play):
    world = play(
        """
        start s
        exclusive g
        user a
        throw t1: link there
        throw t2: link there
        catch c: link there
        user u
        end e
        s > g > a [x = 1] > t1
        g > t2 [else]
        c > u > e
        """,
        x=1,
    )

    world.do("a")

    assert world.waiting == ["u"]
    assert world.trace[-4:] == ["ct1", "+c", "cc", "+u"]
    world.do("u")
    assert world.state == "completed"


def test_a_join_waits_for_what_comes_over_a_link(play):
    world = play(
        """
        start s
        inclusive f
        user a
        throw t: link x
        catch c: link x
        user b
        inclusive j
        user z
        s > f > a [true] > t
        f > b [true] > j > z
        c > j
        """
    )

    world.do("b")
    assert world.waiting == ["a"]

    world.do("a")
    assert world.waiting == ["z"]
