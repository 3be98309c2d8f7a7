"""Every write of the workshop, one module per verb."""

from garage.workshop.services.changing import change_order
from garage.workshop.services.clocking import (
    WORKABLE,
    add_task,
    assign,
    correct_time,
    finish_task,
    reopen_task,
    start_clock,
    stop_clock,
    stop_forgotten_clocks,
    strike_task,
)
from garage.workshop.services.ending import hand_over, mark_ready
from garage.workshop.services.extra_work import follow_quote, propose_extra_work
from garage.workshop.services.inspecting import note_point
from garage.workshop.services.intake import add_photos, receive_vehicle, remove_photo
from garage.workshop.services.leaving import leave_lines
from garage.workshop.services.opening import (
    call_off,
    cancel_order,
    open_for_appointment,
    open_for_quote,
    open_order,
)
from garage.workshop.services.parts import (
    add_part,
    drop_part,
    issue_part,
    mark_ordered,
    receive_part,
    return_part,
    take_up,
    wait_for_parts,
)
from garage.workshop.services.promising import promise, warn_slips

__all__ = [
    "WORKABLE", "add_part", "add_photos", "add_task", "assign", "call_off", "cancel_order", "change_order",
    "correct_time", "drop_part",
    "finish_task", "follow_quote", "hand_over", "issue_part", "leave_lines", "mark_ordered", "mark_ready",
    "note_point", "open_for_appointment", "open_for_quote", "open_order", "promise", "propose_extra_work",
    "receive_part", "receive_vehicle", "remove_photo", "reopen_task", "return_part", "start_clock", "stop_clock",
    "stop_forgotten_clocks", "strike_task", "take_up", "wait_for_parts", "warn_slips",
]
