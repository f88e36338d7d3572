"""Pods keep their places."""

from __future__ import annotations

from k8snb.picture.slots import SlotTable, SPACIOUS


def test_the_first_free_place_is_taken_and_the_others_stay() -> None:
    table = SlotTable()
    assert [table.take("n") for _ in range(4)] == [0, 1, 2, 3]
    table.give_back("n", 2)
    table.give_back("n", 1)
    assert [table.take("n"), table.take("n"), table.take("n")] == [1, 2, 4]


def test_a_box_keeps_its_room_until_far_fewer_places_are_used() -> None:
    table = SlotTable()
    slots = [table.take("n") for _ in range(100)]
    for slot in slots[50:]:
        table.give_back("n", slot)
    assert table.room("n") == 100
    for slot in slots[6:50]:
        table.give_back("n", slot)
    assert table.room("n") <= 4 * SPACIOUS
    assert table.room("n") >= 6
    assert table.take("n") == 6
