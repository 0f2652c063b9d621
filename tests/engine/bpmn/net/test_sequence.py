def test_a_process_runs_from_start_to_end(play):
    world = play("""
        start s
        script a: let x = 1
        user u
        script b: let y = x + z
        end e
        s > a > u > b > e
    """)

    world.do("u", z=5)

    assert world.state == "completed"
    assert world.variables == {"x": 1, "z": 5, "y": 6}
    assert world.trace == ["+p", "+s", "cs", "+a", "ca", "+u", "cu", "+b", "cb", "+e", "ce", "cp"]
