"""Running instances that go over to another version of their diagram."""

from datetime import timedelta


def test_an_open_task_goes_over_by_its_id_and_the_new_diagram_leads_on(play):
    world = play("start s\nuser u\nend e\ns > u > e", x=1)
    before = world.effect("u").token

    refused = world.migrate("start s\nuser u\nuser v\nend e\ns > u > v > e")
    world.do("u")

    assert refused == []
    assert world.effect("v").token > before
    assert world.variables == {"x": 1}


def test_a_renamed_task_goes_over_by_the_plan(play):
    world = play("start s\nuser u\nend e\ns > u > e")
    token = world.effect("u").token

    refused = world.migrate("start s\nuser w: out got = got\nend e\ns > w > e", u="w")
    after = world.effect("w").token
    world.do("w", got=3)

    assert refused == []
    assert after == token
    assert world.state == "completed"
    assert world.variables == {"got": 3}


def test_an_active_element_that_is_gone_refuses_the_migration(play):
    world = play("start s\nuser u\nend e\ns > u > e")

    refused = world.migrate("start s\nuser w\nend e\ns > w > e")

    assert refused == ["u is active, but no element of the target stands for it."]
    assert world.waiting == ["u"]


def test_an_element_of_another_type_refuses_the_migration(play):
    world = play("start s\nuser u\nend e\ns > u > e")

    refused = world.migrate("start s\nreceive u: message m\nend e\ns > u > e")

    assert refused == ["u is a userTask, but u is a receiveTask."]


def test_an_element_in_another_subprocess_refuses_the_migration(play):
    world = play("start s\nuser u\nend e\ns > u > e")

    refused = world.migrate("start s\nsub q\n  start t\n  user u\n  t > u\nend e\ns > q > e")

    assert refused == ["u is inside p, but u is inside q."]


def test_a_timer_keeps_its_due_time_whatever_the_new_one_says(play):
    world = play("start s\nuser u\nboundary b on u: duration PT1H\nend e\nend late\ns > u > e\nb > late")
    due = world.effect("b").due

    world.migrate("start s\nuser u\nboundary c on u: duration PT9H\nend e\nend late\ns > u > e\nc > late", b="c")

    assert world.effect("c").due == due
    world.happen("c")
    assert world.state == "completed"


def test_a_new_boundary_event_is_armed_from_now_and_a_removed_one_is_closed(play):
    world = play("start s\nuser u\nboundary a on u: signal gone\nend e\nend f\ns > u > e\na > f")
    world.at(world.environment.now + timedelta(days=1))

    world.migrate("start s\nuser u\nboundary b beside u: duration PT1H\nuser v\nend e\nend f\ns > u > e\nb > v > f")

    assert world.listening == ["b"]
    assert world.effect("b").due == world.environment.now + timedelta(hours=1)
    world.happen("b")
    assert world.waiting == ["u", "v"]


def test_a_boundary_event_that_has_fired_is_not_armed_again(play):
    text = "start s\nuser u\nboundary b beside u: duration PT1H\nend e\nend f\ns > u > e\nb > f"
    world = play(text)
    world.happen("b")

    world.migrate(text.replace("PT1H", "PT2H"))

    assert world.listening == []


def test_a_message_keeps_its_key_unless_the_target_waits_for_another(play):
    text = "start s\ncatch c: message m key =k\nend e\ns > c > e"
    same, other = play(text, k="1"), play(text, k="1")

    same.migrate(text.replace("message m key =k", "message m key =k + k"))
    other.migrate(text.replace("message m key =k", "message n key =k + k"))

    assert (same.effect("c").message_name, same.effect("c").correlation_key) == ("m", "1")
    assert (other.effect("c").message_name, other.effect("c").correlation_key) == ("n", "11")


def test_an_event_of_another_kind_refuses_the_migration(play):
    world = play("start s\ncatch c: signal go\nend e\ns > c > e")

    refused = world.migrate("start s\ncatch c: duration PT1H\nend e\ns > c > e")

    assert refused == ["c waits for a signal, but c waits for a timer."]


def test_the_choices_of_an_event_gateway_may_change(play):
    world = play("start s\nevents g\ncatch a: signal a\ncatch b: signal b\nend e\ns > g > a > e\ng > b > e")

    world.migrate("start s\nevents g\ncatch a: signal a\ncatch c: duration PT1H\nend e\ns > g > a > e\ng > c > e")

    assert world.listening == ["a", "c"]
    world.happen("c")
    assert world.state == "completed"


def test_a_new_event_subprocess_is_listened_for_and_a_removed_one_no_longer(play):
    text = "react r\n  start rs alongside: signal one\n  user v\n  rs > v\nstart s\nuser u\nend e\ns > u > e"
    world = play(text.replace("start rs alongside", "start rs"))

    world.migrate("react q\n  start qs: signal two\n  user w\n  qs > w\nstart s\nuser u\nend e\ns > u > e")

    assert world.listening == ["qs"]
    world.happen("qs")
    assert world.waiting == ["w"]


FORK = "start s\nparallel f\nuser a\nuser b\nparallel j\nuser z\ns > f > a > j > z\nf > b > j"


def test_tokens_that_wait_at_a_join_are_counted_on(play):
    world = play(FORK)
    world.do("a")

    refused = world.migrate(FORK.replace("user z", "user y").replace("> z", "> y").replace(" j", " k"), j="k")
    world.do("b")

    assert refused == []
    assert world.waiting == ["y"]


def test_a_branch_that_is_new_behind_the_fork_refuses_the_migration(play):
    world = play(FORK)
    wider = f"{FORK}\nuser c\nf > c > j"
    early = play(f"start o\nuser first\no > first > s\n{FORK}".replace("start s", "task s"))

    refused = world.migrate(wider)
    before_the_fork = early.migrate(f"start o\nuser first\no > first > s\n{wider}".replace("start s", "task s"))

    assert refused == ["The join j would wait for ever for its flow f8_c_j, which was passed by."]
    assert before_the_fork == []


def test_a_join_that_was_reached_and_loses_a_flow_refuses_the_migration(play):
    world = play(FORK)
    world.do("a")

    refused = world.migrate("start s\nparallel f\nuser a\nuser b\nparallel j\nuser z\ns > f > a > z\nf > b > j > z")

    assert refused[0].startswith("The join j has been reached, but its flow")


MANY = "start s\nuser m: each-of =people; item one; list got; answer =answer; out answer = answer\nend e\ns > m > e"


def test_a_multi_instance_activity_keeps_its_items_and_what_was_collected(play):
    world = play(MANY, people=["ann", "bob", "cy"])
    world.do("m", {"one": "bob"}, answer=2)

    refused = world.migrate(MANY.replace(" m", " n"), m="n")
    world.do("n", {"one": "cy"}, answer=3)
    world.do("n", {"one": "ann"}, answer=1)

    assert refused == []
    assert world.state == "completed"
    assert world.variables["got"] == [1, 2, 3]


def test_a_large_multi_instance_activity_is_taken_from_its_shelves(play):
    world = play(MANY, people=list(range(100)))
    world.do("m", {"one": 40}, answer=40)

    world.migrate(f"{MANY}\nboundary b on m: signal stop\nend f\nb > f")
    for number in (n for n in range(100) if n != 40):
        world.do("m", {"one": number}, answer=number)

    assert world.variables["got"] == list(range(100))


def test_what_is_done_several_times_must_stay_so_in_the_same_way(play):
    world = play(MANY, people=["ann", "bob"])

    once = world.migrate("start s\nuser m\nend e\ns > m > e")
    one_by_one = world.migrate(MANY.replace("out answer", "sequential; out answer"))
    elsewhere = world.migrate(MANY.replace("list got", "list had"))

    assert set(once) == {"m is being done several times, and m differs in its loopCharacteristics."}
    assert set(one_by_one) == {"m is being done several times, and m differs in its isSequential."}
    assert set(elsewhere) == {"m is being done several times, and m differs in its outputCollection."}


def test_a_call_activity_that_waits_keeps_what_it_called(play):
    text = "start s\ncall c: calls other\nend e\ns > c > e"
    world = play(text)

    refused = world.migrate(text.replace("other", "another"))
    renamed = world.migrate("start s\ncall d: calls other\nend e\ns > d > e", c="d")
    world.do("d", got=1)

    assert refused == ["c waits for the process other, but c calls another."]
    assert renamed == []
    assert world.variables == {"got": 1}


UNDO = """
    start s
    user a
    boundary c on a: compensate h
    user h: handler
    user u
    throw t: compensate
    end e
    s > a > u > t > e
"""


def test_what_is_done_can_still_be_undone(play):
    world = play(UNDO)
    world.do("a")

    refused = world.migrate(UNDO.replace("user h", "user i").replace("compensate h", "compensate i"))
    world.do("u")

    assert refused == []
    assert world.waiting == ["i"]


def test_what_is_done_and_could_no_longer_be_undone_refuses_the_migration(play):
    world = play(UNDO)
    world.do("a")

    refused = world.migrate("start s\nuser a\nuser u\nthrow t: compensate\nend e\ns > a > u > t > e")

    assert refused == ["a is done and can be undone, but not in the target."]


def test_an_ad_hoc_subprocess_goes_on_with_what_is_left(play):
    text = "start s\nadhoc h: in-order\n  user a\n  user b\nend e\ns > h > e"
    world = play(text)

    renamed = world.migrate(text.replace("user b", "user c"), b="c")
    more = world.migrate(text + "\n", c="b")
    changed = world.migrate(text.replace("  user a\n", "  user a\n  user x\n"))
    world.do("a")

    assert (renamed, more) == ([], [])
    assert changed == ["h is under way, but other elements begin in it in the target."]
    assert world.waiting == ["b"]


def test_a_condition_is_looked_at_anew_only_if_it_is_another(play):
    text = "start s\nuser u\nboundary b beside u: condition x > 1\nuser v\nend e\nend f\ns > u > e\nb > v > f"
    world = play(text, x=5)

    world.migrate(text)
    same = world.waiting
    world.migrate(text.replace("x > 1", "x > 2"))

    assert same == ["u", "v"]
    assert world.waiting == ["u", "v", "v"]
